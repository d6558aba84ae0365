-- +goose Up
-- The orders of the member lists, to the last term: a page begins in the middle of many of one time or version.
ALTER TABLE group_members
    ADD KEY idx_group_members_place (group_id, role, joined_at, user_id),
    ADD KEY idx_group_members_changed (group_id, version, user_id),
    DROP KEY idx_group_members_order,
    DROP KEY idx_group_members_version;

-- +goose Down
ALTER TABLE group_members
    ADD KEY idx_group_members_order (group_id, role, joined_at),
    ADD KEY idx_group_members_version (group_id, version),
    DROP KEY idx_group_members_place,
    DROP KEY idx_group_members_changed;
