package view

import (
	"context"
	"fmt"

	"im-backend/api-gateway/internal/types"
	"im-backend/common/proto/gen/userpb"
)

// Users are public profiles by id.
type Users map[int64]types.User

// Get answers a user; of one that is gone only the id is left.
func (u Users) Get(id int64) types.User {
	if user, ok := u[id]; ok {
		return user
	}
	return types.User{UserId: ID(id)}
}

// LoadUsers reads the profiles of at most 200 users with one call, none for no users.
func LoadUsers(ctx context.Context, client userpb.UserServiceClient, ids []int64) (Users, error) {
	users := Users{}
	if len(ids) == 0 {
		return users, nil
	}
	got, err := client.BatchGetUsers(ctx, &userpb.BatchGetUsersRequest{UserIds: ids, WithDeleted: true})
	if err != nil {
		return nil, fmt.Errorf("load users: %w", err)
	}
	for _, u := range got.GetUsers() {
		users[u.GetUserId()] = User(u)
	}
	return users, nil
}
