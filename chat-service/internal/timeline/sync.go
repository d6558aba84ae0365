package timeline

import (
	"context"
	"slices"
	"strconv"

	"im-backend/chat-service/internal/store"
	"im-backend/common/model"
	"im-backend/common/proto/gen/logpb"
	"im-backend/common/utils/errs"
)

// newestOfChanged is how many entries a changed conversation answers that the request does not name.
const newestOfChanged = 20

// maxNamed bounds the conversations that one request names.
const maxNamed = 200

// Position names a conversation and the last entry that the device has of it.
type Position struct {
	ConversationID string
	AfterSeq       int64
	Limit          int32
}

// Changed is a conversation that changed and its entries, ascending.
type Changed struct {
	*Conversation
	Messages    []*logpb.Entry
	HasMore     bool
	Deleted     []int64 // entries that the user has deleted for itself since the token, ascending
	DeletedMore bool    // there are more of them
}

// SyncPage is one page of a sync.
type SyncPage struct {
	Conversations []*Changed
	NextSince     string
	More          bool
	Reset         bool // the token was unknown: this is the first page of everything
}

// Sync answers the conversations that changed since a token, the oldest change first, and those that the request names.
func (t *Timeline) Sync(ctx context.Context, user model.UserID, since string, limit int32, named []Position) (*SyncPage, error) {
	n, err := checkLimit(limit)
	if err != nil {
		return nil, err
	}
	if len(named) > maxNamed {
		return nil, errs.InvalidField("conversations", "up to "+strconv.Itoa(maxNamed))
	}
	page := &SyncPage{}
	at, known := parseToken(since, user)
	page.Reset = !known
	resumed := at.Floor != 0
	begun := at.begun()
	fresh, more, err := t.changes(ctx, &at, n)
	if err != nil {
		return nil, err
	}
	// A change that became visible late may stand before the pages that were answered already. A pass of one page misses
	// none; so after the last of several another one follows at once.
	if resumed && !more && at.remembered() < maxRemembered {
		var late []*store.View
		if late, more, err = t.changes(ctx, &at, n-len(fresh)); err != nil {
			return nil, err
		}
		fresh = append(without(fresh, late), late...)
	}
	page.More, page.NextSince = more, at.encode()
	if page.Conversations, err = t.withEntries(ctx, user, fresh, named); err != nil {
		return nil, err
	}
	page.observe()
	return page, t.addDeletions(ctx, user, page.Conversations, begun, named)
}

// maxDeleted bounds the deletions that a conversation of a page names.
const maxDeleted = 1000

// lateness is how long a push of an entry may come after its user has deleted it.
const lateness = 60_000 // milliseconds

// addDeletions tells a device which entries it has to forget: those that were deleted since its last pass began. One that has
// nothing yet is told all only of the conversations that it names; of the others, what may still be pushed to it.
func (t *Timeline) addDeletions(ctx context.Context, user model.UserID, changed []*Changed, begun int64, named []Position) error {
	for _, c := range changed {
		since := max(0, begun-overlap)
		if begun == 0 && !slices.ContainsFunc(named, func(p Position) bool { return p.ConversationID == c.ID }) {
			since = t.now().UnixMilli() - lateness
		}
		if c.View.DeletionsAt == 0 || c.View.DeletionsAt < since {
			continue
		}
		seqs, err := t.store.DeletedSince(ctx, user, c.ID, since, maxDeleted+1)
		if err != nil {
			return err
		}
		if c.DeletedMore = len(seqs) > maxDeleted; c.DeletedMore {
			seqs = seqs[:maxDeleted]
		}
		c.Deleted = seqs
	}
	return nil
}

// changes answers the next changes, at most n, and moves the token behind them.
func (t *Timeline) changes(ctx context.Context, at *token, n int) (fresh []*store.View, more bool, err error) {
	at.begin(t.now().UnixMilli())
	// What the token remembers is skipped, so read that much more.
	views, err := t.store.ChangedViews(ctx, at.User, at.Stamp, at.After, n+at.remembered()+1)
	if err != nil {
		return nil, false, err
	}
	fresh, more = at.advance(views, n)
	return fresh, more, nil
}

// without leaves out the views that newer ones replace.
func without(views, newer []*store.View) []*store.View {
	return slices.DeleteFunc(views, func(v *store.View) bool {
		return slices.ContainsFunc(newer, func(n *store.View) bool { return n.ConversationID == v.ConversationID })
	})
}
