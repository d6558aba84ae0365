package delivery

import (
	"context"
	"errors"
	"slices"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/redis/go-redis/v9"
	"github.com/zeromicro/go-zero/core/logx"

	"im-backend/chat-service/internal/push"
	"im-backend/chat-service/internal/store"
	"im-backend/common/model"
	"im-backend/common/proto/gen/logpb"
	"im-backend/common/proto/gen/wsgatewaypb"
)

// Config sizes delivery.
type Config struct {
	LargeGroup int `json:",default=500"` // above this many members nothing is done for each member
}

// Spread takes entries to everybody whom they concern: caches, gateways and, for absent users, im.offline. Workers of all
// partitions share it.
type Spread struct {
	config   Config
	store    *store.Store
	rdb      redis.UniversalClient
	gateways *push.Gateways
	topics   *Topics
	notes    notes
	members  *lru.Cache[string, []store.Window] // of groups that are not large; dropped when an entry changes them
}

// NewSpread puts delivery together.
func NewSpread(c Config, s *store.Store, rdb redis.UniversalClient, g *push.Gateways, t *Topics) (*Spread, error) {
	members, err := lru.New[string, []store.Window](10_000)
	if err != nil {
		return nil, err //nolint:wrapcheck // only for a size below one
	}
	return &Spread{config: c, store: s, rdb: rdb, gateways: g, topics: t, members: members}, nil
}

// conversation is the entries of one conversation in a delivery, ascending.
type conversation struct {
	id      string
	parsed  model.Parsed
	entries []*logpb.Entry
	members []store.Window // empty for a large group
	users   []int64        // of members
}

// Deliver spreads entries and answers those of users with no device online, who have to be woken. Redis being away costs
// precision, not delivery: then every gateway gets everything.
func (s *Spread) Deliver(ctx context.Context, entries []*logpb.Entry) (absent map[int64][]*logpb.Entry, err error) {
	began := time.Now()
	conversations, err := s.group(ctx, entries)
	if err != nil {
		return nil, err
	}
	asked := push.Ask{Users: map[int64]bool{}, Rooms: map[string]bool{}}
	for _, c := range conversations {
		for _, user := range c.addressed() {
			asked.Users[user] = true
		}
		for _, user := range c.users {
			asked.Users[user] = true
		}
		if c.parsed.Type == model.Group {
			asked.Rooms[c.id] = true
		}
	}
	missed := s.notes.missed()
	where := s.gateways.Locate(ctx, asked, func(pipe redis.Pipeliner) { s.note(ctx, pipe, conversations, missed) })
	s.notes.done(missed, where.Known)
	absent = map[int64][]*logpb.Entry{}
	for _, c := range conversations {
		for _, e := range c.entries {
			s.gateways.Push(where, itemOf(c, handOver(e, began)))
			deliverySeconds.Observe(time.Since(time.UnixMilli(e.GetCreatedAt())).Seconds())
		}
		if where.Known {
			c.noteAbsent(where, absent)
		}
	}
	return absent, nil
}

// wake hands over the entries of absent users. It waits for Kafka itself: a delivery that failed here would be pushed again.
func (s *Spread) wake(ctx context.Context, absent map[int64][]*logpb.Entry) error {
	for len(absent) > 0 {
		err := s.renewAbsent(ctx, absent)
		if err == nil {
			err = s.topics.offline(ctx, absent)
		}
		if err == nil {
			for _, entries := range absent {
				absentEntries.Add(float64(len(entries)))
			}
			return nil
		}
		logx.WithContext(ctx).Errorf("hand over entries of absent users: %v", err)
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(retryPause):
		}
	}
	return nil
}

// Forget drops what is known of members: another instance may have delivered the entries that changed them.
func (s *Spread) Forget() { s.members.Purge() }

// group sorts entries by conversation, keeping their order.
func (s *Spread) group(ctx context.Context, entries []*logpb.Entry) ([]*conversation, error) {
	byID := map[string]*conversation{}
	var ordered []*conversation
	for _, e := range entries {
		id := e.GetConversationId()
		c := byID[id]
		if c == nil {
			parsed, err := model.ParseConversationID(id)
			if err != nil {
				return nil, poisonError{err}
			}
			c = &conversation{id: id, parsed: parsed}
			byID[id] = c
			ordered = append(ordered, c)
		}
		c.entries = append(c.entries, e)
		if len(e.GetChanges()) > 0 {
			s.members.Remove(id)
		}
	}
	for _, c := range ordered {
		members, err := s.membersOf(ctx, c)
		if err != nil {
			return nil, err
		}
		c.members, c.users = members, make([]int64, len(members))
		for i, m := range members {
			c.users[i] = m.UserID
		}
	}
	return ordered, nil
}

// membersOf answers whom inboxes and im.offline concern.
func (s *Spread) membersOf(ctx context.Context, c *conversation) ([]store.Window, error) {
	switch c.parsed.Type {
	case model.Single:
		if c.parsed.Low == c.parsed.High {
			return []store.Window{{UserID: int64(c.parsed.Low)}}, nil
		}
		return []store.Window{{UserID: int64(c.parsed.Low)}, {UserID: int64(c.parsed.High)}}, nil
	case model.Notification:
		return []store.Window{{UserID: int64(c.parsed.Low)}}, nil
	case model.Group:
	}
	if members, ok := s.members.Get(c.id); ok {
		return members, nil
	}
	members, err := s.store.OpenWindows(ctx, c.id, s.config.LargeGroup+1)
	if err != nil {
		return nil, err
	}
	if len(members) > s.config.LargeGroup {
		members = []store.Window{}
	}
	s.members.Add(c.id, members)
	return members, nil
}

// addressed answers the users whose gateways get the conversation's entries by user: all of a single conversation, and of a
// group those whose membership changes, so that their gateways learn it whatever rooms they hold.
func (c *conversation) addressed() []int64 {
	if c.parsed.Type != model.Group {
		return c.users
	}
	var users []int64
	for _, e := range c.entries {
		for _, change := range e.GetChanges() {
			users = append(users, change.GetUserId())
		}
	}
	return users
}

// parted answers who has just left a group that is not large: the last entry that such a user sees is the one that says so.
func (c *conversation) parted() []int64 {
	if len(c.members) == 0 || c.parsed.Type != model.Group {
		return nil
	}
	return slices.DeleteFunc(c.addressed(), func(user int64) bool { return slices.Contains(c.users, user) })
}

func itemOf(c *conversation, e *logpb.Entry) *wsgatewaypb.PushItem {
	item := &wsgatewaypb.PushItem{Event: &wsgatewaypb.PushItem_Entry{Entry: e}}
	if c.parsed.Type != model.Group {
		item.UserIds = c.users
		return item
	}
	item.Room = c.id
	for _, change := range e.GetChanges() {
		item.UserIds = append(item.UserIds, change.GetUserId())
	}
	return item
}

// noteAbsent adds the entries of others for the members with no device online, as far as their windows have them.
func (c *conversation) noteAbsent(where *push.Where, absent map[int64][]*logpb.Entry) {
	for _, m := range c.members {
		if where.Online(m.UserID) {
			continue
		}
		for _, e := range c.entries {
			if e.GetSenderId() != m.UserID && e.GetSeq() >= m.MinSeq {
				absent[m.UserID] = append(absent[m.UserID], e)
			}
		}
	}
}
