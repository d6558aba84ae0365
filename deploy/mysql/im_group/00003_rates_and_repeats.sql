-- +goose Up
ALTER TABLE `groups`
    ADD COLUMN handed_by BIGINT NOT NULL DEFAULT 0;
-- Every repeat of a dismissal succeeds now, whether the first call was answered or not.
UPDATE `groups` SET status = 2 WHERE status = 1;

ALTER TABLE group_members DROP COLUMN leaving;

CREATE TABLE group_quotas (
    user_id      BIGINT NOT NULL,
    kind         VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    minute_at    BIGINT NOT NULL DEFAULT 0,
    minute_count BIGINT NOT NULL DEFAULT 0,
    day_at       BIGINT NOT NULL DEFAULT 0,
    day_count    BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (user_id, kind),
    KEY idx_group_quotas_day (day_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
INSERT INTO group_quotas (user_id, kind, minute_at, minute_count, day_at, day_count)
SELECT user_id, 'create', minute_at, minute_count, day_at, day_count FROM group_joiners WHERE day_count > 0;

ALTER TABLE group_joiners
    ADD COLUMN removed_at BIGINT NOT NULL DEFAULT 0,
    DROP COLUMN minute_at,
    DROP COLUMN minute_count,
    DROP COLUMN day_at,
    DROP COLUMN day_count;

ALTER TABLE group_join_requests ADD KEY idx_group_join_requests_handled (handled_at);
ALTER TABLE group_invites ADD KEY idx_group_invites_expires (expires_at);

-- +goose Down
ALTER TABLE group_invites DROP KEY idx_group_invites_expires;
ALTER TABLE group_join_requests DROP KEY idx_group_join_requests_handled;
ALTER TABLE group_joiners
    ADD COLUMN minute_at    BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN minute_count BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN day_at       BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN day_count    BIGINT NOT NULL DEFAULT 0,
    DROP COLUMN removed_at;
UPDATE group_joiners j JOIN group_quotas q ON q.user_id = j.user_id AND q.kind = 'create'
SET j.minute_at = q.minute_at, j.minute_count = q.minute_count, j.day_at = q.day_at, j.day_count = q.day_count;
DROP TABLE group_quotas;
ALTER TABLE group_members ADD COLUMN leaving TINYINT(1) NOT NULL DEFAULT 0;
ALTER TABLE `groups` DROP COLUMN handed_by;
