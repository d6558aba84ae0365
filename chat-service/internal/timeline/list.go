package timeline

import (
	"context"
	"encoding/binary"
	"strings"

	"github.com/cespare/xxhash/v2"

	"im-backend/chat-service/internal/store"
	"im-backend/common/model"
	"im-backend/common/utils/errs"
)

// listPlace is what a cursor of a list holds: the conversations that its pages have shown. A place in the order would not do,
// because every message moves a conversation to the front, from behind the place to before it.
type listPlace struct {
	Archived bool   `json:"a,omitempty"`
	Shown    []byte `json:"s"`
}

// shownBytes is how much of a conversation's hash a cursor holds. Of 1,000 conversations two share one once in two million passes.
const shownBytes = 5

// maxShown bounds a cursor; of what was shown before, a conversation may be shown again.
const maxShown = 10_000

func hashOf(conversationID string) string {
	return string(binary.BigEndian.AppendUint64(nil, xxhash.Sum64String(conversationID))[:shownBytes])
}

// ListConversations answers a page of a user's conversations, those that are archived or the others, pinned ones first, then the
// newest first, and the cursor of the next page. No pass shows a conversation twice or misses one, whatever comes meanwhile.
// Errors: INVALID_ARGUMENT.
func (t *Timeline) ListConversations(ctx context.Context, user model.UserID, archived bool, limit int32, cursor string) ([]*Conversation, string, error) {
	n, err := checkLimit(limit)
	if err != nil {
		return nil, "", err
	}
	at := listPlace{}
	if cursor == "" {
		at.Archived = archived
	} else {
		err := decodeCursor(listCursor, cursor, &at)
		if err != nil || at.Archived != archived || len(at.Shown)%shownBytes != 0 {
			return nil, "", errs.InvalidField("cursor", "is not a cursor of this list")
		}
	}
	places, err := t.store.ListPlaces(ctx, user, archived)
	if err != nil {
		return nil, "", err
	}
	places, more := at.next(places, n)
	list, err := t.listed(ctx, user, places)
	if err != nil || !more {
		return list, "", err
	}
	return list, encodeCursor(listCursor, at), nil
}

// next answers the first places that were not shown, at most n, and whether there are more, and notes them.
func (at *listPlace) next(places []store.Listed, n int) (page []store.Listed, more bool) {
	shown := make(map[string]bool, len(at.Shown)/shownBytes)
	for i := 0; i < len(at.Shown); i += shownBytes {
		shown[string(at.Shown[i:i+shownBytes])] = true
	}
	var noted strings.Builder
	for _, p := range places {
		hash := hashOf(p.ConversationID)
		if shown[hash] {
			continue
		}
		if more = len(page) == n; more {
			break
		}
		page = append(page, p)
		noted.WriteString(hash)
	}
	at.Shown = append(at.Shown, noted.String()...)
	at.Shown = at.Shown[max(0, len(at.Shown)-maxShown*shownBytes):]
	return page, more
}

// listed reads what stands at places, in their order.
func (t *Timeline) listed(ctx context.Context, user model.UserID, places []store.Listed) ([]*Conversation, error) {
	if len(places) == 0 {
		return nil, nil
	}
	ids := make([]string, len(places))
	for i, p := range places {
		ids[i] = p.ConversationID
	}
	views, err := t.store.NamedViews(ctx, user, ids)
	if err != nil {
		return nil, err
	}
	byID := make(map[string]*store.View, len(views))
	for _, v := range views {
		byID[v.ConversationID] = v
	}
	ordered := make([]*store.View, 0, len(views))
	for _, id := range ids {
		if v := byID[id]; v != nil {
			ordered = append(ordered, v)
		}
	}
	return t.describe(ctx, user, ordered)
}
