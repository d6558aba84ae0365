-- im_group: groups and their members. The same tables as common/model/imgroup.

-- +goose Up
CREATE TABLE `groups` (
    id              BIGINT        NOT NULL,
    name            VARCHAR(64)   NOT NULL,
    avatar_url      VARCHAR(1024) NOT NULL,
    announcement    VARCHAR(2000) NOT NULL,
    announced_by    BIGINT        NOT NULL DEFAULT 0,
    announced_at    BIGINT        NOT NULL DEFAULT 0,
    owner_id        BIGINT        NOT NULL,
    join_policy     VARCHAR(16)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    history_visible TINYINT(1)    NOT NULL DEFAULT 0,
    muted_all_until BIGINT        NOT NULL DEFAULT 0,
    max_members     INT           NOT NULL,
    member_count    INT           NOT NULL,
    status          TINYINT       NOT NULL DEFAULT 0,
    version         BIGINT        NOT NULL,
    created_at      BIGINT        NOT NULL,
    updated_at      BIGINT        NOT NULL,
    PRIMARY KEY (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

CREATE TABLE group_members (
    group_id    BIGINT      NOT NULL,
    user_id     BIGINT      NOT NULL,
    role        TINYINT     NOT NULL,
    nickname    VARCHAR(64) NOT NULL,
    muted_until BIGINT      NOT NULL DEFAULT 0,
    inviter_id  BIGINT      NOT NULL DEFAULT 0,
    joined_at   BIGINT      NOT NULL,
    left_at     BIGINT      NOT NULL DEFAULT 0,
    PRIMARY KEY (group_id, user_id),
    KEY idx_group_members_user (user_id),
    KEY idx_group_members_order (group_id, role, joined_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

CREATE TABLE outbox (
    id         BIGINT      NOT NULL AUTO_INCREMENT,
    aggregate  VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    kind       VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    payload    MEDIUMBLOB  NOT NULL,
    status     TINYINT     NOT NULL DEFAULT 0,
    created_at BIGINT      NOT NULL,
    PRIMARY KEY (id),
    KEY idx_outbox_aggregate (aggregate)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

-- +goose Down
DROP TABLE outbox;
DROP TABLE group_members;
DROP TABLE `groups`;
