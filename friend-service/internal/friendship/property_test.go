package friendship_test

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/friend-service/internal/friendship"
	"im-backend/friend-service/internal/store"
)

// machine runs commands of three users against the room and the model.
type machine struct {
	*circle
	w       *world
	users   [people]model.UserID
	clients [people]*syncer
	down    bool // chat-service
}

// waited is the error of a command that changed what it should and waits for chat-service.
func (m *machine) waited() error {
	if m.down {
		return errs.ErrUnavailable
	}
	return nil
}

// waits is the error of a command that may have had nothing to change: while chat-service is down it fails exactly when
// something of the pair is left in the outbox.
func (m *machine) waits(t *rapid.T, a, b int) error {
	var rows int64
	aggregate := model.SingleID(m.users[a], m.users[b])
	require.NoError(t, m.w.db.Table("outbox").Where("aggregate = ?", aggregate).Count(&rows).Error)
	if rows == 0 {
		return nil
	}
	return m.waited()
}

func (m *machine) ask(t *rapid.T, from, to int) {
	want := m.refusal(from, to)
	r, err := m.w.Ask(t.Context(), m.users[from], m.users[to], "")
	expect(t, err, want)
	if want != nil {
		return
	}
	if crossing := m.pending(to, from); crossing != nil {
		require.Equal(t, crossing.id, r.ID)
		require.Equal(t, store.Accepted, r.Status)
		crossing.status = store.Accepted
		m.befriend(from, to)
		return
	}
	require.Equal(t, store.Pending, r.Status)
	if repeated := m.pending(from, to); repeated != nil {
		require.Equal(t, repeated.id, r.ID)
		return
	}
	m.requests = append(m.requests, &request{id: r.ID, from: from, to: to, status: store.Pending, expires: r.ExpiresAt})
}

func (m *machine) accept(t *rapid.T, user int, r *request) {
	want := m.answerable(r, user, r.to)
	if want == nil && m.blocks[r.from][r.to] {
		want = errs.ErrBlocked
	}
	if want == nil {
		want = m.full(user, r.from)
	}
	_, err := m.w.Accept(t.Context(), m.users[user], r.id, "")
	switch {
	case r.to == user && r.status == store.Accepted && m.friends[r.from][r.to]:
		expect(t, err, m.waits(t, r.from, r.to))
	case want != nil:
		expect(t, err, want)
	default:
		expect(t, err, m.waited())
		r.status = store.Accepted
		m.befriend(r.from, r.to)
	}
}

func (m *machine) closing(t *rapid.T, user int, r *request, outcome store.Status) {
	command, who := m.w.Reject, r.to
	if outcome == store.Cancelled {
		command, who = m.w.Cancel, r.from
	}
	want := m.answerable(r, user, who)
	if user == who && r.status == outcome {
		want = nil // a repeat
	}
	_, err := command(t.Context(), m.users[user], r.id)
	expect(t, err, want)
	if want == nil {
		r.status = outcome
	}
}

func (m *machine) block(t *rapid.T, user, other int) {
	err := m.w.Block(t.Context(), m.users[user], m.users[other])
	if !m.blocks[user][other] && m.blocked(user) >= single.MaxBlocks {
		expect(t, err, errs.ErrBlockLimitReached)
		return
	}
	expect(t, err, m.waits(t, user, other))
	if m.blocks[user][other] {
		return
	}
	m.blocks[user][other] = true
	if r := m.pending(user, other); r != nil {
		r.status = store.Cancelled
	}
	if r := m.pending(other, user); r != nil {
		r.status = store.Rejected
	}
}

func (m *machine) unblock(t *rapid.T, user, other int) {
	err := m.w.Unblock(t.Context(), m.users[user], m.users[other])
	expect(t, err, m.waits(t, user, other))
	m.blocks[user][other] = false
}

func (m *machine) unfriend(t *rapid.T, user, other int) {
	err := m.w.Unfriend(t.Context(), m.users[user], m.users[other])
	expect(t, err, m.waits(t, user, other))
	m.part(user, other)
}

func (m *machine) tag(t *rapid.T, user, other int) {
	tags := []string{}
	for i := range rapid.IntRange(0, single.MaxTags+1).Draw(t, "tags") {
		tags = append(tags, strconv.Itoa(i))
	}
	_, err := m.w.Annotate(t.Context(), m.users[user], m.users[other], friendship.Notes{Tags: &tags})
	switch {
	case len(tags) > single.MaxTags:
		expect(t, err, errs.ErrTagLimitReached)
	case !m.friends[user][other]:
		expect(t, err, errs.ErrNotFriends)
	default:
		expect(t, err, nil)
		m.tags[user][other] = tags
	}
}

// pass moves the clock by half a lifetime, so that some requests expire and others do not.
func (m *machine) pass() {
	now := m.w.clock.Add(single.RequestLifetime.Milliseconds() / 2)
	for _, r := range m.requests {
		if r.status == store.Pending && r.expires <= now {
			r.status = store.Expired
		}
	}
}

func expect(t *rapid.T, got, want error) {
	t.Helper()
	if want == nil {
		require.NoError(t, got)
		return
	}
	require.ErrorIs(t, got, want)
}

