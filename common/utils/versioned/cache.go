// Package versioned caches in Redis what has a version in the database. A value is kept with the version that was read before
// it and used only while the database still has that version. So nothing has to be invalidated, nothing is wrong after Redis
// was away or flushed, and a write that comes late harms nobody: it has an old version. It saves reading the value, not the
// version.
package versioned

import (
	"context"
	"encoding/json"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	patience = 100 * time.Millisecond // for one command: a slow cache is worse than none
	rest     = time.Second            // without the cache after a failure
)

// Cache is safe for concurrent use. A nil Cache is always empty.
type Cache struct {
	redis    redis.UniversalClient
	lifetime time.Duration
	now      func() time.Time
	until    atomic.Int64 // unix nanoseconds: no use before then
}

// New makes a cache whose values live for lifetime. The caller closes the client.
func New(client redis.UniversalClient, lifetime time.Duration) *Cache {
	return &Cache{redis: client, lifetime: lifetime, now: time.Now}
}

// entry is what stands in Redis.
type entry struct {
	Version string          `json:"version"`
	Value   json.RawMessage `json:"value"`
}

// Get fills into when the value under key has exactly this version. A failure is a miss.
func (c *Cache) Get(ctx context.Context, key, version string, into any) bool {
	if c == nil || c.resting() {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	raw, err := c.redis.Get(ctx, key).Bytes()
	if err != nil {
		c.failed(err)
		return false
	}
	var e entry
	return json.Unmarshal(raw, &e) == nil && e.Version == version && json.Unmarshal(e.Value, into) == nil
}

// Put keeps a value that was read after its version. A failure is no matter.
func (c *Cache) Put(ctx context.Context, key, version string, value any) {
	if c == nil || c.resting() {
		return
	}
	text, err := json.Marshal(value)
	if err != nil {
		return
	}
	raw, err := json.Marshal(entry{Version: version, Value: text})
	if err != nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	c.failed(c.redis.Set(ctx, key, raw, c.lifetime).Err())
}

func (c *Cache) resting() bool { return c.now().UnixNano() < c.until.Load() }

func (c *Cache) failed(err error) {
	if err != nil && err != redis.Nil { //nolint:errorlint // go-redis returns it bare
		c.until.Store(c.now().Add(rest).UnixNano())
	}
}
