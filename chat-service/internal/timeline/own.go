package timeline

import (
	"context"
	"slices"
	"strconv"
	"unicode/utf8"

	"im-backend/chat-service/internal/push"
	"im-backend/chat-service/internal/store"
	"im-backend/common/model"
	"im-backend/common/utils/errs"
)

const (
	maxDraft      = 1000 // characters
	maxDeleteAsks = 100  // entries of one deletion
)

// Settings are a user's own settings of a conversation; nil: as it is.
type Settings = store.Settings

// Update changes a user's settings of a conversation, tells the user's other devices, and answers the conversation afterwards.
// Errors: CONVERSATION_NOT_FOUND, INVALID_ARGUMENT.
func (t *Timeline) Update(ctx context.Context, user model.UserID, id string, set Settings, session int64) (*Conversation, error) {
	if set.Draft != nil && utf8.RuneCountInString(*set.Draft) > maxDraft {
		return nil, errs.InvalidField("draft", "up to "+strconv.Itoa(maxDraft)+" characters")
	}
	if set.MutedUntil != nil && *set.MutedUntil < 0 {
		return nil, errs.InvalidField("mutedUntil", "must not be negative")
	}
	if set == (Settings{}) {
		return t.GetConversation(ctx, user, id)
	}
	if err := t.store.UpdateSettings(ctx, user, id, set, t.now().UnixMilli()); err != nil {
		return nil, err
	}
	return t.tellState(ctx, user, id, session, nil)
}

// Hide leaves a conversation out of a user's lists until its next message. Errors: CONVERSATION_NOT_FOUND.
func (t *Timeline) Hide(ctx context.Context, user model.UserID, id string, session int64) error {
	v, err := t.store.View(ctx, user, id)
	if err != nil {
		return err
	}
	if err := t.store.Hide(ctx, user, store.Place{ConversationID: id, Seq: v.Visible()}, v.VisibleCount(), t.now().UnixMilli()); err != nil {
		return err
	}
	_, err = t.tellState(ctx, user, id, session, nil)
	return err
}

// Clear takes the history of a conversation up to its head away from a user, and hides it. All that was unread is read then, which
// the user's other devices and the peer of a single conversation are told as of any read. Errors: CONVERSATION_NOT_FOUND.
func (t *Timeline) Clear(ctx context.Context, user model.UserID, id string, session int64) error {
	v, err := t.store.View(ctx, user, id)
	if err != nil {
		return err
	}
	at := store.Place{ConversationID: id, Seq: v.Visible()}
	moved := push.Notice{
		Users: []model.UserID{user}, Except: session,
		Read: &push.Moved{At: push.At{Conversation: id, User: user}, Seq: at.Seq},
	}
	var peers []store.Membership
	if peer, has := peerOf(user, id); has && v.ReadSeq < at.Seq {
		peers = append(peers, store.Membership{UserID: int64(peer), ConversationID: id})
		moved.Users = append(moved.Users, peer)
	}
	if err := t.store.Clear(ctx, user, at, v.VisibleCount(), t.now().UnixMilli(), peers...); err != nil {
		return err
	}
	if v.ReadSeq < at.Seq {
		t.notifier.Tell(ctx, moved)
	}
	_, err = t.tellState(ctx, user, id, session, nil)
	return err
}

// peerOf is the other user of a single conversation; one with oneself has none.
func peerOf(user model.UserID, id string) (model.UserID, bool) {
	parsed, err := model.ParseConversationID(id)
	if err != nil || parsed.Type != model.Single {
		return 0, false
	}
	peer := parsed.Peer(user)
	return peer, peer != user
}

// Delete takes single entries away from a user; those that it may not see are ignored. Errors: CONVERSATION_NOT_FOUND,
// INVALID_ARGUMENT.
func (t *Timeline) Delete(ctx context.Context, user model.UserID, id string, seqs []int64, session int64) error {
	if len(seqs) == 0 || len(seqs) > maxDeleteAsks {
		return errs.InvalidField("seqs", "1 to "+strconv.Itoa(maxDeleteAsks))
	}
	v, err := t.store.View(ctx, user, id)
	if err != nil {
		return err
	}
	seqs = slices.Clone(seqs)
	slices.Sort(seqs)
	seqs = slices.DeleteFunc(slices.Compact(seqs), func(seq int64) bool { return !sees(v, seq) })
	if len(seqs) == 0 {
		return nil
	}
	if err := t.store.DeleteForUser(ctx, user, id, seqs, t.now().UnixMilli()); err != nil {
		return err
	}
	_, err = t.tellState(ctx, user, id, session, seqs)
	return err
}

// tellState tells a user's devices but one the present state of a conversation, and answers it.
func (t *Timeline) tellState(ctx context.Context, user model.UserID, id string, exceptSession int64, deleted []int64) (*Conversation, error) {
	c, err := t.GetConversation(ctx, user, id)
	if err != nil {
		return nil, err
	}
	v := c.View
	t.notifier.Tell(ctx, push.Notice{Users: []model.UserID{user}, Except: exceptSession, State: &push.State{
		Conversation: id, Version: v.UpdatedAt, Pinned: v.PinnedAt > 0, MutedUntil: v.MutedUntil, Draft: v.Draft,
		MarkedUnread: v.Marked(), Archived: v.Archived, Hidden: v.Hidden(), MinSeq: v.First(), ReadSeq: v.ReadSeq,
		Unread: c.Unread, Deleted: deleted,
	}})
	return c, nil
}
