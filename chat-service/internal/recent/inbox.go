package recent

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"im-backend/common/model"
	"im-backend/common/utils/rediskey"
)

// since is the inbox's member that says from when on the inbox is complete; no conversation has this name.
const since = "since"

// NoteInbox queues that a conversation moved for a user.
func NoteInbox(ctx context.Context, pipe redis.Pipeliner, user model.UserID, conversationID string, now time.Time) {
	note(ctx, pipe, rediskey.Inbox(user), conversationID, now)
}

// NoteLarge queues that a group moved whose members are too many for NoteInbox.
func NoteLarge(ctx context.Context, pipe redis.Pipeliner, conversationID string, now time.Time) {
	note(ctx, pipe, rediskey.LargeInbox(), conversationID, now)
}

// NoteMissed queues that notes were lost before now: no inbox is complete from an earlier time on.
func NoteMissed(ctx context.Context, pipe redis.Pipeliner, now time.Time) {
	note(ctx, pipe, rediskey.LargeInbox(), since, now)
}

func note(ctx context.Context, pipe redis.Pipeliner, key, member string, now time.Time) {
	pipe.ZAdd(ctx, key, redis.Z{Score: float64(now.UnixMilli()), Member: member})
	pipe.Expire(ctx, key, rediskey.InboxLifetime)
}

// Moves is what inboxes say.
type Moves struct {
	ByUser map[int64][]string // users whose inbox is complete: the conversations that moved
	Large  []string           // the large groups that moved
}

// Moved answers the conversations that moved for users after a time. A user whose inbox is not complete from then on is
// missing in the answer and has to be read from the store; its inbox is complete from now on.
func (c *Cache) Moved(ctx context.Context, users []int64, after int64, now time.Time) (Moves, error) {
	pipe := c.rdb.Pipeline()
	large := read(ctx, pipe, rediskey.LargeInbox(), after, now)
	inboxes := make([]inbox, len(users))
	for i, u := range users {
		inboxes[i] = read(ctx, pipe, rediskey.Inbox(model.UserID(u)), after, now)
	}
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
		return Moves{}, fmt.Errorf("read inboxes: %w", err)
	}
	moves := Moves{ByUser: make(map[int64][]string, len(users))}
	if !large.completeFrom(after) {
		return moves, nil
	}
	moves.Large = large.conversations()
	for i, u := range users {
		if inboxes[i].completeFrom(after) {
			moves.ByUser[u] = inboxes[i].conversations()
		}
	}
	return moves, nil
}

// inbox is what one inbox will answer.
type inbox struct {
	since *redis.FloatCmd
	moved *redis.StringSliceCmd
}

func read(ctx context.Context, pipe redis.Pipeliner, key string, after int64, now time.Time) inbox {
	known := pipe.ZScore(ctx, key, since)
	pipe.ZAddNX(ctx, key, redis.Z{Score: float64(now.UnixMilli()), Member: since})
	pipe.Expire(ctx, key, rediskey.InboxLifetime)
	return inbox{known, pipe.ZRangeArgs(ctx, redis.ZRangeArgs{
		Key: key, Start: "(" + strconv.FormatInt(after, 10), Stop: "+inf", ByScore: true,
	})}
}

func (i inbox) completeFrom(after int64) bool {
	from, err := i.since.Result()
	return err == nil && int64(from) <= after
}

func (i inbox) conversations() []string {
	ids := make([]string, 0, len(i.moved.Val()))
	for _, id := range i.moved.Val() {
		if id != since {
			ids = append(ids, id)
		}
	}
	return ids
}
