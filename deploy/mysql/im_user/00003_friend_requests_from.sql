-- +goose Up
ALTER TABLE users ADD COLUMN friend_requests_from VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'everyone';

-- +goose Down
ALTER TABLE users DROP COLUMN friend_requests_from;
