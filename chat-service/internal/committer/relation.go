package committer

import (
	"context"

	"im-backend/chat-service/internal/store"
	"im-backend/common/model"
)

// Relation is friendship and blocks of the two users of a single conversation.
type Relation = store.Relation

// SetRelation projects the relation of two users; an older version than the stored one changes nothing. Once it has returned,
// no send that the relation forbids is stored: the row's lock orders the two.
func (c *Committer) SetRelation(ctx context.Context, a, b model.UserID, r Relation) error {
	return c.store.SetRelation(ctx, string(model.SingleID(a, b)), r, c.now().UnixMilli())
}
