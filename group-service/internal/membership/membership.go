// Package membership has the rules of groups: who belongs to them, in which role, and who may change what. Every command works
// under the group's lock and changes the tables and the outbox in one transaction; logic calls it, and it knows neither SQL
// nor gRPC. To somebody who is not a member, a group does not exist.
package membership

import (
	"context"
	"time"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/versioned"
	"im-backend/group-service/internal/store"
)

// What the room answers, named here for its callers, who do not see the store.
type (
	// Group is a group without its members.
	Group = store.Group
	// Membership is a group and the role of one member in it.
	Membership = store.Membership
	// Member is a member of a group.
	Member = store.Member
	// Request is a request to join.
	Request = store.Request
	// RequestStatus is how far a request has come.
	RequestStatus = store.RequestStatus
	// Invite lets whoever has its code join.
	Invite = store.Invite
	// Ban keeps a user out.
	Ban = store.Ban
)

// flushTimeout bounds how long an answer waits for chat-service.
const flushTimeout = 1500 * time.Millisecond

// Directory knows the users. Errors: UNAVAILABLE, TIMEOUT.
type Directory interface {
	// Names answers what those among ids who exist call themselves.
	Names(ctx context.Context, ids ...model.UserID) (map[model.UserID]string, error)
}

// Circle knows how users stand to each other. Errors: UNAVAILABLE, TIMEOUT.
type Circle interface {
	// Blockers answers who of others blocks a user.
	Blockers(ctx context.Context, user model.UserID, others ...model.UserID) (map[model.UserID]bool, error)
}

// Outbox carries committed changes to the conversation logs.
type Outbox interface {
	// Flush returns nil when nothing of the aggregate is pending any more; otherwise the background goes on with it.
	Flush(ctx context.Context, aggregate model.ConversationID) error
	// Confirm is Flush that also fails when something put there since a time was refused for good, whoever tried to send it.
	Confirm(ctx context.Context, aggregate model.ConversationID, since time.Time) error
	// Wake has the aggregate sent soon, in the background.
	Wake(aggregate model.ConversationID)
}

// IDs makes group ids.
type IDs interface {
	Next() int64
}

// Groups runs the commands and the lists. It is safe for concurrent use.
type Groups struct {
	config    Config
	store     *store.Store
	directory Directory
	circle    Circle
	outbox    Outbox
	ids       IDs
	cache     *versioned.Cache
	now       func() time.Time
}

// New makes the room. cache may be nil; now is the clock.
func New(c Config, s *store.Store, d Directory, f Circle, o Outbox, ids IDs, cache *versioned.Cache, now func() time.Time) *Groups {
	return &Groups{config: c, store: s, directory: d, circle: f, outbox: o, ids: ids, cache: cache, now: now}
}

// change runs fn on a living group as one of its members. Errors: GROUP_NOT_FOUND.
func (g *Groups) change(ctx context.Context, id model.GroupID, user model.UserID,
	fn func(l *store.Locked, me store.Member) error,
) (store.Group, error) {
	return g.living(ctx, id, func(l *store.Locked) error {
		me, found, err := l.Member(user)
		if err != nil {
			return err
		}
		if !found || me.Left {
			return errs.ErrGroupNotFound
		}
		return fn(l, me)
	})
}

// living runs fn on a group that is not dismissed, for somebody who may be no member of it. Errors: GROUP_NOT_FOUND.
func (g *Groups) living(ctx context.Context, id model.GroupID, fn func(l *store.Locked) error) (store.Group, error) {
	group, found, err := g.store.Change(ctx, id, g.now(), func(l *store.Locked) error {
		if l.Status != store.Active {
			return errs.ErrGroupNotFound
		}
		return fn(l)
	})
	if err == nil && !found {
		err = errs.ErrGroupNotFound
	}
	return group, err
}

// Flush sends what the outbox still holds for a group. Errors: UNAVAILABLE: the changes are committed and will follow.
func (g *Groups) Flush(ctx context.Context, id model.GroupID) error {
	ctx, cancel := context.WithTimeout(ctx, flushTimeout)
	defer cancel()
	if err := g.outbox.Flush(ctx, model.GroupConversationID(id)); err != nil {
		return errs.ErrUnavailable.Because(err)
	}
	return nil
}

// confirm ends a command whose answer says that chat-service knows. since is when it was made, unix milliseconds, by this call or by
// the earlier one which it repeats; zero: nobody knows. Errors: UNAVAILABLE: the change is committed; unless chat-service has refused
// it, it will follow.
func (g *Groups) confirm(ctx context.Context, id model.GroupID, since int64) error {
	ctx, cancel := context.WithTimeout(ctx, flushTimeout)
	defer cancel()
	if err := g.outbox.Confirm(ctx, model.GroupConversationID(id), time.UnixMilli(since)); err != nil {
		return errs.ErrUnavailable.Because(err)
	}
	return nil
}

// follow is Flush where the answer is right without it: the relay goes on with what fails here, and logs it.
func (g *Groups) follow(ctx context.Context, id model.GroupID) { _ = g.Flush(ctx, id) }
