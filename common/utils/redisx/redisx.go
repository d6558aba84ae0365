// Package redisx opens Redis with the settings that keep our deadlines: commands end with their context and are not
// retried behind the caller's back.
package redisx

import (
	"context"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"im-backend/common/utils/secret"
)

// Config says where Redis is.
type Config struct {
	Addr     string // host:port
	Password string `json:",optional"`
	DB       int    `json:",optional"`
	PoolSize int    `json:",default=32"` // connections at the most
}

// Secret is the password, for a configuration that has the Redis under a key.
func (c Config) Secret(key string) secret.Secret {
	return secret.Secret{Key: key + ".Password", Value: c.Password, At: c.Addr}
}

// Open makes a client; it connects when it is used. The caller closes it.
func Open(c Config) *redis.Client {
	client := redis.NewClient(&redis.Options{
		Addr:                  c.Addr,
		Password:              c.Password,
		DB:                    c.DB,
		PoolSize:              c.PoolSize,
		DialTimeout:           time.Second,
		ReadTimeout:           500 * time.Millisecond,
		WriteTimeout:          500 * time.Millisecond,
		PoolTimeout:           300 * time.Millisecond,
		ContextTimeoutEnabled: true,
		MaxRetries:            -1, // an INCR that was sent twice counts twice
		DisableIdentity:       true,
	})
	opened.add(client)
	return client
}

// Ping reports whether Redis answers, for readiness.
func Ping(ctx context.Context, c redis.UniversalClient) error {
	if err := c.Ping(ctx).Err(); err != nil {
		return fmt.Errorf("ping redis: %w", err)
	}
	return nil
}
