package membership

import (
	"context"
	"fmt"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/page"
	"im-backend/group-service/internal/store"
)

// maxBatch is how many groups one call may ask for.
const maxBatch = 200

// distinct checks a list of users and drops repeats, in order.
func distinct(field string, users []model.UserID, most int) ([]model.UserID, error) {
	if len(users) > most {
		return nil, errs.InvalidField(field, fmt.Sprintf("must be at most %d", most))
	}
	seen := make(map[model.UserID]bool, len(users))
	kept := make([]model.UserID, 0, len(users))
	for _, user := range users {
		if user <= 0 {
			return nil, errs.InvalidField(field, "must be user ids")
		}
		if !seen[user] {
			kept = append(kept, user)
		}
		seen[user] = true
	}
	return kept, nil
}

// Get answers a group as a member sees it. Errors: GROUP_NOT_FOUND.
func (g *Groups) Get(ctx context.Context, id model.GroupID, user model.UserID) (store.Membership, error) {
	m, found, err := g.store.Membership(ctx, id, user)
	if err == nil && !found {
		err = errs.ErrGroupNotFound
	}
	return m, err
}

// Batch answers the groups that exist among at most 200, dismissed ones too, to a caller that has checked who may see them.
// Errors: INVALID_ARGUMENT.
func (g *Groups) Batch(ctx context.Context, ids []model.GroupID) ([]store.Group, error) {
	if len(ids) > maxBatch {
		return nil, errs.InvalidField("groupIds", "must be at most 200")
	}
	if len(ids) == 0 {
		return nil, nil
	}
	return g.store.Groups(ctx, ids)
}

// groupPosition is the last group of a page.
type groupPosition struct {
	After model.GroupID `json:"after"`
}

// List lists a user's groups by id and answers the cursor of the next page. Errors: INVALID_ARGUMENT.
func (g *Groups) List(ctx context.Context, user model.UserID, asked int32, cursor string) ([]store.Membership, string, error) {
	limit, err := page.Limit(asked)
	if err != nil {
		return nil, "", err
	}
	var at groupPosition
	if err := page.Parse(cursor, &at); err != nil {
		return nil, "", err
	}
	list, err := g.store.Memberships(ctx, user, at.After, limit+1)
	if err != nil || len(list) <= limit {
		return list, "", err
	}
	return list[:limit], page.Cursor(groupPosition{After: list[limit-1].ID}), nil
}
