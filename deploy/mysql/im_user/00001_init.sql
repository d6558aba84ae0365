-- +goose Up
CREATE TABLE users (
  id                BIGINT NOT NULL,
  username          VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  username_key      VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  password_hash     VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  nickname          VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NOT NULL,
  nickname_key      VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  avatar_url        VARCHAR(1024) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NOT NULL,
  bio               VARCHAR(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NOT NULL,
  gender            VARCHAR(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NOT NULL,
  phone             VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin,
  email             VARCHAR(254) CHARACTER SET ascii COLLATE ascii_bin,
  status            VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  findable_by_phone TINYINT(1) NOT NULL,
  findable_by_email TINYINT(1) NOT NULL,
  findable_by_name  TINYINT(1) NOT NULL,
  show_last_seen    TINYINT(1) NOT NULL,
  created_at        BIGINT NOT NULL,
  updated_at        BIGINT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY uk_users_username_key (username_key),
  UNIQUE KEY uk_users_phone (phone),
  UNIQUE KEY uk_users_email (email),
  KEY idx_users_nickname_key (nickname_key, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

-- +goose Down
DROP TABLE users;
