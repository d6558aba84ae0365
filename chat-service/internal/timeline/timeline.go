// Package timeline answers what a user may see: conversations, history, sync, and where the user has read to. It never
// decides by time or cache: the window of the user's row in the store is the rule, caches only save reading.
package timeline

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"im-backend/chat-service/internal/recent"
	"im-backend/chat-service/internal/store"
	"im-backend/common/model"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/common/proto/gen/logpb"
	"im-backend/common/proto/gen/userpb"
	"im-backend/common/utils/errs"
)

// Notifier tells connected devices of a moved read position. It must not block.
type Notifier interface {
	Read(ctx context.Context, conversation model.Parsed, conversationID string, reader model.UserID, seq, exceptSession int64)
}

// Timeline reads for users.
type Timeline struct {
	store    *store.Store
	cache    *recent.Cache
	users    userpb.UserServiceClient
	groups   grouppb.GroupServiceClient
	notifier Notifier
	now      func() time.Time
}

// New makes a timeline.
func New(s *store.Store, c *recent.Cache, users userpb.UserServiceClient, groups grouppb.GroupServiceClient, n Notifier) *Timeline {
	return &Timeline{store: s, cache: c, users: users, groups: groups, notifier: n, now: time.Now}
}

// Conversation is a conversation as one user sees it.
type Conversation struct {
	ID           string
	Parsed       model.Parsed
	View         *store.View
	Unread       int64
	Last         *logpb.Entry
	Peer         *userpb.User   // single; nil when user-service is away
	Group        *grouppb.Group // group; nil when group-service is away
	Mentions     int64          // unread messages that mention the user
	FirstMention int64          // seq of the first of them
}

const (
	defaultLimit = 50
	maxLimit     = 200
)

// checkLimit gives zero its default and refuses what is out of bounds.
func checkLimit(limit int32) (int, error) {
	switch {
	case limit == 0:
		return defaultLimit, nil
	case limit < 0 || limit > maxLimit:
		return 0, errs.InvalidField("limit", "1 to "+strconv.Itoa(maxLimit))
	}
	return int(limit), nil
}

// ListConversations answers a page, pinned ones first, then the newest first, and the cursor of the next page.
func (t *Timeline) ListConversations(ctx context.Context, user model.UserID, limit int32, cursor string) ([]*Conversation, string, error) {
	n, err := checkLimit(limit)
	if err != nil {
		return nil, "", err
	}
	var after *store.ListCursor
	if cursor != "" {
		after = &store.ListCursor{}
		if err := decodeCursor(listCursor, cursor, after); err != nil {
			return nil, "", errs.InvalidField("cursor", "is not a cursor of this list")
		}
	}
	views, err := t.store.ListViews(ctx, user, after, n+1)
	if err != nil {
		return nil, "", err
	}
	next := ""
	if len(views) > n {
		views = views[:n]
		last := views[n-1]
		next = encodeCursor(listCursor, store.ListCursor{Pinned: last.PinnedAt > 0, Stamp: last.Stamp, ID: last.ConversationID})
	}
	list, err := t.describe(ctx, user, views)
	return list, next, err
}

// GetConversation answers one conversation. Errors: CONVERSATION_NOT_FOUND.
func (t *Timeline) GetConversation(ctx context.Context, user model.UserID, id string) (*Conversation, error) {
	v, err := t.store.View(ctx, user, id)
	if err != nil {
		return nil, err
	}
	list, err := t.describe(ctx, user, []*store.View{v})
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

// describe adds to views what clients show beside them, with a fixed number of round trips.
func (t *Timeline) describe(ctx context.Context, user model.UserID, views []*store.View) ([]*Conversation, error) {
	places := make([]store.Place, len(views))
	for i, v := range views {
		places[i] = store.Place{ConversationID: v.ConversationID, Seq: v.Visible()}
	}
	last, err := t.store.EntriesAt(ctx, places)
	if err != nil {
		return nil, err
	}
	dressings := make([]dressing, 0, len(views))
	for i, v := range views {
		if e := last[places[i]]; e != nil {
			dressings = append(dressings, dressing{v, []*logpb.Entry{e}})
		}
	}
	if err := t.dress(ctx, user, dressings); err != nil {
		return nil, err
	}
	mentions, err := t.mentions(ctx, user, views)
	if err != nil {
		return nil, err
	}
	list := make([]*Conversation, 0, len(views))
	for i, v := range views {
		parsed, err := model.ParseConversationID(v.ConversationID)
		if err != nil {
			return nil, errs.ErrInternal.Because(err)
		}
		list = append(list, &Conversation{
			ID: v.ConversationID, Parsed: parsed, View: v, Unread: max(0, v.VisibleCount()-v.ReadCount),
			Last:     last[places[i]],
			Mentions: mentions[v.ConversationID].Messages, FirstMention: mentions[v.ConversationID].First,
		})
	}
	t.summarise(ctx, user, list)
	return list, nil
}

// mentions counts unread mentions. Only conversations are read that had a mention after the read position.
func (t *Timeline) mentions(ctx context.Context, user model.UserID, views []*store.View) (map[string]store.Mentioned, error) {
	var ids []string
	for _, v := range views {
		if max(v.MentionSeq, v.Head.MentionAllSeq) > v.ReadSeq {
			ids = append(ids, v.ConversationID)
		}
	}
	return t.store.Mentions(ctx, user, ids)
}

// The kinds of cursors, so that none is taken for another.
const (
	listCursor = 'l'
	syncToken  = 's'
)

var errNoCursor = errors.New("not a cursor of this kind")

func encodeCursor(kind byte, v any) string {
	text, _ := json.Marshal(v) // our own structs always marshal
	return base64.RawURLEncoding.EncodeToString(append([]byte{kind}, text...))
}

func decodeCursor(kind byte, s string, v any) error {
	text, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(text) == 0 || text[0] != kind {
		return errNoCursor
	}
	return json.Unmarshal(text[1:], v) //nolint:wrapcheck // the caller only asks whether it is one
}
