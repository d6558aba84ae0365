package delivery

import (
	"context"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"im-backend/chat-service/internal/recent"
	"im-backend/common/model"
)

// note refreshes the caches on the pipeline that asks for the routes; missed says that earlier notes were lost.
func (s *Spread) note(ctx context.Context, pipe redis.Pipeliner, conversations []*conversation, missed int) {
	now := time.Now()
	if missed > 0 {
		recent.NoteMissed(ctx, pipe, now)
	}
	for _, c := range conversations {
		recent.Note(ctx, pipe, c.id, c.entries)
		if len(c.members) == 0 {
			recent.NoteLarge(ctx, pipe, c.id, now)
		}
		for _, users := range [][]int64{c.users, c.parted()} {
			for _, user := range users {
				recent.NoteInbox(ctx, pipe, model.UserID(user), c.id, now)
			}
		}
	}
}

// notes counts the notes that Redis did not take. Until it is told, its inboxes pass for complete.
type notes struct {
	mu   sync.Mutex
	lost int
}

func (n *notes) missed() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.lost
}

// done ends a note that told of so many lost ones.
func (n *notes) done(told int, taken bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	switch {
	case !taken:
		n.lost++
	case n.lost == told:
		n.lost = 0
	}
}
