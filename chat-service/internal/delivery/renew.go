package delivery

import (
	"context"
	"slices"
	"time"

	"im-backend/chat-service/internal/message"
	"im-backend/common/proto/gen/logpb"
)

// fresh is how old an entry may be to be pushed as it was stored. When delivery lags behind, what an older one says may have
// been recalled meanwhile, and no push may carry that.
const fresh = time.Second

// renew replaces, in place, the entries that may have changed since they were stored: those that are not fresh, and all when a
// recall is among them. Of reactions pushes say nothing: each is an entry of its own.
func (s *Spread) renew(ctx context.Context, entries []*logpb.Entry) error {
	since := time.Now().Add(-fresh).UnixMilli()
	if slices.ContainsFunc(entries, func(e *logpb.Entry) bool { return e.GetType() == message.Recall }) {
		since = time.Now().Add(fresh).UnixMilli()
	}
	var stale []int
	var old []*logpb.Entry
	for i, e := range entries {
		if e.GetReactionSeq() > 0 { // those of absent users are being pushed: they are not written to again
			e.ReactionSeq = 0
		}
		if e.GetCreatedAt() <= since && !message.Lasting(e.GetType()) {
			stale, old = append(stale, i), append(old, e)
		}
	}
	if err := s.store.Renew(ctx, old); err != nil {
		return err
	}
	for n, i := range stale {
		entries[i] = old[n]
	}
	return nil
}

// renewAbsent is renew for what is handed over: until Kafka takes it, it may wait for long.
func (s *Spread) renewAbsent(ctx context.Context, absent map[int64][]*logpb.Entry) error {
	var entries []*logpb.Entry
	at := map[*logpb.Entry]int{}
	for _, some := range absent {
		for _, e := range some {
			if _, known := at[e]; !known {
				at[e] = len(entries)
				entries = append(entries, e)
			}
		}
	}
	if err := s.renew(ctx, entries); err != nil {
		return err
	}
	for user, some := range absent {
		now := make([]*logpb.Entry, len(some))
		for i, e := range some {
			now[i] = entries[at[e]]
		}
		absent[user] = now
	}
	return nil
}
