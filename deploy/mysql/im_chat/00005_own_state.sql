-- +goose Up
ALTER TABLE user_conversations
  ADD COLUMN joined_seq    BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN left_at       BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN marked_unread BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN archived      TINYINT(1) NOT NULL DEFAULT 0,
  ADD COLUMN hidden_seq    BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN deletions_at  BIGINT NOT NULL DEFAULT 0;
UPDATE user_conversations SET left_at = updated_at WHERE max_visible_seq > 0;

CREATE TABLE deleted_messages (
  user_id         BIGINT NOT NULL,
  conversation_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  seq             BIGINT NOT NULL,
  countable       TINYINT(1) NOT NULL,
  deleted_at      BIGINT NOT NULL,
  PRIMARY KEY (user_id, conversation_id, seq)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

-- +goose Down
DROP TABLE deleted_messages;
ALTER TABLE user_conversations
  DROP COLUMN deletions_at,
  DROP COLUMN hidden_seq,
  DROP COLUMN archived,
  DROP COLUMN marked_unread,
  DROP COLUMN left_at,
  DROP COLUMN joined_seq;
