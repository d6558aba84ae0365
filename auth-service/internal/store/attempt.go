package store

import (
	"context"
	_ "embed"
	"time"

	"github.com/redis/go-redis/v9"

	"im-backend/auth-service/internal/throttle"
)

var (
	//go:embed lua/take.lua
	takeText string
	//go:embed lua/give_back.lua
	giveBackText string

	takeScript     = redis.NewScript(takeText)
	giveBackScript = redis.NewScript(giveBackText)
)

// Take implements throttle.Store.
func (s *Store) Take(ctx context.Context, now time.Time, c throttle.Counts) (time.Duration, error) {
	args := []any{now.UnixMilli(), len(c.Buckets)}
	for _, b := range c.Buckets {
		args = append(args, b.Rule.Free, b.Rule.Recover.Milliseconds(), b.Rule.FirstDelay.Milliseconds(), b.Rule.MaxDelay.Milliseconds())
	}
	answer, err := s.run(ctx, "count attempt", takeScript, keysOfCounts(c), args...)
	if err != nil {
		return 0, err
	}
	wait, ok := answer.(int64)
	if !ok {
		return 0, unavailable("count attempt", errAnswer)
	}
	return time.Duration(wait) * time.Millisecond, nil
}

// GiveBack implements throttle.Store.
func (s *Store) GiveBack(ctx context.Context, now time.Time, c throttle.Counts, proved bool) error {
	args := []any{now.UnixMilli(), len(c.Buckets), proved, c.Keep.Milliseconds()}
	for _, b := range c.Buckets {
		args = append(args, b.Rule.Free, b.Rule.Recover.Milliseconds())
	}
	_, err := s.run(ctx, "take attempt back", giveBackScript, keysOfCounts(c), args...)
	return err
}

func keysOfCounts(c throttle.Counts) []string {
	keys := make([]string, 0, len(c.Buckets)+1)
	for _, b := range c.Buckets {
		keys = append(keys, b.Key)
	}
	if c.Known != "" {
		keys = append(keys, c.Known)
	}
	return keys
}
