// Package presence answers who of a user's friends is online. It knows who may see whom: friends whom no block parts, as the
// projection of their relation has it, and oneself. What the gateways announce it reads through package routes.
package presence

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"im-backend/common/model"
	"im-backend/common/proto/gen/userpb"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/routes"
)

const (
	maxUsers     = 500         // of one question
	userBatch    = 200         // what user-service answers at a time
	usersTimeout = time.Second // what the choice to show when one was last seen may cost
)

// Friends is the projection of relations. Errors: UNAVAILABLE.
type Friends interface {
	FriendsAmong(ctx context.Context, user model.UserID, others []model.UserID) ([]model.UserID, error)
}

// Presence answers questions.
type Presence struct {
	friends Friends
	users   userpb.UserServiceClient
	routes  *routes.Reader
	rdb     redis.UniversalClient
}

// New makes a Presence; rdb is where notices go.
func New(f Friends, users userpb.UserServiceClient, r *routes.Reader, rdb redis.UniversalClient) *Presence {
	return &Presence{friends: f, users: users, routes: r, rdb: rdb}
}

// Item is the presence of one user as another one sees it.
type Item struct {
	routes.State
	LastSeenHidden bool // LastSeenAt is not for the other one, and is zero
}

// List answers the presence of those of some users whom a user may see, in the order asked and each once. Others, those that
// do not exist too, are left out. Errors: INVALID_ARGUMENT for more than 500 users, UNAVAILABLE.
func (p *Presence) List(ctx context.Context, me model.UserID, asked []model.UserID) ([]Item, error) {
	if len(asked) > maxUsers {
		return nil, errs.InvalidField("userIds", fmt.Sprintf("must be at most %d ids", maxUsers))
	}
	visible, err := p.visible(ctx, me, asked)
	if err != nil || len(visible) == 0 {
		return nil, err
	}
	answer, err := p.routes.Read(ctx, visible)
	if err != nil {
		return nil, fmt.Errorf("read presence: %w", err)
	}
	shown := p.lastSeenShown(ctx, visible)
	now := time.Now().UnixMilli()
	items := make([]Item, 0, len(visible))
	for _, s := range answer.States {
		item := Item{State: s}
		switch {
		case s.User != me && !shown[s.User]:
			item.LastSeenAt, item.LastSeenHidden = 0, true
		case s.Online():
			item.LastSeenAt = now
		}
		items = append(items, item)
	}
	return items, nil
}

// visible answers whom of some users a user may see, in the order asked and each once.
func (p *Presence) visible(ctx context.Context, me model.UserID, asked []model.UserID) ([]model.UserID, error) {
	friends, err := p.friends.FriendsAmong(ctx, me, asked)
	if err != nil {
		return nil, fmt.Errorf("read presence: %w", err)
	}
	may := make(map[model.UserID]bool, len(friends)+1)
	for _, id := range friends {
		may[id] = true
	}
	may[me] = true
	visible := make([]model.UserID, 0, len(may))
	for _, id := range asked {
		if may[id] {
			visible = append(visible, id)
			delete(may, id)
		}
	}
	return visible, nil
}

// lastSeenShown answers who shows when it was last seen. Without user-service nobody does: presence does not depend on it, and
// what is private stays so.
func (p *Presence) lastSeenShown(ctx context.Context, users []model.UserID) map[model.UserID]bool {
	ctx, cancel := context.WithTimeout(ctx, usersTimeout)
	defer cancel()
	shown := make(map[model.UserID]bool, len(users))
	for some := range slices.Chunk(users, userBatch) {
		in := &userpb.BatchGetUsersRequest{UserIds: make([]int64, 0, len(some))}
		for _, id := range some {
			in.UserIds = append(in.UserIds, int64(id))
		}
		answer, err := p.users.BatchGetUsers(ctx, in)
		if err != nil {
			return shown
		}
		for _, u := range answer.GetUsers() {
			shown[model.UserID(u.GetUserId())] = u.GetShowLastSeen()
		}
	}
	return shown
}
