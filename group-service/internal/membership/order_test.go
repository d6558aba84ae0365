package membership_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/stretchr/testify/require"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/group-service/internal/store"
)

// The log of a group is the order in which its commands took effect. So it says whether what racing commands were answered is what
// some order of them explains: every entry must be allowed to who made it in the state that those before it lead to, and every
// answer must be right in one of the states that the group was in while the command ran.

// state is a group after some entries of its log.
type state struct {
	roles     map[model.UserID]store.Role
	left      map[model.UserID]bool // former members
	invite    store.Role
	edit      store.Role
	policy    string
	dismissed bool
	handedBy  model.UserID // the former owner
}

// entry is one entry of a log.
type entry struct {
	Event      string
	OperatorID string
	UserIDs    []string `json:"userIds"`
	Role       string
	JoinPolicy *string
	InviteRole *string
	EditRole   *string

	by    model.UserID
	users []model.UserID
}

func entriesOf(t tester, contents []string) []entry {
	t.Helper()
	id := func(text string) model.UserID {
		n, err := strconv.ParseInt(text, 10, 64)
		require.NoError(t, err)
		return model.UserID(n)
	}
	entries := make([]entry, len(contents))
	for i, content := range contents {
		e := &entries[i]
		require.NoError(t, json.Unmarshal([]byte(content), e))
		e.by = id(e.OperatorID)
		for _, user := range e.UserIDs {
			e.users = append(e.users, id(user))
		}
	}
	return entries
}

func (s *state) count(role store.Role) (n int) {
	for _, r := range s.roles {
		if r == role {
			n++
		}
	}
	return n
}

// refusal is the answer to somebody where only lowest and above may; nil: it may.
func (s *state) refusal(by model.UserID, lowest store.Role) error {
	role := s.roles[by]
	switch {
	case s.dismissed || role == store.NoRole:
		return errs.ErrGroupNotFound
	case role <= lowest:
		return nil
	case lowest == store.Owner:
		return errs.ErrNotGroupOwner
	}
	return errs.ErrNotGroupAdmin
}

// towards is the answer to an admin about a member of a lower role.
func (s *state) towards(by, user model.UserID) error {
	if err := s.refusal(by, store.Admin); err != nil {
		return err
	}
	switch {
	case s.roles[user] == store.NoRole:
		return errs.ErrUserNotFound
	case s.roles[by] >= s.roles[user]:
		return errs.ErrForbidden
	}
	return nil
}

func (s *state) roomForAdmin(user model.UserID) error {
	if s.roles[user] == store.Ordinary && s.count(store.Admin) >= mostAdmins {
		return errs.ErrAdminLimitReached
	}
	return nil
}

// handOver is the answer to who hands the group over.
func (s *state) handOver(by, user model.UserID) error {
	if err := s.refusal(by, store.Owner); err != nil {
		return err
	}
	if s.roles[user] == store.NoRole {
		return errs.ErrUserNotFound
	}
	return s.roomForAdmin(user)
}

// entrance is the answer to somebody who comes in, however.
func (s *state) entrance(user model.UserID) error {
	switch {
	case s.dismissed:
		return errs.ErrGroupNotFound
	case s.roles[user] != store.NoRole:
		return errs.ErrAlreadyMember
	case len(s.roles) >= mostMembers:
		return errs.ErrGroupFull
	}
	return nil
}

// admission is the answer to who lets a user in.
func (s *state) admission(by, user model.UserID, lowest store.Role) error {
	if err := s.refusal(by, lowest); err != nil {
		return err
	}
	return s.entrance(user)
}

