-- +goose Up
ALTER TABLE conversations ADD COLUMN expiring_seq BIGINT NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN expire_after_read BIGINT NOT NULL DEFAULT 0;

CREATE TABLE expiring_messages (
  conversation_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  seq             BIGINT NOT NULL,
  sender_id       BIGINT NOT NULL,
  lifetime        BIGINT NOT NULL,
  due_at          BIGINT NOT NULL,
  PRIMARY KEY (conversation_id, seq),
  KEY idx_expiring_messages_due (due_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

-- +goose Down
DROP TABLE expiring_messages;
ALTER TABLE messages DROP COLUMN expire_after_read;
ALTER TABLE conversations DROP COLUMN expiring_seq;