// check compares everything that can be seen with the model.
func (m *machine) check(t *rapid.T) {
	for i, user := range m.users {
		require.Equal(t, m.list(i, m.users), everything(t, m.w.Friendships, user))
		blocks, _, err := m.w.Blocks(t.Context(), user, 0, "")
		require.NoError(t, err)
		require.Len(t, blocks, int(m.blocked(i)))
		for _, b := range blocks {
			require.True(t, m.blocks[i][slices.Index(m.users[:], b.User)])
		}
		requests, _, err := m.w.Requests(t.Context(), friendship.RequestList{User: user, Outgoing: true})
		require.NoError(t, err)
		require.Equal(t, m.statuses(i), statuses(requests))
	}
	if !m.down {
		m.checkChat(t)
	}
}

// checkChat compares what chat-service was told with the model.
func (m *machine) checkChat(t *rapid.T) {
	for a := range people {
		for b := a + 1; b < people; b++ {
			low, high := m.users[a], m.users[b]
			relation := m.w.chat.Relation(int64(low), int64(high))
			require.Equal(t, m.friends[a][b], relation.GetFriends())
			require.Equal(t, m.blocks[a][b], relation.GetBlockedByLow())
			require.Equal(t, m.blocks[b][a], relation.GetBlockedByHigh())
			require.Len(t, m.w.chat.Log(string(model.SingleID(low, high))), m.accepted(a, b)) // one friend.added each
		}
	}
}

// filter lists the requests of one status.
func (m *machine) filter(t *rapid.T, user int) {
	status := rapid.SampledFrom([]store.Status{
		store.Pending, store.Accepted, store.Rejected, store.Cancelled, store.Expired,
	}).Draw(t, "status")
	got, _, err := m.w.Requests(t.Context(), friendship.RequestList{User: m.users[user], Outgoing: true, Status: status})
	require.NoError(t, err)
	ids := []int64{}
	for _, r := range got {
		ids = append(ids, r.ID)
	}
	require.Equal(t, m.asked(user, status), ids)
}

func statuses(requests []store.Request) map[int64]store.Status {
	out := map[int64]store.Status{}
	for _, r := range requests {
		out[r.ID] = r.Status
	}
	return out
}

// restore has chat-service answer again, and catch up.
func (m *machine) restore(t *rapid.T) {
	m.down = false
	m.w.chat.Fail(nil)
	for a := range people {
		for b := range a {
			require.NoError(t, m.w.Flush(t.Context(), m.users[a], m.users[b]))
		}
	}
}

// TestRandomCommands: whatever three users do in whatever order, the room is as the rules say, chat-service knows it, and a client
// that syncs now and then, turning pages while things change, holds what a full read answers.
func TestRandomCommands(t *testing.T) {
	t.Parallel()
	w := newWorldWith(t, single)
	var next model.UserID
	rapid.Check(t, func(t *rapid.T) {
		m := &machine{circle: &circle{}, w: w}
		for i := range people {
			next++
			m.users[i], m.clients[i] = next, &syncer{user: next}
		}
		w.chat.Fail(nil)
		user := rapid.IntRange(0, people-1)
		pair := func(command func(*rapid.T, int, int)) func(*rapid.T) {
			return func(t *rapid.T) {
				a := user.Draw(t, "user")
				command(t, a, (a+rapid.IntRange(1, people-1).Draw(t, "other"))%people)
			}
		}
		answer := func(command func(*rapid.T, int, *request)) func(*rapid.T) {
			return func(t *rapid.T) {
				if len(m.requests) > 0 {
					command(t, user.Draw(t, "user"), rapid.SampledFrom(m.requests).Draw(t, "request"))
				}
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"":         m.check,
			"ask":      pair(m.ask),
			"accept":   answer(m.accept),
			"reject":   answer(func(t *rapid.T, by int, r *request) { m.closing(t, by, r, store.Rejected) }),
			"cancel":   answer(func(t *rapid.T, by int, r *request) { m.closing(t, by, r, store.Cancelled) }),
			"block":    pair(m.block),
			"unblock":  pair(m.unblock),
			"unfriend": pair(m.unfriend),
			"tag":      pair(m.tag),
			"shy": func(t *rapid.T) {
				i := user.Draw(t, "user")
				m.shy[i] = !m.shy[i]
				w.users.set(m.users[i], m.shy[i])
			},
			"filter":      func(t *rapid.T) { m.filter(t, user.Draw(t, "user")) },
			"time passes": func(*rapid.T) { m.pass() },
			"page":        func(t *rapid.T) { m.clients[user.Draw(t, "user")].page(t, w.Friendships) },
			"sync": func(t *rapid.T) {
				i := user.Draw(t, "user")
				m.clients[i].catchUp(t, w.Friendships, m.list(i, m.users))
			},
			"client of another database": func(t *rapid.T) { m.clients[user.Draw(t, "user")].stray() },
			"chat goes":                  func(*rapid.T) { m.down = true; w.chat.Fail(down) },
			"chat comes":                 m.restore,
		})
	})
}

// single are limits that three users reach.
var single = friendship.Config{RequestLifetime: time.Hour, MaxFriends: 1, MaxPending: 1, MaxTags: 2, MaxBlocks: 1}
