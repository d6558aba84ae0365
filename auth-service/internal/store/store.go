// Package store is the only place of auth-service that talks to Redis. Whatever goes wrong there is UNAVAILABLE: without
// Redis nobody is admitted.
package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/rediskey"
)

// timeout bounds one call, so that it ends in time when Redis does not answer.
const timeout = 2 * time.Second

// Store keeps sessions, tickets and signing keys. It implements session.Store and token.KeyStore. Every session is a hash
// with its own end of life; a set names the sessions of a user and may name some that have ended.
type Store struct {
	redis redis.UniversalClient
}

// New makes a store on a client, which stays the caller's to close.
func New(client redis.UniversalClient) *Store { return &Store{redis: client} }

// run calls a script under the store's deadline.
func (s *Store) run(ctx context.Context, what string, script *redis.Script, keys []string, args ...any) (any, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	answer, err := script.Run(ctx, s.redis, keys, args...).Result()
	if err != nil {
		return nil, unavailable(what, err)
	}
	return answer, nil
}

// comeBack is when who met a pool in use may try again.
const comeBack = time.Second

func unavailable(what string, err error) error {
	if errors.Is(err, redis.ErrPoolTimeout) { // Redis may be well: too many wait for their turn
		return errs.ErrUnavailable.After(comeBack).Because(fmt.Errorf("%s: %w", what, err))
	}
	return errs.ErrUnavailable.Because(fmt.Errorf("%s: %w", what, err))
}

// texts reads a list that a script answered.
func texts(answer any) []string {
	list, _ := answer.([]any)
	out := make([]string, 0, len(list))
	for _, item := range list {
		text, _ := item.(string)
		out = append(out, text)
	}
	return out
}

// ids reads a list of session ids that a script answered.
func ids(answer any) []int64 {
	var out []int64
	for _, text := range texts(answer) {
		out = append(out, number(text))
	}
	return out
}

// number reads what this package wrote.
func number(text string) int64 {
	n, _ := strconv.ParseInt(text, 10, 64)
	return n
}

// keysOf are a session and the session ids of its user.
func keysOf(user model.UserID, session int64) []string {
	return []string{rediskey.Session(user, session), rediskey.Sessions(user)}
}
