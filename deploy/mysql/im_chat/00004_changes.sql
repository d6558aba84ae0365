-- +goose Up
ALTER TABLE conversations ADD COLUMN changed_seq BIGINT NOT NULL DEFAULT 0;
ALTER TABLE messages
  ADD COLUMN change_seq  BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN reacted_seq BIGINT NOT NULL DEFAULT 0;

CREATE TABLE message_edits (
  conversation_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  seq             BIGINT NOT NULL,
  edit_seq        BIGINT NOT NULL,
  content         MEDIUMBLOB NOT NULL,
  mentions        VARCHAR(4096) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  written_at      BIGINT NOT NULL,
  PRIMARY KEY (conversation_id, seq, edit_seq)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

CREATE TABLE message_reactions (
  conversation_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  seq             BIGINT NOT NULL,
  emoji           VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  user_id         BIGINT NOT NULL,
  PRIMARY KEY (conversation_id, seq, emoji, user_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

CREATE TABLE reaction_counts (
  conversation_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  seq             BIGINT NOT NULL,
  emoji           VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  users           BIGINT NOT NULL,
  first_seq       BIGINT NOT NULL,
  last_seq        BIGINT NOT NULL,
  PRIMARY KEY (conversation_id, seq, emoji)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

CREATE TABLE pinned_messages (
  conversation_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  seq             BIGINT NOT NULL,
  pin_seq         BIGINT NOT NULL,
  pinned_by       BIGINT NOT NULL,
  pinned_at       BIGINT NOT NULL,
  PRIMARY KEY (conversation_id, seq)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

CREATE TABLE message_mentions (
  conversation_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  user_id         BIGINT NOT NULL,
  seq             BIGINT NOT NULL,
  PRIMARY KEY (conversation_id, user_id, seq)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

-- +goose Down
DROP TABLE message_mentions;
DROP TABLE pinned_messages;
DROP TABLE reaction_counts;
DROP TABLE message_reactions;
DROP TABLE message_edits;
ALTER TABLE messages DROP COLUMN reacted_seq, DROP COLUMN change_seq;
ALTER TABLE conversations DROP COLUMN changed_seq;
