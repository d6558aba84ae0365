package membership

import (
	"context"
	"fmt"
	"maps"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/group-service/internal/store"
)

// maxAdd is how many users one call may add.
const maxAdd = 200

// Failure is a user who could not be added, and why.
type Failure struct {
	User   model.UserID
	Reason *errs.Error // ALREADY_MEMBER, USER_NOT_FOUND, FORBIDDEN (banned, or blocks who adds), GROUP_FULL or GROUP_LIMIT_REACHED
}

// errNotFromYou is said of whoever blocks the one who adds. It is said of the banned too, so that it does not tell of a block.
var errNotFromYou = errs.ErrForbidden

// acquaintance is what other services know of the users whom somebody wants to add. It is asked before the transaction: no lock is
// held over the network.
type acquaintance struct {
	names    map[model.UserID]string // of those who exist
	blockers map[model.UserID]bool   // who block the one who adds them
}

// acquaint asks. Errors: UNAVAILABLE, TIMEOUT.
func (g *Groups) acquaint(ctx context.Context, user model.UserID, others []model.UserID) (known acquaintance, err error) {
	if known.names, err = g.directory.Names(ctx, others...); err != nil {
		return acquaintance{}, err
	}
	known.blockers, err = g.circle.Blockers(ctx, user, others...)
	return known, err
}

// Add makes users members, each by itself. Errors: GROUP_NOT_FOUND, NOT_GROUP_ADMIN, NOT_GROUP_OWNER, INVALID_ARGUMENT,
// RATE_LIMITED, UNAVAILABLE.
func (g *Groups) Add(ctx context.Context, id model.GroupID, user model.UserID, asked []model.UserID) ([]model.UserID, []Failure, error) {
	asked, err := distinct("userIds", asked, maxAdd)
	if err == nil && len(asked) == 0 {
		err = errs.InvalidField("userIds", "must name at least one user")
	}
	if err != nil {
		return nil, nil, err
	}
	known, err := g.acquaint(ctx, user, asked)
	if err != nil {
		return nil, nil, fmt.Errorf("add members: %w", err)
	}
	var added []store.Member
	var failed []Failure
	_, err = g.change(ctx, id, user, func(l *store.Locked, me store.Member) error {
		if err := may(l.Group, me.Role, addMembers); err != nil {
			return err
		}
		refused, err := g.refusals(l, asked, known)
		if err != nil {
			return err
		}
		added, failed = sortOut(l, user, asked, known.names, refused)
		if len(added) == 0 {
			return nil
		}
		if err := g.spend(l, user, adds, len(added)); err != nil {
			return err
		}
		return admit(l, user, added)
	})
	if err != nil {
		return nil, nil, fmt.Errorf("add members: %w", err)
	}
	g.follow(ctx, id)
	return usersOf(added), failed, nil
}

// refusals answers why users cannot become members, whatever room the group has. It locks what is counted of those who can.
func (g *Groups) refusals(l *store.Locked, asked []model.UserID, known acquaintance) (map[model.UserID]*errs.Error, error) {
	present, err := l.Present(asked)
	if err != nil {
		return nil, err
	}
	banned, err := l.Banned(asked)
	if err != nil {
		return nil, err
	}
	refused := make(map[model.UserID]*errs.Error)
	var rest []model.UserID
	for _, user := range asked {
		_, exists := known.names[user]
		switch {
		case !exists:
			refused[user] = errs.ErrUserNotFound
		case present[user]:
			refused[user] = errs.ErrAlreadyMember
		case banned[user], known.blockers[user]:
			refused[user] = errNotFromYou
		default:
			rest = append(rest, user)
		}
	}
	unfit, err := g.unfit(l, rest)
	maps.Copy(refused, unfit)
	return refused, err
}

// unfit answers who can be in no further group, and why: USER_NOT_FOUND of an account that was deleted, GROUP_LIMIT_REACHED. It
// locks what is counted of all of them.
func (g *Groups) unfit(l *store.Locked, users []model.UserID) (map[model.UserID]*errs.Error, error) {
	joiners, err := l.Joiners(users, g.config.MaxGroupsPerUser)
	if err != nil {
		return nil, err
	}
	unfit := make(map[model.UserID]*errs.Error)
	for _, user := range joiners.Full {
		unfit[user] = errs.ErrGroupLimitReached
	}
	for _, user := range joiners.Removed {
		unfit[user] = errs.ErrUserNotFound
	}
	return unfit, nil
}

// sortOut decides about each user who is to be added.
func sortOut(l *store.Locked, inviter model.UserID, asked []model.UserID, names map[model.UserID]string,
	refused map[model.UserID]*errs.Error,
) (added []store.Member, failed []Failure) {
	for _, user := range asked {
		reason := refused[user]
		if reason == nil && int(l.MemberCount)+len(added) >= int(l.MaxMembers) {
			reason = errs.ErrGroupFull
		}
		if reason != nil {
			failed = append(failed, Failure{user, reason})
			continue
		}
		added = append(added, store.Member{User: user, Role: store.Ordinary, Name: names[user], Inviter: inviter})
	}
	return added, failed
}
