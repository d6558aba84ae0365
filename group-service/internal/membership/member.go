package membership

import (
	"context"
	"fmt"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/group-service/internal/store"
)

// maxAdd is how many users one call may add.
const maxAdd = 200

// Failure is a user who could not be added, and why.
type Failure struct {
	User   model.UserID
	Reason *errs.Error // ALREADY_MEMBER, USER_NOT_FOUND, FORBIDDEN (banned), GROUP_FULL or GROUP_LIMIT_REACHED
}

// Add makes users members, each by itself. Errors: GROUP_NOT_FOUND, NOT_GROUP_ADMIN, NOT_GROUP_OWNER, INVALID_ARGUMENT.
func (g *Groups) Add(ctx context.Context, id model.GroupID, user model.UserID, asked []model.UserID) ([]model.UserID, []Failure, error) {
	asked, err := distinct("userIds", asked, maxAdd)
	if err == nil && len(asked) == 0 {
		err = errs.InvalidField("userIds", "must name at least one user")
	}
	if err != nil {
		return nil, nil, err
	}
	names, err := g.directory.Names(ctx, asked...) // before the transaction: no lock is held over the network
	if err != nil {
		return nil, nil, fmt.Errorf("add members: %w", err)
	}
	var added []store.Member
	var failed []Failure
	_, err = g.change(ctx, id, user, func(l *store.Locked, me store.Member) error {
		if err := may(l.Group, me.Role, addMembers); err != nil {
			return err
		}
		refused, err := g.refusals(l, asked, names)
		if err != nil {
			return err
		}
		added, failed = sortOut(l, user, asked, names, refused)
		if len(added) == 0 {
			return nil
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
func (g *Groups) refusals(l *store.Locked, asked []model.UserID, names map[model.UserID]string) (map[model.UserID]*errs.Error, error) {
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
		if _, exists := names[user]; !exists {
			refused[user] = errs.ErrUserNotFound
		} else if present[user] {
			refused[user] = errs.ErrAlreadyMember
		} else if banned[user] {
			refused[user] = errs.ErrForbidden
		} else {
			rest = append(rest, user)
		}
	}
	full, err := l.Full(rest, g.config.MaxGroupsPerUser)
	for user := range full {
		refused[user] = errs.ErrGroupLimitReached
	}
	return refused, err
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
