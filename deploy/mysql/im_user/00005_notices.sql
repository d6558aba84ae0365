-- +goose Up
-- Folding a name may make it longer. The keys of names that are older keep their form until the name is changed.
ALTER TABLE users MODIFY nickname_key VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL;

-- +goose Down
ALTER TABLE users MODIFY nickname_key VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL;
