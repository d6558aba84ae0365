package friendship_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/friend-service/internal/friendship"
	"im-backend/friend-service/internal/store"
)

// request is what the model knows of a friend request.
type request struct {
	id        int64
	from      int // 0 or 1
	status    store.Status
	confirmed bool
}

// pairModel is two users as the rules say they must be.
type pairModel struct {
	friends  bool
	blocks   [2]bool // [i]: user i blocks the other
	requests []*request
}

func (m *pairModel) pending(from int) *request {
	for _, r := range m.requests {
		if r.from == from && r.status == store.Pending {
			return r
		}
	}
	return nil
}

// machine runs commands of two users against the room and the model.
type machine struct {
	*pairModel
	w     *world
	users [2]model.UserID
	down  bool // chat-service
}

// waited is the error of a command that changed what it should and waits for chat-service.
func (m *machine) waited() error {
	if m.down {
		return errs.ErrUnavailable
	}
	return nil
}

func (m *machine) ask(t *rapid.T, from int) {
	r, err := m.w.Ask(t.Context(), m.users[from], m.users[1-from], "")
	switch {
	case m.blocks[1-from]:
		expect(t, err, errs.ErrBlocked)
	case m.friends:
		expect(t, err, errs.ErrAlreadyFriends)
	case m.pending(1-from) != nil:
		expect(t, err, nil)
		crossing := m.pending(1 - from)
		crossing.status, m.friends = store.Accepted, true
		require.Equal(t, crossing.id, r.ID)
		require.Equal(t, store.Accepted, r.Status)
	case m.pending(from) != nil:
		expect(t, err, nil)
		require.Equal(t, m.pending(from).id, r.ID)
	default:
		expect(t, err, nil)
		m.requests = append(m.requests, &request{id: r.ID, from: from, status: store.Pending})
	}
}

func (m *machine) accept(t *rapid.T, user int, r *request) {
	_, err := m.w.Accept(t.Context(), m.users[user], r.id, "")
	switch {
	case r.from == user:
		expect(t, err, errs.ErrRequestNotFound)
	case r.status == store.Accepted && !r.confirmed:
		expect(t, err, m.waitedIfAnything(t, func() { r.confirmed = err == nil }))
	case r.status != store.Pending:
		expect(t, err, errs.ErrRequestAlreadyHandled)
	case m.blocks[r.from]:
		expect(t, err, errs.ErrBlocked)
	default:
		expect(t, err, m.waited())
		r.status, r.confirmed, m.friends = store.Accepted, !m.down, true
	}
}

func (m *machine) closing(t *rapid.T, user int, r *request, outcome store.Status) {
	command, allowed := m.w.Reject, r.from != user
	if outcome == store.Cancelled {
		command, allowed = m.w.Cancel, r.from == user
	}
	_, err := command(t.Context(), m.users[user], r.id)
	switch {
	case !allowed:
		expect(t, err, errs.ErrRequestNotFound)
	case r.status != store.Pending:
		expect(t, err, errs.ErrRequestAlreadyHandled)
	default:
		expect(t, err, nil)
		r.status = outcome
	}
}

func (m *machine) block(t *rapid.T, user int) {
	err := m.w.Block(t.Context(), m.users[user], m.users[1-user])
	repeated := m.blocks[user]
	expect(t, err, m.waitedIfAnything(t, func() { m.blocks[user] = true }))
	if repeated {
		return
	}
	if r := m.pending(user); r != nil {
		r.status = store.Cancelled
	}
	if r := m.pending(1 - user); r != nil {
		r.status = store.Rejected
	}
}

// waitedIfAnything applies a change and says what a waiting command must answer: while chat-service is down it fails exactly
// when something is left in the outbox.
func (m *machine) waitedIfAnything(t *rapid.T, change func()) error {
	change()
	var rows int64
	require.NoError(t, m.w.db.Table("outbox").Where("aggregate = ?", model.SingleID(m.users[0], m.users[1])).Count(&rows).Error)
	if rows == 0 {
		return nil
	}
	return m.waited()
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
		list, err := m.w.List(t.Context(), friendship.FriendList{User: user})
		require.NoError(t, err)
		there := slices.ContainsFunc(list.Friends, func(f store.Friend) bool { return f.User == m.users[1-i] })
		require.Equal(t, m.friends, there)
		blocks, _, err := m.w.Blocks(t.Context(), user, 0, "")
		require.NoError(t, err)
		require.Equal(t, m.blocks[i], len(blocks) == 1)
		pending, _, err := m.w.Requests(t.Context(), friendship.RequestList{User: user, Outgoing: true, Status: store.Pending})
		require.NoError(t, err)
		require.Equal(t, m.pending(i) != nil, len(pending) == 1)
		require.LessOrEqual(t, len(pending), 1)
	}
	if m.down {
		return
	}
	require.NoError(t, m.w.Flush(t.Context(), m.users[0], m.users[1]))
	relation := m.w.chat.Relation(int64(m.users[0]), int64(m.users[1]))
	require.Equal(t, m.friends, relation.GetFriends())
	require.Equal(t, m.blocks[0], relation.GetBlockedByLow())
	require.Equal(t, m.blocks[1], relation.GetBlockedByHigh())
	accepted := 0
	for _, r := range m.requests {
		if r.status == store.Accepted {
			accepted++
		}
	}
	require.Len(t, m.w.chat.Log(string(model.SingleID(m.users[0], m.users[1]))), accepted) // one friend.added each
}

func TestRandomCommandsOfTwoUsers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var next model.UserID
	rapid.Check(t, func(t *rapid.T) {
		next += 2
		m := &machine{pairModel: &pairModel{}, w: w, users: [2]model.UserID{next, next + 1}}
		w.chat.Fail(nil)
		user := rapid.IntRange(0, 1)
		some := func(t *rapid.T) *request {
			if len(m.requests) == 0 {
				t.Skip("no request yet")
			}
			return rapid.SampledFrom(m.requests).Draw(t, "request")
		}
		t.Repeat(map[string]func(*rapid.T){
			"":       m.check,
			"ask":    func(t *rapid.T) { m.ask(t, user.Draw(t, "user")) },
			"accept": func(t *rapid.T) { m.accept(t, user.Draw(t, "user"), some(t)) },
			"reject": func(t *rapid.T) { m.closing(t, user.Draw(t, "user"), some(t), store.Rejected) },
			"cancel": func(t *rapid.T) { m.closing(t, user.Draw(t, "user"), some(t), store.Cancelled) },
			"block":  func(t *rapid.T) { m.block(t, user.Draw(t, "user")) },
			"unblock": func(t *rapid.T) {
				i := user.Draw(t, "user")
				err := m.w.Unblock(t.Context(), m.users[i], m.users[1-i])
				expect(t, err, m.waitedIfAnything(t, func() { m.blocks[i] = false }))
			},
			"unfriend": func(t *rapid.T) {
				i := user.Draw(t, "user")
				err := m.w.Unfriend(t.Context(), m.users[i], m.users[1-i])
				expect(t, err, m.waitedIfAnything(t, func() { m.friends = false }))
			},
			"chat goes":  func(*rapid.T) { m.down = true; w.chat.Fail(down) },
			"chat comes": func(*rapid.T) { m.down = false; w.chat.Fail(nil) },
		})
	})
}
