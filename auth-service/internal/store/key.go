package store

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"

	"github.com/redis/go-redis/v9"

	"im-backend/auth-service/internal/token"
	"im-backend/common/utils/rediskey"
)

var (
	//go:embed lua/first_key.lua
	firstKeyText string

	firstKeyScript = redis.NewScript(firstKeyText)
)

// SigningKeys implements token.KeyStore.
func (s *Store) SigningKeys(ctx context.Context) (map[string]token.Record, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	stored, err := s.redis.HGetAll(ctx, rediskey.SigningKeys()).Result()
	if err != nil {
		return nil, unavailable("read signing keys", err)
	}
	return records(stored)
}

// AddFirstKey implements token.KeyStore.
func (s *Store) AddFirstKey(ctx context.Context, kid string, r token.Record) (map[string]token.Record, error) {
	text, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("write signing key: %w", err)
	}
	answer, err := s.run(ctx, "add signing key", firstKeyScript, []string{rediskey.SigningKeys()}, kid, text)
	if err != nil {
		return nil, err
	}
	stored := map[string]string{}
	pairs := texts(answer)
	for i := 0; i+1 < len(pairs); i += 2 {
		stored[pairs[i]] = pairs[i+1]
	}
	return records(stored)
}

// AddKey implements token.KeyStore.
func (s *Store) AddKey(ctx context.Context, kid string, r token.Record) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	text, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("write signing key: %w", err)
	}
	if err := s.redis.HSet(ctx, rediskey.SigningKeys(), kid, text).Err(); err != nil {
		return unavailable("add signing key", err)
	}
	return nil
}

// DropKeys implements token.KeyStore.
func (s *Store) DropKeys(ctx context.Context, kids []string) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if err := s.redis.HDel(ctx, rediskey.SigningKeys(), kids...).Err(); err != nil {
		return unavailable("drop signing keys", err)
	}
	return nil
}

func records(stored map[string]string) (map[string]token.Record, error) {
	out := make(map[string]token.Record, len(stored))
	for kid, text := range stored {
		var r token.Record
		if err := json.Unmarshal([]byte(text), &r); err != nil {
			return nil, fmt.Errorf("read signing key %s: %w", kid, err)
		}
		out[kid] = r
	}
	return out, nil
}
