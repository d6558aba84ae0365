package store

import (
	"context"
	"strings"

	"gorm.io/gorm"

	"im-backend/user-service/internal/account"
)

// afterAll is above every text that starts with a prefix: the last code point of Unicode is never a character.
const afterAll = "\U0010FFFF"

// Exact implements account.Store. Each part of the condition is one look into a unique index.
func (s *Store) Exact(ctx context.Context, q account.Query) ([]account.Account, error) {
	conditions, args := []string{}, []any{account.Active}
	add := func(condition, value string) {
		if value != "" {
			conditions, args = append(conditions, condition), append(args, value)
		}
	}
	if isASCII(q.Name) { // usernames are; the column compares with nothing else
		add("username_key = ? AND findable_by_name", q.Name)
	}
	add("phone = ? AND findable_by_phone", q.Phone)
	add("email = ? AND findable_by_email", q.Email)
	if len(conditions) == 0 {
		return nil, nil
	}
	where := "status = ? AND (" + strings.Join(conditions, " OR ") + ")"
	return s.find(ctx, func(db *gorm.DB) *gorm.DB { return db.Where(where, args...).Order("id") })
}

// ByNickname implements account.Store, by one range of the index: no pattern, so no wildcard to escape.
func (s *Store) ByNickname(ctx context.Context, q account.Query, after account.Position, limit int) ([]account.Account, error) {
	from := max(q.Name, after.Name)
	return s.find(ctx, func(db *gorm.DB) *gorm.DB {
		return db.Where("nickname_key >= ? AND nickname_key < ?", from, q.Name+afterAll).
			Where("(nickname_key > ? OR id > ?)", after.Name, int64(after.ID)).
			Where("status = ? AND findable_by_name", account.Active).
			Order("nickname_key, id").Limit(limit)
	})
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > 127 })
}
