-- +goose Up
ALTER TABLE users
  ADD COLUMN password_version BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN deleted_at       BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE users DROP COLUMN deleted_at, DROP COLUMN password_version;
