package membership_test

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/model"
	"im-backend/common/model/imgroup"
	"im-backend/common/utils/errs"
	"im-backend/group-service/internal/membership"
	"im-backend/group-service/internal/store"
)

// The rules of the commands.
var (
	rightOf = func(lowest store.Role) func(s *state, by, user model.UserID) error {
		return func(s *state, by, _ model.UserID) error { return s.refusal(by, lowest) }
	}
	addRule = rule{
		event:   "member.joined",
		refusal: func(s *state, by, user model.UserID) error { return s.admission(by, user, s.invite) },
		also:    []error{errs.ErrForbidden}, // banned
	}
	acceptRule = rule{
		event:   "member.joined",
		refusal: func(s *state, by, user model.UserID) error { return s.admission(by, user, store.Admin) },
		also:    []error{errs.ErrRequestAlreadyHandled},
	}
	rejectRule = rule{refusal: rightOf(store.Admin), also: []error{errs.ErrRequestAlreadyHandled}}
	joinRule   = rule{
		event: "member.joined",
		refusal: func(s *state, by, _ model.UserID) error {
			err := s.entrance(by)
			if err == nil || err == errs.ErrGroupFull { //nolint:errorlint // it is the model's own
				if s.policy == "invite_only" {
					return errs.ErrForbidden
				}
			}
			return err
		},
		noop: func(s *state, by, _ model.UserID) bool {
			return s.policy == "approval" && !s.dismissed && s.roles[by] == store.NoRole // it has asked
		},
		also: []error{errs.ErrForbidden},
	}
	inviteRule = rule{
		event:   "member.joined",
		refusal: func(s *state, by, _ model.UserID) error { return s.entrance(by) },
		also:    []error{errs.ErrForbidden, errs.ErrNotFound}, // banned; revoked, used up, or its maker may invite no more
	}
	kickRule = rule{
		event:   "member.kicked",
		refusal: func(s *state, by, user model.UserID) error { return s.towards(by, user) },
		noop: func(s *state, by, user model.UserID) bool { // whoever removed it before has no answer yet
			return s.refusal(by, store.Admin) == nil && s.roles[user] == store.NoRole && s.left[user]
		},
	}
	banRule = rule{
		event: "member.kicked",
		refusal: func(s *state, by, user model.UserID) error {
			if s.roles[user] == store.NoRole {
				return s.refusal(by, store.Admin)
			}
			return s.towards(by, user)
		},
		noop: func(s *state, by, user model.UserID) bool {
			return s.refusal(by, store.Admin) == nil && s.roles[user] == store.NoRole
		},
	}
	leaveRule = rule{
		event: "member.left",
		refusal: func(s *state, by, _ model.UserID) error {
			if s.roles[by] == store.Owner && !s.dismissed {
				return errs.ErrForbidden
			}
			return s.refusal(by, store.Ordinary)
		},
		noop: func(s *state, by, _ model.UserID) bool {
			return s.roles[by] == store.NoRole && s.left[by]
		},
	}
	transferRule = rule{
		event: "group.owner",
		refusal: func(s *state, by, user model.UserID) error {
			if by == user {
				return s.refusal(by, store.Owner)
			}
			return s.handOver(by, user)
		},
		noop: func(s *state, by, user model.UserID) bool {
			repeats := s.handedBy == by && s.roles[user] == store.Owner && s.refusal(by, store.Ordinary) == nil
			return repeats || (by == user && s.refusal(by, store.Owner) == nil)
		},
	}
	dismissRule = rule{
		event:   "group.dismissed",
		refusal: rightOf(store.Owner),
		noop:    func(s *state, by, _ model.UserID) bool { return s.dismissed && s.roles[by] == store.Owner },
	}
)

// roleRule is the one of making a member an admin or the other way round.
func roleRule(role store.Role) rule {
	return rule{
		event: "member.role",
		refusal: func(s *state, by, user model.UserID) error {
			switch err := s.refusal(by, store.Owner); {
			case s.dismissed || s.roles[by] == store.NoRole:
				return err
			case s.roles[user] == store.NoRole:
				return errs.ErrUserNotFound
			case err != nil:
				return err
			case by == user:
				return errs.ErrForbidden
			case role == store.Admin:
				return s.roomForAdmin(user)
			}
			return nil
		},
		noop: func(s *state, by, user model.UserID) bool {
			return s.refusal(by, store.Owner) == nil && s.roles[user] == role
		},
	}
}

