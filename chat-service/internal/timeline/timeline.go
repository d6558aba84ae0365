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

	"golang.org/x/sync/singleflight"

	"im-backend/chat-service/internal/push"
	"im-backend/chat-service/internal/recent"
	"im-backend/chat-service/internal/store"
	"im-backend/common/model"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/common/proto/gen/logpb"
	"im-backend/common/proto/gen/userpb"
	"im-backend/common/utils/errs"
)

// Notifier tells connected devices. It must not block for long.
type Notifier interface {
	Tell(ctx context.Context, notices ...push.Notice)
}

// Timeline reads for users, and changes their own state of conversations.
type Timeline struct {
	store    *store.Store
	cache    *recent.Cache
	users    *names[*userpb.User]
	groups   *names[*grouppb.Group]
	tails    singleflight.Group // reads of the newest entries of conversations
	notifier Notifier
	now      func() time.Time
}

// New makes a timeline.
func New(s *store.Store, c *recent.Cache, users userpb.UserServiceClient, groups grouppb.GroupServiceClient, n Notifier) *Timeline {
	return &Timeline{
		store: s, cache: c, users: newNames(askUsers(users)), groups: newNames(askGroups(groups)), notifier: n, now: time.Now,
	}
}

// Conversation is a conversation as one user sees it.
type Conversation struct {
	ID           string
	Parsed       model.Parsed
	View         *store.View
	Unread       int64
	Last         *logpb.Entry
	Peer         *userpb.User    // single; nil when user-service is away
	Group        *grouppb.Group  // group; nil when group-service is away
	Their        store.PeerMarks // single: the peer's positions
	Mentions     int64           // unread messages that mention the user
	FirstMention int64           // seq of the first of them
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

// The kinds of cursors, so that none is taken for another.
const (
	listCursor = 'l'
	syncToken  = 's'

	readerCursor = 'r'
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
