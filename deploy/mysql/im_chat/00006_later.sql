-- +goose Up
CREATE TABLE search_blocks (
  conversation_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  block           BIGINT NOT NULL,
  covered_to      BIGINT NOT NULL,
  first_at        BIGINT NOT NULL,
  filter          MEDIUMBLOB NOT NULL,
  PRIMARY KEY (conversation_id, block)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

CREATE TABLE user_quotas (
  user_id      BIGINT NOT NULL,
  kind         VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  minute_at    BIGINT NOT NULL,
  minute_count BIGINT NOT NULL,
  day_at       BIGINT NOT NULL,
  day_count    BIGINT NOT NULL,
  PRIMARY KEY (user_id, kind)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

CREATE TABLE scheduled_messages (
  id            BIGINT NOT NULL,
  user_id       BIGINT NOT NULL,
  client_msg_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  draft         MEDIUMBLOB NOT NULL,
  send_at       BIGINT NOT NULL,
  state         VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  reason        VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  due_at        BIGINT NOT NULL,
  lease         BIGINT NOT NULL,
  created_at    BIGINT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY uk_scheduled_messages_client (user_id, client_msg_id),
  KEY idx_scheduled_messages_due (due_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

-- +goose Down
DROP TABLE scheduled_messages;
DROP TABLE user_quotas;
DROP TABLE search_blocks;