// forbidden says why an entry must not follow; nil: it may.
func (s *state) forbidden(e entry) error {
	if s.dismissed {
		return errs.ErrGroupNotFound
	}
	user := e.by
	if len(e.users) == 1 {
		user = e.users[0]
	}
	switch e.Event {
	case "member.joined":
		if e.by == user {
			return s.entrance(user)
		}
		return s.admission(e.by, user, max(s.invite, store.Admin)) // added or accepted
	case "member.left":
		if s.roles[user] == store.Owner || e.by != user {
			return errs.ErrForbidden
		}
		return s.refusal(user, store.Ordinary)
	case "member.kicked", "member.muted":
		return s.towards(e.by, user)
	case "member.updated":
		if e.by == user {
			return s.refusal(user, store.Ordinary)
		}
		return s.towards(e.by, user)
	case "member.role":
		return errors.Join(s.refusal(e.by, store.Owner), s.towards(e.by, user), s.roomForAdmin(user))
	case "group.owner":
		return s.handOver(e.by, user)
	case "group.dismissed":
		return s.refusal(e.by, store.Owner)
	case "group.updated":
		return s.refusal(e.by, max(s.edit, store.Admin))
	}
	return fmt.Errorf("unknown event %q", e.Event)
}

// after is the state that an entry leads to.
func (s *state) after(e entry) *state {
	next := *s
	next.roles, next.left = maps.Clone(s.roles), maps.Clone(s.left)
	switch e.Event {
	case "member.joined":
		next.roles[e.users[0]] = store.Ordinary
	case "member.left", "member.kicked":
		delete(next.roles, e.users[0])
		next.left[e.users[0]] = true
	case "member.role":
		next.roles[e.users[0]] = store.RoleOf(e.Role)
	case "group.owner":
		next.roles[e.by], next.roles[e.users[0]], next.handedBy = store.Admin, store.Owner, e.by
	case "group.dismissed":
		next.dismissed = true
	}
	keep(&next.policy, e.JoinPolicy)
	keepRole(&next.invite, e.InviteRole)
	keepRole(&next.edit, e.EditRole)
	return &next
}

// statesOf follows a log from its first entry on, which makes the group, and answers the state at every version.
func statesOf(t tester, log []entry, first state) []*state {
	t.Helper()
	require.Equal(t, "group.created", log[0].Event)
	first.roles, first.left = map[model.UserID]store.Role{}, map[model.UserID]bool{}
	for _, user := range log[0].users {
		first.roles[user] = store.Ordinary
	}
	first.roles[log[0].by] = store.Owner
	states := []*state{nil, &first} // before it there was nothing
	for i, e := range log[1:] {
		last := states[len(states)-1]
		require.NoError(t, last.forbidden(e), "entry %d: %+v after %+v", i+2, e, last)
		next := last.after(e)
		owners := next.count(store.Owner)
		require.Equal(t, 1, owners, "entry %d: %+v", i+2, e)
		require.LessOrEqual(t, next.count(store.Admin), mostAdmins)
		states = append(states, next)
	}
	return states
}

// rule is what a command is answered in a state.
type rule struct {
	event   string // that tells what it did; empty: it need not tell anything
	refusal func(s *state, by, user model.UserID) error
	noop    func(s *state, by, user model.UserID) bool // it succeeds and tells nothing; nil: never
	also    []error                                    // which depend on what the log does not tell
}

// attempt is a command that was given, and between which versions of the group it ran.
type attempt struct {
	rule          rule
	name          string
	by, user      model.UserID
	before, after int64
	err           error
}

// explained reports whether the answer is right in one of the states that the group was in meanwhile.
func (a attempt) explained(states []*state, log []entry) bool {
	if slices.ContainsFunc(a.rule.also, func(allowed error) bool { return errors.Is(a.err, allowed) }) {
		return true
	}
	for v := a.before; v <= a.after; v++ {
		s := states[v]
		refusal := a.rule.refusal(s, a.by, a.user)
		switch {
		case a.err != nil:
			if errors.Is(a.err, refusal) {
				return true
			}
		case a.rule.noop != nil && a.rule.noop(s, a.by, a.user):
			return true
		case refusal == nil && a.rule.event == "":
			return true
		case refusal == nil && v < a.after && a.did(log[v]):
			return true
		}
	}
	return false
}

// did reports whether an entry tells the command.
func (a attempt) did(e entry) bool {
	return e.Event == a.rule.event && e.by == a.by && (len(e.users) == 0 || slices.Equal(e.users, []model.UserID{a.user}))
}
