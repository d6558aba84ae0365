// Package directory asks user-service which users exist and may be asked, for the services that name other users in their commands.
package directory

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"im-backend/common/model"
	"im-backend/common/proto/gen/userpb"
	"im-backend/common/utils/errs"
)

const batch = 200 // what one call may ask

// Directory is user-service as seen by others.
type Directory struct {
	users userpb.UserServiceClient
}

// New makes a directory.
func New(users userpb.UserServiceClient) *Directory { return &Directory{users: users} }

// nobody is the choice of a user who takes no friend requests.
const nobody = "nobody"

// TakesRequests reports whether a user may be asked to be friends. Errors: USER_NOT_FOUND, UNAVAILABLE, TIMEOUT.
func (d *Directory) TakesRequests(ctx context.Context, id model.UserID) (bool, error) {
	resp, err := d.users.BatchGetUsers(ctx, &userpb.BatchGetUsersRequest{UserIds: []int64{int64(id)}})
	if err != nil {
		return false, fmt.Errorf("look up user: %w", err)
	}
	if len(resp.GetUsers()) == 0 {
		return false, errs.ErrUserNotFound
	}
	return resp.GetUsers()[0].GetFriendRequestsFrom() != nobody, nil
}

// Missing answers the users among ids that do not exist or are deleted. Errors: UNAVAILABLE, TIMEOUT.
func (d *Directory) Missing(ctx context.Context, ids ...model.UserID) ([]model.UserID, error) {
	names, err := d.Names(ctx, ids...)
	if err != nil {
		return nil, err
	}
	var missing []model.UserID
	for _, id := range ids {
		if _, ok := names[id]; !ok {
			missing = append(missing, id)
		}
	}
	return missing, nil
}

// Names answers what the users among ids call themselves: by nickname, or by username where there is none. Those who do not exist or
// are deleted are left out. Errors: UNAVAILABLE, TIMEOUT.
func (d *Directory) Names(ctx context.Context, ids ...model.UserID) (map[model.UserID]string, error) {
	names := make(map[model.UserID]string, len(ids))
	for part := range slices.Chunk(ids, batch) {
		req := &userpb.BatchGetUsersRequest{UserIds: make([]int64, 0, len(part))}
		for _, id := range part {
			req.UserIds = append(req.UserIds, int64(id))
		}
		resp, err := d.users.BatchGetUsers(ctx, req)
		if err != nil {
			return nil, fmt.Errorf("look up users: %w", err)
		}
		for _, u := range resp.GetUsers() {
			names[model.UserID(u.GetUserId())] = cmp.Or(u.GetNickname(), u.GetUsername())
		}
	}
	return names, nil
}
