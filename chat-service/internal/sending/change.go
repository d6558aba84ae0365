package sending

import (
	"context"

	"im-backend/chat-service/internal/committer"
	"im-backend/chat-service/internal/message"
	"im-backend/common/model"
	"im-backend/common/utils/errs"
)

// Recall empties a message for all and waits for the result: from then on nobody gets what it said. Errors: also UNAVAILABLE,
// when the message is recalled but somebody may still get it; asked again, it waits again.
func (s *Sending) Recall(ctx context.Context, user model.UserID, conversationID string, seq int64) (committer.Result, error) {
	return s.recall(ctx, conversationID, committer.Change{User: user, Kind: message.Recall, Target: seq})
}

// RecallAsSystem empties a message for all, whoever wrote it and however long ago, and waits for the result. Errors:
// CONVERSATION_NOT_FOUND, MESSAGE_NOT_FOUND, UNAVAILABLE, TIMEOUT.
func (s *Sending) RecallAsSystem(ctx context.Context, conversationID string, seq int64) (committer.Result, error) {
	return s.recall(ctx, conversationID, committer.Change{System: true, Kind: message.Recall, Target: seq})
}

func (s *Sending) recall(ctx context.Context, conversationID string, c committer.Change) (committer.Result, error) {
	result, err := s.change(ctx, conversationID, c)
	if err != nil {
		return result, err
	}
	return result, s.recaller.Recall(ctx, conversationID, c.Target, result.CreatedAt)
}

// Edit puts another text in place of a message's own and waits for the result. Errors: also INVALID_ARGUMENT.
func (s *Sending) Edit(ctx context.Context, user model.UserID, conversationID string, seq int64, content []byte, mentions []string) (committer.Result, error) {
	canonical, err := message.TextContent(content, mentions)
	if err != nil {
		return committer.Result{}, err
	}
	return s.change(ctx, conversationID, committer.Change{
		User: user, Kind: message.Edit, Target: seq, Content: canonical, Mentions: mentions,
	})
}

// React adds a user's reaction to a message, or takes it back, and waits for the result. Errors: also INVALID_ARGUMENT.
func (s *Sending) React(ctx context.Context, user model.UserID, conversationID string, seq int64, emoji string, removed bool) (committer.Result, error) {
	if err := message.CheckEmoji(emoji); err != nil {
		return committer.Result{}, err
	}
	return s.change(ctx, conversationID, committer.Change{
		User: user, Kind: message.Reaction, Target: seq, Emoji: emoji, Removed: removed,
	})
}

// Pin pins a message for all, or unpins it, and waits for the result.
func (s *Sending) Pin(ctx context.Context, user model.UserID, conversationID string, seq int64, removed bool) (committer.Result, error) {
	return s.change(ctx, conversationID, committer.Change{User: user, Kind: message.Pin, Target: seq, Removed: removed})
}

func (s *Sending) change(ctx context.Context, conversationID string, c committer.Change) (committer.Result, error) {
	parsed, err := model.ParseConversationID(conversationID)
	if err != nil {
		return committer.Result{}, errs.ErrConversationNotFound.Because(err)
	}
	return s.committer.Store(ctx, committer.Job{To: committer.Address{Parsed: parsed, ID: conversationID}, Change: &c})
}
