package membership

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/group-service/internal/store"
)

// What the reconciler reads in one piece.
const (
	maxDumpedGroups  = 1000
	maxDumpedMembers = 5000
)

// DumpGroups lists all groups by id, dismissed ones too, from the one after a given id on. Errors: INVALID_ARGUMENT.
func (g *Groups) DumpGroups(ctx context.Context, after model.GroupID, limit int32) ([]store.Group, error) {
	if limit < 1 || limit > maxDumpedGroups {
		return nil, errs.InvalidField("limit", "must be 1 to 1000")
	}
	return g.store.GroupsAfter(ctx, after, int(limit))
}

// DumpMembers lists the members of a group by user id, from the one after a given id on, and answers the version that the group had
// before they were read. Errors: GROUP_NOT_FOUND, INVALID_ARGUMENT.
func (g *Groups) DumpMembers(ctx context.Context, id model.GroupID, after model.UserID, limit int32) ([]store.Member, int64, error) {
	if limit < 1 || limit > maxDumpedMembers {
		return nil, 0, errs.InvalidField("limit", "must be 1 to 5000")
	}
	groups, err := g.store.Groups(ctx, []model.GroupID{id})
	if err == nil && len(groups) == 0 {
		err = errs.ErrGroupNotFound
	}
	if err != nil {
		return nil, 0, err
	}
	members, err := g.store.MembersAfter(ctx, id, after, int(limit))
	return members, groups[0].Version, err
}
