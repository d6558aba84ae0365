-- +goose Up
CREATE TABLE conversations (
  id               VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  type             CHAR(1) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  max_seq          BIGINT NOT NULL,
  message_count    BIGINT NOT NULL,
  member_version   BIGINT NOT NULL,
  member_count     BIGINT NOT NULL,
  mention_all_seq  BIGINT NOT NULL,
  dismissed        TINYINT(1) NOT NULL,
  friends          TINYINT(1) NOT NULL,
  blocked_by_low   TINYINT(1) NOT NULL,
  blocked_by_high  TINYINT(1) NOT NULL,
  relation_version BIGINT NOT NULL,
  updated_at       BIGINT NOT NULL,
  PRIMARY KEY (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

CREATE TABLE messages (
  conversation_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  seq             BIGINT NOT NULL,
  message_id      BIGINT NOT NULL,
  sender_id       BIGINT NOT NULL,
  client_msg_id   VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  fingerprint     BIGINT NOT NULL,
  type            VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  content         MEDIUMBLOB NOT NULL,
  reply_to_seq    BIGINT NOT NULL,
  mentions        VARCHAR(4096) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  changes         MEDIUMBLOB,
  count_before    BIGINT NOT NULL,
  created_at      BIGINT NOT NULL,
  edited_at       BIGINT NOT NULL,
  recalled_at     BIGINT NOT NULL,
  PRIMARY KEY (conversation_id, seq),
  UNIQUE KEY uk_messages_client (conversation_id, sender_id, client_msg_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

CREATE TABLE user_conversations (
  user_id           BIGINT NOT NULL,
  conversation_id   VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  min_seq           BIGINT NOT NULL,
  max_visible_seq   BIGINT NOT NULL,
  max_visible_count BIGINT NOT NULL,
  past_windows      VARCHAR(4096) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  role              VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  silenced_until    BIGINT NOT NULL,
  read_seq          BIGINT NOT NULL,
  read_count        BIGINT NOT NULL,
  delivered_seq     BIGINT NOT NULL,
  mention_seq       BIGINT NOT NULL,
  pinned_at         BIGINT NOT NULL,
  muted_until       BIGINT NOT NULL,
  hidden_before_seq BIGINT NOT NULL,
  draft             VARCHAR(1024) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NOT NULL,
  updated_at        BIGINT NOT NULL,
  PRIMARY KEY (user_id, conversation_id),
  KEY idx_user_conversations_conversation (conversation_id, user_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

CREATE TABLE outbox (
  id         BIGINT NOT NULL,
  ranges     MEDIUMBLOB NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (id),
  KEY idx_outbox_created_at (created_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

-- +goose Down
DROP TABLE outbox;
DROP TABLE user_conversations;
DROP TABLE messages;
DROP TABLE conversations;
