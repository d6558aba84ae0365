package delivery

import (
	"context"
	"slices"
	"time"

	"im-backend/chat-service/internal/message"
	"im-backend/chat-service/internal/store"
	"im-backend/common/proto/gen/logpb"
)

// fresh is how old an entry may be to be pushed as it was stored. When delivery lags behind, what an older one says may have
// been recalled meanwhile, and no push may carry that.
const fresh = time.Second

// renewPage is how many entries are read anew at once.
const renewPage = 500

// renew replaces, in place, the entries that may have changed since they were stored: those that are not fresh, and all when a
// recall is among them. Of reactions pushes say nothing: each is an entry of its own.
func (s *Spread) renew(ctx context.Context, entries []*logpb.Entry) error {
	since := time.Now().Add(-fresh).UnixMilli()
	if slices.ContainsFunc(entries, func(e *logpb.Entry) bool { return e.GetType() == message.Recall }) {
		since = time.Now().Add(fresh).UnixMilli()
	}
	var stale []int
	for i, e := range entries {
		e.ReactionSeq = 0
		if e.GetCreatedAt() <= since && !message.Lasting(e.GetType()) {
			stale = append(stale, i)
		}
	}
	for some := range slices.Chunk(stale, renewPage) {
		places := make([]store.Place, len(some))
		for n, i := range some {
			places[n] = store.Place{ConversationID: entries[i].GetConversationId(), Seq: entries[i].GetSeq()}
		}
		found, err := s.store.EntriesAt(ctx, places)
		if err != nil {
			return err
		}
		for n, i := range some {
			if now := found[places[n]]; now != nil {
				now.ReactionSeq = 0
				entries[i] = now
			}
		}
	}
	return nil
}
