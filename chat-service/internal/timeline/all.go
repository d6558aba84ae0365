package timeline

import (
	"context"

	"im-backend/common/model"
)

// AllConversations answers the conversations of a user after an id, in order of id, and whether there are more: those that lists
// leave out too. Errors: INVALID_ARGUMENT.
func (t *Timeline) AllConversations(ctx context.Context, user model.UserID, afterID string, limit int32) ([]*Conversation, bool, error) {
	n, err := checkLimit(limit)
	if err != nil {
		return nil, false, err
	}
	views, err := t.store.ViewsAfter(ctx, user, afterID, n+1)
	if err != nil {
		return nil, false, err
	}
	more := len(views) > n
	list, err := t.describe(ctx, user, views[:min(n, len(views))])
	return list, more, err
}
