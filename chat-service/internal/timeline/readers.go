package timeline

import (
	"context"

	"im-backend/chat-service/internal/push"
	"im-backend/chat-service/internal/store"
	"im-backend/common/model"
	"im-backend/common/utils/errs"
)

// smallGroup is up to how many members a group has readers by name, and is told who types.
const smallGroup = 500

// Readers is who has read an entry.
type Readers struct {
	Users  []int64 // by id; empty for a group that is not small
	Read   int64
	Unread int64
	Next   string // the cursor of the next page of Users
}

// ListReaders answers who has read an entry, of the members who were there when it came, without its sender. Errors:
// CONVERSATION_NOT_FOUND, NOT_GROUP_MEMBER, MESSAGE_NOT_FOUND, INVALID_ARGUMENT.
func (t *Timeline) ListReaders(ctx context.Context, user model.UserID, id string, seq int64, limit int32, cursor string) (*Readers, error) {
	n, err := checkLimit(limit)
	if err != nil {
		return nil, err
	}
	var after int64
	if cursor != "" && decodeCursor(readerCursor, cursor, &after) != nil {
		return nil, errs.InvalidField("cursor", "is not a cursor of this list")
	}
	v, err := t.present(ctx, user, id)
	if err != nil {
		return nil, err
	}
	if !sees(v, seq) {
		return nil, errs.ErrMessageNotFound
	}
	at := store.Place{ConversationID: id, Seq: seq}
	sender, err := t.senderOf(ctx, user, v, at)
	if err != nil {
		return nil, err
	}
	counts, err := t.store.CountReaders(ctx, at, sender)
	if err != nil {
		return nil, err
	}
	readers := &Readers{Read: counts.Read, Unread: counts.Members - counts.Read}
	if v.Head.MemberCount > smallGroup {
		return readers, nil
	}
	if readers.Users, err = t.store.ListReaders(ctx, at, sender, after, n+1); err != nil {
		return nil, err
	}
	if len(readers.Users) > n {
		readers.Users = readers.Users[:n]
		readers.Next = encodeCursor(readerCursor, readers.Users[n-1])
	}
	return readers, nil
}

// senderOf answers the sender of an entry that the user has not deleted. Errors: MESSAGE_NOT_FOUND.
func (t *Timeline) senderOf(ctx context.Context, user model.UserID, v *store.View, at store.Place) (sender int64, err error) {
	found, err := t.store.EntriesAt(ctx, []store.Place{at})
	if err != nil {
		return 0, err
	}
	if v.DeletionsAt > 0 {
		deleted, err := t.store.DeletedAmong(ctx, user, []store.Place{at})
		if err != nil {
			return 0, err
		}
		if deleted[at] {
			return 0, errs.ErrMessageNotFound
		}
	}
	if found[at] == nil {
		return 0, errs.ErrMessageNotFound
	}
	return found[at].GetSenderId(), nil
}

// Type tells the others of a conversation who are online that a user types; nobody in a large group, and nobody when one of two
// blocks the other. Errors: CONVERSATION_NOT_FOUND, NOT_GROUP_MEMBER.
func (t *Timeline) Type(ctx context.Context, user model.UserID, id string) error {
	v, err := t.present(ctx, user, id)
	if err != nil {
		return err
	}
	parsed, err := model.ParseConversationID(id)
	if err != nil {
		return errs.ErrConversationNotFound
	}
	notice := push.Notice{Typing: &push.At{Conversation: id, User: user}}
	switch peer := parsed.Peer(user); parsed.Type {
	case model.Single:
		if v.Head.BlockedByLow || v.Head.BlockedByHigh || peer == user {
			return nil
		}
		notice.Users = []model.UserID{peer}
	case model.Group:
		switch {
		case v.MaxVisibleSeq > 0:
			return errs.ErrNotGroupMember
		case v.Head.MemberCount > smallGroup:
			return nil
		}
		notice.Room = id
	case model.Notification:
		return nil
	}
	t.notifier.Tell(ctx, notice)
	return nil
}
