-- +goose Up
ALTER TABLE friend_lists ADD COLUMN removed_at BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE friend_lists DROP COLUMN removed_at;
