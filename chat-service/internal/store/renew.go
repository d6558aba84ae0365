package store

import (
	"context"
	"slices"

	"im-backend/common/proto/gen/logpb"
)

// renewPage is how many entries are read anew at once.
const renewPage = 500

// Renew replaces entries, in place, by what the log says now. Of reactions they say nothing: each is an entry of its own.
func (s *Store) Renew(ctx context.Context, entries []*logpb.Entry) error {
	for some := range slices.Chunk(entries, renewPage) {
		places := make([]Place, len(some))
		for i, e := range some {
			places[i] = Place{e.GetConversationId(), e.GetSeq()}
		}
		found, err := s.EntriesAt(ctx, places)
		if err != nil {
			return err
		}
		for i, at := range places {
			if now := found[at]; now != nil {
				now.ReactionSeq = 0
				some[i] = now
			}
		}
	}
	return nil
}
