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
// GROUP_FULL, GROUP_LIMIT_REACHED, JOIN_REQUEST_LIMIT_REACHED, INVALID_ARGUMENT, RATE_LIMITED.
func (g *Groups) Join(ctx context.Context, id model.GroupID, user model.UserID, message string) (Joined, error) {
	if err := checkMessage(message); err != nil {
		return Joined{}, err
	}
	name, err := g.nameOf(ctx, user)
	if err != nil {
		return Joined{}, fmt.Errorf("join group: %w", err)
	}
	var joined Joined
	group, err := g.living(ctx, id, func(l *store.Locked) (err error) {
		if err = welcome(l, user); err != nil {
			return err
		}
		switch l.JoinPolicy {
		case open:
			joined = Joined{}
			return g.enter(l, store.Member{User: user, Role: store.Ordinary, Name: name})
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

// welcome refuses who is a member already and who is banned. Errors: ALREADY_MEMBER, FORBIDDEN.
func welcome(l *store.Locked, user model.UserID) error {
	present, err := l.Present([]model.UserID{user})
	if err != nil {
		return err
	}
	if present[user] {
		return errs.ErrAlreadyMember
	}
	banned, err := l.Banned([]model.UserID{user})
	if err == nil && banned[user] {
		err = errs.ErrForbidden.Saying("you are banned from this group")
	}
	return err
}

// enter is admitOne for who comes by itself. Errors: RATE_LIMITED as well.
func (g *Groups) enter(l *store.Locked, m store.Member) error {
	if err := g.admitOne(l, m.User, m); err != nil {
		return err
	}
	return g.spend(l, m.User, joins, 1)
}

// admitOne is admit for one user, if there is room on both sides. Errors: GROUP_FULL, GROUP_LIMIT_REACHED,
// USER_NOT_FOUND.
func (g *Groups) admitOne(l *store.Locked, operator model.UserID, m store.Member) error {
	if l.MemberCount >= l.MaxMembers {
		return errs.ErrGroupFull
	}
	unfit, err := g.unfit(l, []model.UserID{m.User})
	if err != nil {
		return err
	}
	if reason := unfit[m.User]; reason != nil {
		return reason
	}
	return admit(l, operator, []store.Member{m})
}

// admit makes users members, who are none yet and for whom there is room: what they had asked for is obsolete, and the log tells of
// them. Nobody gets rid of a mute by leaving.
func admit(l *store.Locked, operator model.UserID, members []store.Member) error {
	if err := l.LapseRequests(usersOf(members)...); err != nil {
		return err
	}
	muted, err := l.StillMuted(usersOf(members))
	if err != nil {
		return err
	}
	for i := range members {
		members[i].MutedUntil = muted[members[i].User]
	}
	tellJoined(l, operator, members)
	return l.Add(members)
}

// nameOf is what a user who is about to join is called. It is asked before the transaction: no lock is held over the network.
// Errors: USER_NOT_FOUND.
func (g *Groups) nameOf(ctx context.Context, user model.UserID) (string, error) {
	names, err := g.directory.Names(ctx, user)
	if err != nil {
		return "", err
	}
	name, exists := names[user]
	if !exists {
		err = errs.ErrUserNotFound
	}
	return name, err
}
