-- +goose Up
ALTER TABLE user_conversations
  ADD COLUMN older_windows_to BIGINT NOT NULL DEFAULT 0;

CREATE TABLE older_windows (
  user_id         BIGINT NOT NULL,
  conversation_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  to_seq          BIGINT NOT NULL,
  windows         VARCHAR(4096) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (user_id, conversation_id, to_seq)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

-- +goose Down
DROP TABLE older_windows;
ALTER TABLE user_conversations
  DROP COLUMN older_windows_to;
