// Package circle asks friend-service how users stand to each other, for the rules of groups.
package circle

import (
	"context"
	"fmt"

	"im-backend/common/model"
	"im-backend/common/proto/gen/friendpb"
)

// Circle is friend-service as groups see it.
type Circle struct {
	friends friendpb.FriendServiceClient
}

// New makes a Circle.
func New(friends friendpb.FriendServiceClient) *Circle { return &Circle{friends: friends} }

// Blockers answers who of others, up to 1,000, blocks a user. Errors: UNAVAILABLE, TIMEOUT.
func (c *Circle) Blockers(ctx context.Context, user model.UserID, others ...model.UserID) (map[model.UserID]bool, error) {
	if len(others) == 0 {
		return nil, nil
	}
	req := &friendpb.ListBlockersRequest{UserId: int64(user), ByUserIds: make([]int64, 0, len(others))}
	for _, other := range others {
		req.ByUserIds = append(req.ByUserIds, int64(other))
	}
	resp, err := c.friends.ListBlockers(ctx, req)
	if err != nil {
		return nil, fmt.Errorf("look up blocks: %w", err)
	}
	blockers := make(map[model.UserID]bool, len(resp.GetUserIds()))
	for _, id := range resp.GetUserIds() {
		blockers[model.UserID(id)] = true
	}
	return blockers, nil
}