// muteRule asks for nothing in the log: whether a mute changes anything depends on the time.
var muteRule = rule{refusal: func(s *state, by, user model.UserID) error {
	if !s.dismissed && s.roles[by] != store.NoRole && s.roles[user] == store.NoRole {
		return errs.ErrUserNotFound
	}
	return s.towards(by, user)
}}

// race is one group, what was given to it, and what those who join need.
type race struct {
	*world
	id model.GroupID

	mu       sync.Mutex
	attempts []attempt
	requests []store.Request
	codes    []string
}

// version is the group's present version.
func (r *race) version(t *testing.T) int64 {
	t.Helper()
	batch, err := r.Batch(t.Context(), []model.GroupID{r.id})
	require.NoError(t, err)
	return batch[0].Version
}

// give runs a command and notes its answer.
func (r *race) give(t *testing.T, a attempt, do func(ctx context.Context) error) {
	t.Helper()
	a.before = r.version(t)
	a.err = do(t.Context())
	a.after = r.version(t)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.attempts = append(r.attempts, a)
}

// one gives one random command.
func (r *race) one(t *testing.T, random *rand.Rand) {
	t.Helper()
	a := attempt{by: model.UserID(1 + random.IntN(racers)), user: model.UserID(1 + random.IntN(racers))}
	until := r.in(time.Duration(random.IntN(2)) * time.Hour)
	role := []store.Role{store.Admin, store.Ordinary}[random.IntN(2)]
	switch n := random.IntN(100); {
	case n < 12:
		a.name, a.rule = "add", addRule
		r.give(t, a, func(ctx context.Context) error {
			_, failed, err := r.Add(ctx, r.id, a.by, []model.UserID{a.user})
			if err == nil && len(failed) > 0 {
				return failed[0].Reason
			}
			return err
		})
	case n < 30:
		r.comeIn(t, a, random)
	case n < 42:
		r.invite(t, a, random)
	case n < 50:
		a.name, a.rule = "kick", kickRule
		r.give(t, a, func(ctx context.Context) error { return r.Kick(ctx, r.id, a.by, a.user) })
	case n < 56:
		a.name, a.rule, a.user = "leave", leaveRule, a.by
		r.give(t, a, func(ctx context.Context) error { return r.Leave(ctx, r.id, a.by) })
	case n < 64:
		a.name, a.rule = "transfer", transferRule
		r.give(t, a, func(ctx context.Context) error { _, err := r.Transfer(ctx, r.id, a.by, a.user); return err })
	case n < 74:
		a.name, a.rule = "role "+role.String(), roleRule(role)
		r.give(t, a, func(context.Context) error { return r.world.give(t, r.id, a.by, a.user, role.String()) })
	case n < 80:
		a.name, a.rule = "mute", muteRule
		r.give(t, a, func(context.Context) error { _, err := r.mute(t, r.id, a.by, a.user, until); return err })
	case n < 83:
		a.name, a.rule = "mute all", rule{refusal: rightOf(store.Admin)}
		r.give(t, a, func(ctx context.Context) error { _, err := r.MuteAll(ctx, r.id, a.by, until); return err })
	case n < 88:
		a.name, a.rule = "ban", banRule
		r.give(t, a, func(ctx context.Context) error { return r.Ban(ctx, r.id, a.by, a.user) })
	case n < 96:
		a.name, a.rule = "unban", rule{refusal: rightOf(store.Admin)}
		r.give(t, a, func(ctx context.Context) error { return r.Unban(ctx, r.id, a.by, a.user) })
	case n < 99:
		a.name, a.rule = "settings", rule{refusal: rightOf(store.Admin)}
		policy := []string{"open", "approval", "invite_only"}[random.IntN(3)]
		invites := []store.Role{store.Owner, store.Admin, store.Ordinary}[random.IntN(3)].String()
		r.give(t, a, func(ctx context.Context) error {
			_, err := r.Update(ctx, r.id, a.by, membership.Changes{JoinPolicy: &policy, InviteRole: &invites})
			return err
		})
	default:
		a.name, a.rule = "dismiss", dismissRule
		r.give(t, a, func(ctx context.Context) error { return r.Dismiss(ctx, r.id, a.by) })
	}
}

