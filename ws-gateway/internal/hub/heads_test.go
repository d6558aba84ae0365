package hub

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/model"
	"im-backend/ws-gateway/internal/conn"
	"im-backend/ws-gateway/internal/frame"
)

// asked is what was asked about heads.
type asked struct {
	users []model.UserID
	since time.Time
}

// scriptedHeads answers every user one head, and fails at some questions.
type scriptedHeads struct {
	asked []asked
	fails map[int]bool
}

var errAway = errors.New("away")

func (s *scriptedHeads) MovedHeads(_ context.Context, users []model.UserID, since time.Time) (map[model.UserID][]frame.Head, error) {
	s.asked = append(s.asked, asked{users, since})
	if s.fails[len(s.asked)] {
		return nil, errAway
	}
	moved := map[model.UserID][]frame.Head{}
	for _, u := range users {
		moved[u] = []frame.Head{{ConversationID: "n:1", MaxSeq: int64(u)}}
	}
	return moved, nil
}

// silentHub is a hub whose goroutines do not run, with users who have no connection.
func silentHub(t *testing.T, s *scriptedHeads, users int) *Hub {
	t.Helper()
	var owner sync.WaitGroup
	w := conn.NewWriter(&owner)
	t.Cleanup(func() { w.Stop(); owner.Wait() })
	h := New(Options{}, w, &owner, nil, nil, nil, s, nil)
	t.Cleanup(h.Stop)
	for i := range users {
		u := &user{id: model.UserID(i + 1)}
		u.conns.Store(&[]*conn.Conn{})
		h.heads.add(u)
	}
	return h
}

func TestManyUsersAreAskedForInFewBoundedQuestions(t *testing.T) {
	t.Parallel()
	s := &scriptedHeads{}
	h := silentHub(t, s, 450)
	require.NoError(t, h.heads.tell(&h.heads.parts[0]))
	require.Len(t, s.asked, 3)
	seen := map[model.UserID]int{}
	for _, q := range s.asked {
		require.LessOrEqual(t, len(q.users), usersAtOnce)
		for _, u := range q.users {
			seen[u]++
		}
	}
	require.Len(t, seen, 450)
	require.NoError(t, h.heads.tell(&h.heads.parts[1]), "nobody is there")
	require.Len(t, s.asked, 3)
}

func TestTheNextQuestionReachesBackToTheLastAnswer(t *testing.T) {
	t.Parallel()
	s := &scriptedHeads{fails: map[int]bool{2: true, 3: true}}
	h := silentHub(t, s, 300)
	p := &h.heads.parts[0]
	came := p.asked
	require.ErrorIs(t, h.heads.tell(p), errAway) // the first 200 were told
	require.Len(t, p.told, 200)
	require.ErrorIs(t, h.heads.tell(p), errAway)
	require.Len(t, p.told, 200, "they are not told again")
	require.NoError(t, h.heads.tell(p))
	for _, q := range s.asked {
		require.Equal(t, came, q.since)
	}
	require.NoError(t, h.heads.tell(p))
	require.True(t, s.asked[len(s.asked)-1].since.After(came))
}

func TestUsersComeIntoThePartThatFellDueLastAndGo(t *testing.T) {
	t.Parallel()
	s := &scriptedHeads{}
	h := silentHub(t, s, 3)
	h.heads.fallDue(7)
	late := &user{id: 99}
	late.conns.Store(&[]*conn.Conn{})
	h.heads.add(late)
	first, last := h.heads.parts[0].users[0], h.heads.parts[0].users[2]
	h.heads.remove(first)
	require.Equal(t, last, h.heads.parts[0].users[last.index])
	h.heads.remove(last)
	require.NoError(t, h.heads.tell(&h.heads.parts[0]))
	require.NoError(t, h.heads.tell(&h.heads.parts[7]))
	require.Equal(t, [][]model.UserID{{2}, {99}}, [][]model.UserID{s.asked[0].users, s.asked[1].users})
}

func TestBeyond(t *testing.T) {
	t.Parallel()
	all := []frame.Head{{ConversationID: "a", MaxSeq: 2}, {ConversationID: "b", MaxSeq: 5}, {ConversationID: "c", MaxSeq: 1}}
	require.Equal(t, all, beyond(all, nil))
	require.Equal(t, all[1:], beyond(all, []frame.Head{{ConversationID: "a", MaxSeq: 2}, {ConversationID: "b", MaxSeq: 4}}))
	require.Empty(t, beyond(all, all))
}
