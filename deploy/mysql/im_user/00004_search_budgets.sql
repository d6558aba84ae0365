-- +goose Up
CREATE TABLE search_budgets (
  user_id      BIGINT NOT NULL,
  minute_at    BIGINT NOT NULL,
  minute_count BIGINT NOT NULL,
  day_at       BIGINT NOT NULL,
  day_count    BIGINT NOT NULL,
  PRIMARY KEY (user_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

-- +goose Down
DROP TABLE search_budgets;
