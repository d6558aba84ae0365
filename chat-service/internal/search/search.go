// Package search finds messages that a user may see by what they say, the newest first. There is no index that writing a message
// would have to keep: a log is searched from its newest entry back, and what a search has read of it stays behind as filters of
// its blocks, by which later searches pass over all blocks without the terms they look for. A filter only ever says where not to
// look; what is answered is read as history reads it, so a filter that is old or lost shows nothing wrong and hides nothing.
package search

import (
	"context"
	"errors"
	"math"
	"time"
	"unicode/utf8"

	"im-backend/chat-service/internal/message"
	"im-backend/chat-service/internal/store"
	"im-backend/common/model"
	"im-backend/common/proto/gen/logpb"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/page"
	"im-backend/common/utils/quota"
)

// Config bounds searches.
type Config struct {
	PerMinute int64 `json:",default=30"`    // searches of a user in a minute
	PerDay    int64 `json:",default=1000"`  // searches of a user in a day
	AtOnce    int   `json:",default=4"`     // searches of an instance at the same time; more wait
	Entries   int   `json:",default=20000"` // entries that one search reads before it answers what it has
}

var errConfig = errors.New("Search: PerMinute, PerDay, AtOnce and Entries must be at least 1")

// Validate reports bounds with which nobody could search.
func (c Config) Validate() error {
	if c.PerMinute < 1 || c.PerDay < 1 || c.AtOnce < 1 || c.Entries < 1 {
		return errConfig
	}
	return nil
}

const (
	maxQuery         = 64   // characters
	maxConversations = 2000 // that one search looks into, those that changed last
)

// Reader answers entries as a user sees them. Errors: UNAVAILABLE.
type Reader interface {
	// Spans are the runs of seqs that a user may see, ascending.
	Spans(v *store.View) []store.Span
	// Seen answers those of the named entries of one's conversations that one may see, as one sees them now.
	Seen(ctx context.Context, user model.UserID, views map[string]*store.View, places []store.Place) (map[store.Place]*logpb.Entry, error)
}

// Search searches for users.
type Search struct {
	config Config
	store  *store.Store
	reader Reader
	slots  chan struct{}
	now    func() time.Time
}

// New makes a Search.
func New(c Config, s *store.Store, r Reader) *Search {
	return &Search{config: c, store: s, reader: r, slots: make(chan struct{}, c.AtOnce), now: time.Now}
}

// Query is what is looked for.
type Query struct {
	Text           string
	ConversationID string // empty: everywhere
	Sender         model.UserID
	Type           string
	Before         int64 // unix milliseconds; zero: all
	Limit          int32
	Cursor         string
}

// place is a place in the order of all messages: the newest first.
type place struct {
	At int64 `json:"a"` // unix milliseconds
	ID int64 `json:"i"` // of the message
}

// after reports whether p comes after q in that order, so is older.
func (p place) after(q place) bool { return p.At < q.At || p.At == q.At && p.ID < q.ID }

// Find answers a page of messages, the newest first, and the cursor of the next page; empty at the end. A page may be short, or
// empty, before the end: then a search has read as much as one may. Errors: INVALID_ARGUMENT, CONVERSATION_NOT_FOUND,
// RATE_LIMITED, UNAVAILABLE, TIMEOUT.
func (s *Search) Find(ctx context.Context, user model.UserID, q Query) ([]*logpb.Entry, string, error) {
	limit, asked, from, err := check(q)
	if err != nil {
		return nil, "", err
	}
	if err := s.spend(ctx, user); err != nil {
		return nil, "", err
	}
	select {
	case s.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, "", errs.ErrUnavailable.Because(ctx.Err())
	}
	defer func() { <-s.slots }()
	views, err := s.views(ctx, user, q.ConversationID)
	if err != nil {
		return nil, "", err
	}
	scan := newScan(s, asked, q, from, views)
	if err := scan.run(ctx, limit); err != nil {
		return nil, "", err
	}
	hits, next := scan.page(limit)
	entries, err := s.show(ctx, user, asked, views, hits)
	if err != nil || next == nil {
		return entries, "", err
	}
	return entries, page.Cursor(next), nil
}

// check reads a query: the size of the page, what is looked for and where the page begins.
func check(q Query) (limit int, asked question, from place, err error) {
	if limit, err = page.Limit(q.Limit); err != nil {
		return 0, asked, from, err
	}
	if n := utf8.RuneCountInString(q.Text); n < 1 || n > maxQuery || !utf8.ValidString(q.Text) {
		return 0, asked, from, errs.InvalidField("q", "1 to 64 characters")
	}
	if asked = newQuestion(q.Text); len(asked.parts) == 0 {
		return 0, asked, from, errs.InvalidField("q", "needs a letter, a digit or a symbol")
	}
	switch q.Type {
	case "", message.Text, message.Image, message.Audio, message.Video, message.File, message.Location, message.Merged:
	default:
		return 0, asked, from, errs.InvalidField("type", "a type of messages that say or name something")
	}
	if q.Before < 0 {
		return 0, asked, from, errs.InvalidField("before", "unix milliseconds")
	}
	from = place{math.MaxInt64, math.MaxInt64}
	if q.Before > 0 {
		from = place{q.Before, math.MinInt64}
	}
	cursor := from
	if err := page.Parse(q.Cursor, &cursor); err != nil {
		return 0, asked, from, err
	}
	if cursor.after(from) {
		from = cursor
	}
	return limit, asked, from, nil
}

func (s *Search) spend(ctx context.Context, user model.UserID) error {
	var wait time.Duration
	rate := quota.Rate{PerMinute: s.config.PerMinute, PerDay: s.config.PerDay}
	err := s.store.SpendQuota(ctx, user, "search", func(spent *quota.Spent) { wait = spent.Take(rate, s.now().UnixMilli()) })
	if err != nil {
		return err
	}
	if wait > 0 {
		return errs.ErrRateLimited.Saying("too many searches").After(wait)
	}
	return nil
}

func (s *Search) views(ctx context.Context, user model.UserID, conversationID string) (map[string]*store.View, error) {
	var list []*store.View
	var err error
	if conversationID != "" {
		var v *store.View
		v, err = s.store.View(ctx, user, conversationID)
		list = append(list, v)
	} else {
		list, err = s.store.LatestViews(ctx, user, maxConversations)
	}
	if err != nil {
		return nil, err
	}
	views := make(map[string]*store.View, len(list))
	for _, v := range list {
		views[v.ConversationID] = v
	}
	return views, nil
}

// show reads what was found once more, as the user may see it now.
func (s *Search) show(ctx context.Context, user model.UserID, asked question, views map[string]*store.View, hits []hit) ([]*logpb.Entry, error) {
	places := make([]store.Place, len(hits))
	for i, h := range hits {
		places[i] = h.Place
	}
	found, err := s.reader.Seen(ctx, user, views, places)
	if err != nil {
		return nil, err
	}
	entries := make([]*logpb.Entry, 0, len(hits))
	for _, p := range places {
		if e := found[p]; e != nil && e.GetRecalledAt() == 0 && asked.matches(e.GetType(), e.GetContent()) {
			entries = append(entries, e)
		}
	}
	return entries, nil
}
