package delivery

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/segmentio/kafka-go"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"im-backend/chat-service/internal/committer"
	"im-backend/common/proto/gen/logpb"
	"im-backend/common/utils/rediskey"
)

func (b *bench) append(c *committer.Committer, id, appendID string, changes ...*logpb.MemberChange) {
	b.t.Helper()
	j := b.job(1, id, "x")
	j.Send, j.Append = nil, &committer.Append{ID: appendID, Content: []byte(`{"event":"x"}`), Creates: true, Changes: changes}
	_, err := c.Store(context.Background(), j)
	require.NoError(b.t, err)
}

// deliver takes entries through and wakes who is absent, as a reader does.
func (b *bench) deliver(s *Spread, entries []*logpb.Entry) {
	b.t.Helper()
	absent, err := s.Deliver(context.Background(), entries)
	require.NoError(b.t, err)
	require.NoError(b.t, s.wake(context.Background(), absent))
}

func joins(first, last int64) (changes []*logpb.MemberChange) {
	for user := first; user <= last; user++ {
		changes = append(changes, &logpb.MemberChange{Kind: logpb.MemberChange_KIND_JOINED, UserId: user, Role: "member"})
	}
	return changes
}

// crowd makes a group of so many members.
func (b *bench) crowd(c *committer.Committer, id string, members int64) {
	b.t.Helper()
	for first := int64(1); first <= members; first += 1000 {
		b.append(c, id, fmt.Sprint("join-", first), joins(first, min(first+999, members))...)
	}
}

// reads counts the statements that read outside of the committer.
func (b *bench) reads() *atomic.Int64 {
	b.t.Helper()
	var n atomic.Int64
	require.NoError(b.t, b.db.Callback().Query().Before("gorm:query").Register("count", func(*gorm.DB) { n.Add(1) }))
	return &n
}

func TestADeliveryToALargeGroupCostsTheSameForAnyNumberOfMembers(t *testing.T) {
	t.Parallel()
	type cost struct {
		commands        int
		reads           int64
		keys, items     int
		offline, routes int
	}
	costs := map[int64]cost{}
	for _, members := range []int64{501, 4000} {
		b := newBench(t, 1)
		c := b.committer(crashed{})
		b.crowd(c, "g:1", members)
		b.fill(c, "g:1", 11)
		b.online(1)
		b.redis.SAdd(rediskey.Room("g:1"), b.gateway.ID)
		s := b.spread()
		head := (members+999)/1000 + 11
		b.deliver(s, b.stored("g:1", head-10, head-10)) // the member list is read once
		s.gateways.Flush()
		reads, commands, items := b.reads(), b.redis.CommandCount(), len(b.gateway.Items())
		for seq := head - 9; seq <= head; seq++ {
			b.deliver(s, b.entriesAt("g:1", seq))
		}
		s.gateways.Flush()
		costs[members] = cost{
			commands: b.redis.CommandCount() - commands, reads: reads.Load() - 10, keys: len(b.redis.Keys()),
			items: len(b.gateway.Items()) - items, offline: len(b.records(TopicOffline)), routes: b.inboxes(),
		}
	}
	require.Equal(t, costs[501], costs[4000])
	require.Zero(t, costs[501].offline, "nobody is woken one by one")
	require.Zero(t, costs[501].routes, "nor has an inbox of its own written")
	require.Equal(t, 10, costs[501].items)
	require.Less(t, costs[501].commands, 120)
	require.Zero(t, costs[501].reads)
}

// entriesAt reads one entry, which costs one statement.
func (b *bench) entriesAt(id string, seq int64) []*logpb.Entry { return b.stored(id, seq, seq) }

// inboxes counts the inboxes of single users.
func (b *bench) inboxes() (n int) {
	for _, key := range b.redis.Keys() {
		if strings.HasPrefix(key, "inbox:") && key != rediskey.LargeInbox() {
			n++
		}
	}
	return n
}

func TestWhoIsKickedFindsItsLastEntryInItsInbox(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	c := b.committer(crashed{})
	b.append(c, "g:1", "create", joins(1, 3)...)
	b.append(c, "g:1", "kick", &logpb.MemberChange{Kind: logpb.MemberChange_KIND_LEFT, UserId: 3})
	b.fill(c, "g:1", 1)
	b.online(3)
	s := b.spread()
	b.deliver(s, b.stored("g:1", 2, 2))
	_, err := b.redis.ZScore(rediskey.Inbox(3), "g:1")
	require.NoError(t, err, "a lost push of the kick is found by the next heartbeat")
	b.redis.FlushAll()
	b.deliver(s, b.stored("g:1", 3, 3))
	require.False(t, b.redis.Exists(rediskey.Inbox(3)), "what follows is not for it")
	require.True(t, b.redis.Exists(rediskey.Inbox(2)))
}

func TestAnAbsentNewcomerIsWokenForNothingThatStoodBeforeItJoined(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	c := b.committer(crashed{})
	b.append(c, "g:1", "create", joins(1, 2)...)                                                                              // seq 1
	b.fill(c, "g:1", 2)                                                                                                       // 2 and 3
	b.append(c, "g:1", "join", joins(3, 3)...)                                                                                // 4
	b.append(c, "g:1", "history", &logpb.MemberChange{Kind: logpb.MemberChange_KIND_JOINED, UserId: 4, HistoryVisible: true}) // 5
	b.append(c, "g:1", "later")                                                                                               // 6
	b.online()
	s := b.spread()
	b.deliver(s, b.stored("g:1", 2, 2)) // delivery is behind the store
	b.deliver(s, b.stored("g:1", 3, 6))
	woken := map[string][]int64{}
	for _, m := range b.records(TopicOffline) {
		woken[string(m.Key)] = append(woken[string(m.Key)], b.entriesOf([]kafka.Message{m})["g:1"]...)
	}
	require.Equal(t, map[string][]int64{"1": {4, 5, 6}, "2": run(2, 6), "3": {4, 5, 6}, "4": run(2, 6)}, woken)
}
