-- +goose Up
ALTER TABLE friend_lists ADD COLUMN block_version BIGINT NOT NULL DEFAULT 0;
ALTER TABLE friend_requests ADD COLUMN expires_at BIGINT NOT NULL DEFAULT 0;
-- What was asked before requests expired gets the default lifetime, 30 days.
UPDATE friend_requests SET expires_at = created_at + 2592000000;

-- +goose Down
ALTER TABLE friend_requests DROP COLUMN expires_at;
ALTER TABLE friend_lists DROP COLUMN block_version;
