-- +goose Up
ALTER TABLE conversations
  ADD COLUMN muted_all_until BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN slow_mode_seconds INT NOT NULL DEFAULT 0,
  ADD COLUMN mention_all_role VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '';
ALTER TABLE user_conversations ADD COLUMN last_sent_at BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE user_conversations DROP COLUMN last_sent_at;
ALTER TABLE conversations
  DROP COLUMN mention_all_role,
  DROP COLUMN slow_mode_seconds,
  DROP COLUMN muted_all_until;
