-- +goose Up
ALTER TABLE conversations ADD COLUMN version BIGINT NOT NULL DEFAULT 0;
-- The primary key is in order of time already.
ALTER TABLE outbox DROP INDEX idx_outbox_created_at;

-- +goose Down
ALTER TABLE outbox ADD INDEX idx_outbox_created_at (created_at);
ALTER TABLE conversations DROP COLUMN version;
