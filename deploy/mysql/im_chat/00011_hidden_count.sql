-- +goose Up
ALTER TABLE user_conversations
  ADD COLUMN hidden_count BIGINT NOT NULL DEFAULT 0;

UPDATE user_conversations uc JOIN conversations c ON c.id = uc.conversation_id
SET uc.hidden_count = CASE WHEN uc.max_visible_seq > 0 THEN uc.max_visible_count ELSE c.message_count END
WHERE uc.hidden_seq > 0 AND uc.hidden_seq >= CASE WHEN uc.max_visible_seq > 0 THEN uc.max_visible_seq ELSE c.max_seq END;

-- +goose Down
ALTER TABLE user_conversations
  DROP COLUMN hidden_count;
