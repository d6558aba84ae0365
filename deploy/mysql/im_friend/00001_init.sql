-- im_friend: friend requests, friendships and blocks. The same tables as common/model/imfriend.

-- +goose Up
CREATE TABLE pair_relations (
    low_id          BIGINT     NOT NULL,
    high_id         BIGINT     NOT NULL,
    friends         TINYINT(1) NOT NULL DEFAULT 0,
    blocked_by_low  TINYINT(1) NOT NULL DEFAULT 0,
    blocked_by_high TINYINT(1) NOT NULL DEFAULT 0,
    updated_at      BIGINT     NOT NULL,
    PRIMARY KEY (low_id, high_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

CREATE TABLE friend_requests (
    id           BIGINT       NOT NULL,
    from_user_id BIGINT       NOT NULL,
    to_user_id   BIGINT       NOT NULL,
    message      VARCHAR(200) NOT NULL,
    status       VARCHAR(16)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    pending      TINYINT(1)   NULL, -- 1 or NULL, for the unique key alone
    confirmed    TINYINT(1)   NOT NULL DEFAULT 0,
    created_at   BIGINT       NOT NULL,
    handled_at   BIGINT       NOT NULL DEFAULT 0,
    PRIMARY KEY (id),
    UNIQUE KEY uniq_friend_requests_pending (from_user_id, to_user_id, pending),
    KEY idx_friend_requests_from (from_user_id),
    KEY idx_friend_requests_from_status (from_user_id, status),
    KEY idx_friend_requests_to (to_user_id),
    KEY idx_friend_requests_to_status (to_user_id, status)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

CREATE TABLE friendships (
    user_id    BIGINT        NOT NULL,
    friend_id  BIGINT        NOT NULL,
    remark     VARCHAR(64)   NOT NULL,
    starred    TINYINT(1)    NOT NULL DEFAULT 0,
    tags       VARCHAR(4096) NOT NULL,
    version    BIGINT        NOT NULL,
    created_at BIGINT        NOT NULL,
    deleted_at BIGINT        NOT NULL DEFAULT 0,
    PRIMARY KEY (user_id, friend_id),
    KEY idx_friendships_version (user_id, version)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

CREATE TABLE friend_lists (
    user_id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (user_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

CREATE TABLE blocks (
    user_id    BIGINT NOT NULL,
    blocked_id BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, blocked_id),
    KEY idx_blocks_newest (user_id, created_at)
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
DROP TABLE blocks;
DROP TABLE friend_lists;
DROP TABLE friendships;
DROP TABLE friend_requests;
DROP TABLE pair_relations;