// comeIn joins, asks to, or answers who asked.
func (r *race) comeIn(t *testing.T, a attempt, random *rand.Rand) {
	t.Helper()
	r.mu.Lock()
	requests := r.requests
	r.mu.Unlock()
	if random.IntN(2) == 0 || len(requests) == 0 {
		a.name, a.rule, a.user = "join", joinRule, a.by
		r.give(t, a, func(ctx context.Context) error {
			joined, err := r.Join(ctx, r.id, a.by, "")
			if err == nil && joined.Asked {
				r.mu.Lock()
				defer r.mu.Unlock()
				r.requests = append(r.requests, joined.Request)
			}
			return err
		})
		return
	}
	q := requests[max(0, len(requests)-1-random.IntN(3))]
	a.user = q.User
	if random.IntN(3) == 0 {
		a.name, a.rule = "reject", rejectRule
		r.give(t, a, func(ctx context.Context) error { _, err := r.RejectRequest(ctx, r.id, a.by, q.ID); return err })
		return
	}
	a.name, a.rule = "accept", acceptRule
	r.give(t, a, func(ctx context.Context) error { _, err := r.AcceptRequest(ctx, r.id, a.by, q.ID); return err })
}

// invite makes an invite or uses one.
func (r *race) invite(t *testing.T, a attempt, random *rand.Rand) {
	t.Helper()
	r.mu.Lock()
	codes := r.codes
	r.mu.Unlock()
	if random.IntN(3) == 0 || len(codes) == 0 {
		a.name = "invite"
		a.rule = rule{refusal: func(s *state, by, _ model.UserID) error { return s.refusal(by, s.invite) }}
		r.give(t, a, func(ctx context.Context) error {
			made, err := r.CreateInvite(ctx, r.id, a.by, 0, int32(random.IntN(3)))
			if err == nil {
				r.mu.Lock()
				defer r.mu.Unlock()
				r.codes = append(r.codes, made.Code)
			}
			return err
		})
		return
	}
	code := codes[max(0, len(codes)-1-random.IntN(3))]
	a.name, a.rule, a.user = "join by invite", inviteRule, a.by
	r.give(t, a, func(ctx context.Context) error { _, err := r.JoinByInvite(ctx, a.by, code); return err })
}

// unknown are answers that say nothing about what a command did or would have done.
func unknown(err error) bool {
	if err == nil {
		return false
	}
	kind := errs.From(err).Kind
	return kind == errs.Unavailable || kind == errs.Timeout || kind == errs.RateLimited
}

// check looks at everything when all commands are answered.
func (r *race) check(t *testing.T, policy string) {
	t.Helper()
	r.checkGroup(t, r.id)
	log := entriesOf(t, r.chat.Contents(string(model.GroupConversationID(r.id))))
	require.Len(t, log, int(r.version(t)), "every version is one entry of the log")
	states := statesOf(t, log, state{invite: store.Admin, edit: store.Admin, policy: policy})
	for _, a := range r.attempts {
		if !unknown(a.err) {
			require.True(t, a.explained(states, log), "%s of %d about %d, versions %d to %d: %v\nafter %+v", a.name, a.by, a.user,
				a.before, a.after, a.err, states[a.before])
		}
	}
	last := states[len(states)-1]
	for user, m := range r.known(t, r.id) {
		require.Equal(t, last.roles[user].String(), m.role)
	}
	var bans []imgroup.Ban
	require.NoError(t, r.db.Where("group_id = ?", r.id).Find(&bans).Error)
	for _, b := range bans {
		require.Equal(t, store.NoRole, last.roles[model.UserID(b.UserID)], "a banned user is no member")
	}
}

// TestRacingCommandsAreAnsweredAsInSomeOrder: every kind of command, given by all members of a group and those who want to be, at
// the same time.
func TestRacingCommandsAreAnsweredAsInSomeOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t, but(func(c *membership.Config) { c.MaxMembers, c.MaxAdmins = mostMembers, mostAdmins }))
	seed := rand.Uint64()
	t.Log("seed", seed)
	for round, policy := range []string{"open", "approval", "open", "approval"} {
		g, err := w.Create(t.Context(), membership.Draft{
			Owner: 1, Name: "group", Members: []model.UserID{2, 3}, JoinPolicy: policy, InviteRole: "admin", EditRole: "admin",
		})
		require.NoError(t, err)
		r := &race{world: w, id: g.ID}
		var racing sync.WaitGroup
		for racer := range uint64(5) {
			racing.Go(func() {
				random := rand.New(rand.NewPCG(seed+uint64(round), racer))
				for range 40 {
					r.one(t, random)
				}
			})
		}
		racing.Wait()
		r.check(t, policy)
		w.checkCounts(t)
	}
}
