-- +goose Up
ALTER TABLE `groups`
    ADD COLUMN invite_role       TINYINT NOT NULL DEFAULT 2,
    ADD COLUMN edit_role         TINYINT NOT NULL DEFAULT 2,
    ADD COLUMN mention_all_role  TINYINT NOT NULL DEFAULT 2,
    ADD COLUMN slow_mode_seconds INT     NOT NULL DEFAULT 0,
    ADD COLUMN members_since     BIGINT  NOT NULL DEFAULT 0;
-- Of those who left before there were tombstones nothing is known.
UPDATE `groups` SET members_since = version;
-- Members of open groups could invite before there was a setting for it.
UPDATE `groups` SET invite_role = 3 WHERE join_policy = 'open';

ALTER TABLE group_members
    ADD COLUMN user_name VARCHAR(64)  NOT NULL DEFAULT '',
    ADD COLUMN name_key  VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '',
    ADD COLUMN version   BIGINT       NOT NULL DEFAULT 0,
    ADD COLUMN leaving   TINYINT(1)   NOT NULL DEFAULT 0,
    DROP KEY idx_group_members_user,
    ADD KEY idx_group_members_user (user_id, left_at),
    ADD KEY idx_group_members_name (group_id, name_key, user_id),
    ADD KEY idx_group_members_version (group_id, version);
UPDATE group_members SET leaving = 1, role = 0, joined_at = left_at WHERE left_at > 0;

CREATE TABLE group_joiners (
    user_id      BIGINT NOT NULL,
    `groups`     INT    NOT NULL,
    minute_at    BIGINT NOT NULL DEFAULT 0,
    minute_count BIGINT NOT NULL DEFAULT 0,
    day_at       BIGINT NOT NULL DEFAULT 0,
    day_count    BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (user_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
INSERT INTO group_joiners (user_id, `groups`)
SELECT m.user_id, COUNT(*) FROM group_members m JOIN `groups` g ON g.id = m.group_id
WHERE m.left_at = 0 AND g.status = 0 GROUP BY m.user_id;

CREATE TABLE group_join_requests (
    id         BIGINT       NOT NULL,
    group_id   BIGINT       NOT NULL,
    user_id    BIGINT       NOT NULL,
    message    VARCHAR(200) NOT NULL,
    status     VARCHAR(16)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    pending    TINYINT(1),
    created_at BIGINT       NOT NULL,
    handled_at BIGINT       NOT NULL DEFAULT 0,
    handled_by BIGINT       NOT NULL DEFAULT 0,
    PRIMARY KEY (id),
    UNIQUE KEY uniq_group_join_requests_pending (group_id, user_id, pending),
    KEY idx_group_join_requests_group (group_id, status, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

CREATE TABLE group_invites (
    id         BIGINT   NOT NULL,
    group_id   BIGINT   NOT NULL,
    code_hash  CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    created_by BIGINT   NOT NULL,
    created_at BIGINT   NOT NULL,
    expires_at BIGINT   NOT NULL,
    max_uses   INT      NOT NULL DEFAULT 0,
    uses       INT      NOT NULL DEFAULT 0,
    revoked_at BIGINT   NOT NULL DEFAULT 0,
    PRIMARY KEY (id),
    UNIQUE KEY uniq_group_invites_code (code_hash),
    KEY idx_group_invites_group (group_id, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

CREATE TABLE group_bans (
    group_id   BIGINT NOT NULL,
    user_id    BIGINT NOT NULL,
    banned_by  BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (group_id, user_id),
    KEY idx_group_bans_newest (group_id, created_at, user_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

-- +goose Down
DROP TABLE group_bans;
DROP TABLE group_invites;
DROP TABLE group_join_requests;
DROP TABLE group_joiners;
DELETE FROM group_members WHERE left_at > 0;
ALTER TABLE group_members
    DROP KEY idx_group_members_user,
    ADD KEY idx_group_members_user (user_id),
    DROP KEY idx_group_members_version,
    DROP KEY idx_group_members_name,
    DROP COLUMN leaving,
    DROP COLUMN version,
    DROP COLUMN name_key,
    DROP COLUMN user_name;
ALTER TABLE `groups`
    DROP COLUMN members_since,
    DROP COLUMN slow_mode_seconds,
    DROP COLUMN mention_all_role,
    DROP COLUMN edit_role,
    DROP COLUMN invite_role;
