package timeline

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/model/imchat"
	"im-backend/common/utils/errs"
)

// maxDumped is how many members the reconciler reads in one piece.
const maxDumped = 5000

// Dump is a page of the projection of a group: its present members by user id, and its head as it was before they were read.
type Dump struct {
	Head    *imchat.Conversation
	Members []*imchat.UserConversation
}

// DumpGroup answers a page of the projection of a group, from the member after a given id on; for the reconciler. Errors:
// CONVERSATION_NOT_FOUND, INVALID_ARGUMENT.
func (t *Timeline) DumpGroup(ctx context.Context, conversationID string, after int64, limit int32) (Dump, error) {
	if limit < 1 || limit > maxDumped {
		return Dump{}, errs.InvalidField("limit", "1 to 5000")
	}
	parsed, err := model.ParseConversationID(conversationID)
	if err != nil || parsed.Type != model.Group {
		return Dump{}, errs.ErrConversationNotFound
	}
	head, err := t.store.Head(ctx, conversationID)
	if err == nil && head == nil {
		err = errs.ErrConversationNotFound
	}
	if err != nil {
		return Dump{}, err
	}
	members, err := t.store.MembersAfter(ctx, conversationID, after, int(limit))
	return Dump{Head: head, Members: members}, err
}
