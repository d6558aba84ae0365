package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"im-backend/auth-service/internal/token"
	"im-backend/common/utils/rediskey"
)

// PutTicket implements session.Store.
func (s *Store) PutTicket(ctx context.Context, hash string, id token.Identity, lifetime time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	text, err := json.Marshal(id)
	if err != nil {
		return fmt.Errorf("write ticket: %w", err)
	}
	if err := s.redis.Set(ctx, rediskey.Ticket(hash), text, lifetime).Err(); err != nil {
		return unavailable("write ticket", err)
	}
	return nil
}

// TakeTicket implements session.Store.
func (s *Store) TakeTicket(ctx context.Context, hash string) (id token.Identity, ok bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	text, err := s.redis.GetDel(ctx, rediskey.Ticket(hash)).Bytes()
	if errors.Is(err, redis.Nil) {
		return token.Identity{}, false, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &id)
	}
	if err != nil {
		return token.Identity{}, false, unavailable("take ticket", err)
	}
	return id, true, nil
}
