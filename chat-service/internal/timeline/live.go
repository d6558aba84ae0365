package timeline

import (
	"context"
	"slices"

	"im-backend/chat-service/internal/recent"
	"im-backend/chat-service/internal/store"
)

// ListRooms answers the open group windows of users.
func (t *Timeline) ListRooms(ctx context.Context, users []int64) ([]store.RoomRow, error) {
	if len(users) == 0 {
		return nil, nil
	}
	return t.store.Rooms(ctx, users)
}

// ListHeads answers, for each user, the heads of the conversations that moved after a time, as far as the user may see them.
// A gateway asks it once in a heartbeat, so that a device finds a push that was lost with nothing after it.
func (t *Timeline) ListHeads(ctx context.Context, users []int64, after int64) ([]store.HeadRow, error) {
	after = max(0, after-overlap) // what became visible late; a head that is told again harms nobody
	moves, err := t.cache.Moved(ctx, users, after, t.now())
	if err != nil {
		moves = recent.Moves{} // the store knows
	}
	var complete, others []int64
	var moved []store.Membership
	for _, user := range users {
		conversations, ok := moves.ByUser[user]
		if !ok {
			others = append(others, user)
			continue
		}
		complete = append(complete, user)
		for _, id := range conversations {
			moved = append(moved, store.Membership{UserID: user, ConversationID: id})
		}
	}
	heads, err := t.store.MovedHeads(ctx, others, after)
	if err != nil {
		return nil, err
	}
	own, err := t.store.HeadsOf(ctx, moved)
	if err != nil || len(moves.Large) == 0 {
		return append(heads, own...), err
	}
	large, err := t.store.HeadsIn(ctx, complete, moves.Large)
	return slices.Concat(heads, own, large), err
}
