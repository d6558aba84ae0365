package membership

import (
	"context"
	"fmt"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/group-service/internal/store"
)

// Joined is what came of joining: a membership, or a request that waits for an answer.
type Joined struct {
	Membership store.Membership
	Request    store.Request
	Asked      bool // it is the request
}

// Join makes the caller a member of an open group, and asks to join one that approves; as long as the request is pending, asking
// again answers it. Errors: GROUP_NOT_FOUND, FORBIDDEN: the group is invite_only or the caller is banned, ALREADY_MEMBER,
// GROUP_FULL, GROUP_LIMIT_REACHED, INVALID_ARGUMENT.
func (g *Groups) Join(ctx context.Context, id model.GroupID, user model.UserID, message string) (Joined, error) {
	if err := checkMessage(message); err != nil {
		return Joined{}, err
	}
	var joined Joined
	group, err := g.living(ctx, id, func(l *store.Locked) (err error) {
		if err = welcome(l, user); err != nil {
			return err
		}
		switch l.JoinPolicy {
		case open:
			joined = Joined{}
			return g.admit(l, user, store.Member{User: user, Role: store.Ordinary})
		case approval:
			joined = Joined{Asked: true}
			joined.Request, err = g.ask(l, user, message)
			return err
		}
		return errs.ErrForbidden.Saying("one has to be invited to this group")
	})
	if err != nil {
		return Joined{}, fmt.Errorf("join group: %w", err)
	}
	g.follow(ctx, id)
	joined.Membership = store.Membership{Group: group, Role: store.Ordinary}
	return joined, nil
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

// welcome refuses who is a member already and who is banned.
func welcome(l *store.Locked, user model.UserID) error {
	present, err := l.Present([]model.UserID{user})
	if err != nil {
		return err
	}
	if present[user] {
		return errs.ErrAlreadyMember
	}
	banned, err := l.Banned(user)
	if err == nil && banned[user] {
		err = errs.ErrForbidden.Saying("you are banned from this group")
	}
	return err
}

// admit makes users members, who are none yet: what they had asked for is obsolete, and the log tells of them. Errors:
// GROUP_FULL, GROUP_LIMIT_REACHED.
func (g *Groups) admit(l *store.Locked, operator model.UserID, members ...store.Member) error {
	if int(l.MemberCount)+len(members) > int(l.MaxMembers) {
		return errs.ErrGroupFull
	}
	if err := l.LapseRequests(usersOf(members)...); err != nil {
		return err
	}
	tellJoined(l, operator, members)
	return l.Add(members)
}
