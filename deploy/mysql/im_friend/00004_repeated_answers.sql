-- +goose Up
-- Whoever repeats an answer gets it again, so nobody has to know whether the first one arrived.
ALTER TABLE friend_requests DROP COLUMN confirmed;

-- +goose Down
ALTER TABLE friend_requests ADD COLUMN confirmed TINYINT(1) NOT NULL DEFAULT 0;
