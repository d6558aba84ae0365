package timeline

import (
	"context"
	"math"
	"slices"

	"im-backend/chat-service/internal/message"
	"im-backend/chat-service/internal/store"
	"im-backend/common/model"
	"im-backend/common/model/imchat"
	"im-backend/common/proto/gen/logpb"
	"im-backend/common/utils/errs"
)

// Messages answers named messages of a conversation, in the order of their names. One that the user may not see, that was
// recalled or that is no message is an error. Errors: CONVERSATION_NOT_FOUND, MESSAGE_NOT_FOUND.
func (t *Timeline) Messages(ctx context.Context, user model.UserID, id string, seqs []int64) ([]*logpb.Entry, error) {
	v, err := t.store.View(ctx, user, id)
	if err != nil {
		return nil, err
	}
	found, err := t.messages(ctx, user, v, seqs)
	if err != nil {
		return nil, err
	}
	entries := make([]*logpb.Entry, len(seqs))
	for i, seq := range seqs {
		if entries[i] = found[seq]; entries[i] == nil || entries[i].GetRecalledAt() > 0 {
			return nil, errs.ErrMessageNotFound
		}
	}
	return entries, nil
}

// messages answers those of the named messages that the user may see and has not deleted for itself.
func (t *Timeline) messages(ctx context.Context, user model.UserID, v *store.View, seqs []int64) (map[int64]*logpb.Entry, error) {
	var places []store.Place
	for _, seq := range seqs {
		if sees(v, seq) {
			places = append(places, store.Place{ConversationID: v.ConversationID, Seq: seq})
		}
	}
	if v.DeletionsAt > 0 {
		deleted, err := t.store.DeletedAmong(ctx, user, places)
		if err != nil {
			return nil, err
		}
		places = slices.DeleteFunc(places, func(p store.Place) bool { return deleted[p] })
	}
	read, err := t.store.EntriesAt(ctx, places)
	if err != nil {
		return nil, err
	}
	found := make(map[int64]*logpb.Entry, len(read))
	dressed := dressing{view: v}
	for at, e := range read {
		if message.Is(e.GetType()) {
			found[at.Seq] = e
			dressed.entries = append(dressed.entries, e)
		}
	}
	return found, t.dress(ctx, user, []dressing{dressed})
}

// Pin is a pinned message.
type Pin struct {
	imchat.PinnedMessage
	Message *logpb.Entry
}

// ListPins answers the pinned messages that a member may see, the latest pin first. Errors: CONVERSATION_NOT_FOUND,
// NOT_GROUP_MEMBER.
func (t *Timeline) ListPins(ctx context.Context, user model.UserID, id string) ([]Pin, error) {
	v, err := t.present(ctx, user, id)
	if err != nil {
		return nil, err
	}
	rows, err := t.store.Pins(ctx, id)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	seqs := make([]int64, len(rows))
	for i, p := range rows {
		seqs[i] = p.Seq
	}
	found, err := t.messages(ctx, user, v, seqs)
	if err != nil {
		return nil, err
	}
	var pins []Pin
	for _, p := range rows {
		if e := found[p.Seq]; e != nil && e.GetRecalledAt() == 0 {
			pins = append(pins, Pin{p, e})
		}
	}
	return pins, nil
}

// present answers a conversation that the user is a member of.
func (t *Timeline) present(ctx context.Context, user model.UserID, id string) (*store.View, error) {
	v, err := t.store.View(ctx, user, id)
	if err != nil {
		return nil, err
	}
	if v.MaxVisibleSeq > 0 {
		return nil, errs.ErrNotGroupMember
	}
	return v, nil
}

// Version is what a message said from a time on.
type Version struct {
	Content   []byte
	Mentions  []string
	WrittenAt int64 // unix milliseconds
}

// ListEdits answers all that a message has said, the present text last, to its author and to admins of its group. Errors:
// CONVERSATION_NOT_FOUND, NOT_GROUP_MEMBER, MESSAGE_NOT_FOUND, FORBIDDEN.
func (t *Timeline) ListEdits(ctx context.Context, user model.UserID, id string, seq int64) ([]Version, error) {
	v, err := t.present(ctx, user, id)
	if err != nil {
		return nil, err
	}
	found, err := t.messages(ctx, user, v, []int64{seq})
	if err != nil {
		return nil, err
	}
	e := found[seq]
	switch {
	case e == nil, e.GetRecalledAt() > 0:
		return nil, errs.ErrMessageNotFound
	case e.GetSenderId() != int64(user) && v.Role != "owner" && v.Role != "admin":
		return nil, errs.ErrForbidden.Saying("only the author and admins see what a message said before")
	}
	edits, err := t.store.Edits(ctx, id, []int64{seq}, math.MinInt64)
	if err != nil {
		return nil, err
	}
	versions := make([]Version, 0, len(edits)+1)
	for _, m := range edits {
		versions = append(versions, Version{m.Content, message.MentionList(m.Mentions), m.WrittenAt})
	}
	return append(versions, Version{e.GetContent(), e.GetMentions(), max(e.GetCreatedAt(), e.GetEditedAt())}), nil
}
