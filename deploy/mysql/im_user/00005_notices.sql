-- +goose Up
-- Folding a name may make it longer. The keys of names that are older keep their form until the name is changed.
ALTER TABLE users MODIFY nickname_key VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL;
ALTER TABLE users
  ADD COLUMN password_changed_at BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN password_changed_by BIGINT NOT NULL DEFAULT 0;
CREATE TABLE notices (
  user_id    BIGINT NOT NULL,
  version    BIGINT NOT NULL,
  topics     BIGINT NOT NULL,
  attempts   BIGINT NOT NULL,
  due_at     BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (user_id),
  KEY idx_notices_due (due_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
-- Who was deleted before is told now: nobody heard of it.
INSERT INTO notices (user_id, version, topics, attempts, due_at, created_at)
  SELECT id, 1, 4, 0, 0, deleted_at FROM users WHERE status = 'deleted';

-- +goose Down
DROP TABLE notices;
ALTER TABLE users DROP COLUMN password_changed_by, DROP COLUMN password_changed_at;
ALTER TABLE users MODIFY nickname_key VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL;
