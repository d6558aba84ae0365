-- +goose Up
ALTER TABLE conversations
  ADD COLUMN trimmed_seq   BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN trimmed_count BIGINT NOT NULL DEFAULT 0;

CREATE TABLE retention_walks (
  type     CHAR(1) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  after_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  due_at   BIGINT NOT NULL,
  lease    BIGINT NOT NULL,
  PRIMARY KEY (type)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

-- +goose Down
DROP TABLE retention_walks;
ALTER TABLE conversations DROP COLUMN trimmed_count, DROP COLUMN trimmed_seq;
