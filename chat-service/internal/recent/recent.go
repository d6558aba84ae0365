// Package recent caches in Redis what delivery has seen: the newest entries of each conversation, and for each user the
// conversations that moved (the inbox). Both are hints: after a flush they are empty and nothing is lost. Delivery writes,
// the timeline reads.
package recent

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/redis/go-redis/v9"
	"google.golang.org/protobuf/proto"

	"im-backend/chat-service/internal/message"
	"im-backend/common/model"
	"im-backend/common/proto/gen/logpb"
	"im-backend/common/utils/hits"
	"im-backend/common/utils/rediskey"
)

// kept is how many entries of a conversation are cached.
const kept = 50

// Cache reads and writes the hints.
type Cache struct {
	rdb redis.UniversalClient
}

// New makes a cache; the client stays the caller's.
func New(rdb redis.UniversalClient) *Cache { return &Cache{rdb: rdb} }

var lookups = hits.New("recent_entries")

// Note queues the writes for entries of one conversation, ascending, on a pipeline. What stands before an entry that changes
// another is dropped: no reader takes it any more, and it may be what was recalled.
func Note(ctx context.Context, pipe redis.Pipeliner, conversationID string, entries []*logpb.Entry) {
	key := rediskey.Recent(model.ConversationID(conversationID))
	for i, e := range slices.Backward(entries) {
		if message.Changes(e.GetType()) {
			entries = entries[i:]
			pipe.ZRemRangeByScore(ctx, key, "-inf", "("+strconv.FormatInt(e.GetSeq(), 10))
			break
		}
	}
	members := make([]redis.Z, 0, len(entries))
	for _, e := range entries[max(0, len(entries)-kept):] {
		encoded, err := proto.Marshal(plain(e))
		if err != nil {
			continue // a hint less
		}
		members = append(members, redis.Z{Score: float64(e.GetSeq()), Member: encoded})
	}
	pipe.ZAdd(ctx, key, members...)
	pipe.ZRemRangeByRank(ctx, key, 0, -kept-1)
	pipe.Expire(ctx, key, rediskey.RecentLifetime)
}

// plain is an entry as users see it: the changes of members, which may be a thousand, are for delivery alone, as is its trace.
func plain(e *logpb.Entry) *logpb.Entry {
	if len(e.GetChanges()) == 0 && e.GetTraceparent() == "" {
		return e
	}
	copied := proto.CloneOf(e)
	copied.Changes, copied.Traceparent = nil, ""
	return copied
}

// Head asks for the newest entries of a conversation up to its head.
type Head struct {
	ConversationID string
	From, To       int64 // both included
}

// Newest answers, for each head that the cache has whole, its entries from From to To, as they were when they were stored: From
// must not stand before the conversation's ChangedSeq, as a later entry may have changed what the cache has. What is missing in the answer has to
// be read from the store; an error means that all has to be.
func (c *Cache) Newest(ctx context.Context, heads []Head) (map[string][]*logpb.Entry, error) {
	pipe := c.rdb.Pipeline()
	answers := make([]*redis.StringSliceCmd, len(heads))
	for i, h := range heads {
		answers[i] = pipe.ZRangeArgs(ctx, redis.ZRangeArgs{
			Key:   rediskey.Recent(model.ConversationID(h.ConversationID)),
			Start: strconv.FormatInt(h.From, 10), Stop: strconv.FormatInt(h.To, 10), ByScore: true,
		})
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, fmt.Errorf("read recent entries: %w", err)
	}
	found := make(map[string][]*logpb.Entry, len(heads))
	defer func() { lookups.Add(len(found), len(heads)-len(found)) }()
	for i, h := range heads {
		if entries, whole := decode(answers[i].Val(), h); whole {
			found[h.ConversationID] = entries
		}
	}
	return found, nil
}

// decode accepts only a run without holes from one end to the other.
func decode(values []string, h Head) ([]*logpb.Entry, bool) {
	if int64(len(values)) != h.To-h.From+1 {
		return nil, false
	}
	entries := make([]*logpb.Entry, len(values))
	for i, v := range values {
		e := &logpb.Entry{}
		if err := proto.Unmarshal([]byte(v), e); err != nil || e.GetSeq() != h.From+int64(i) {
			return nil, false
		}
		entries[i] = e
	}
	return entries, true
}
