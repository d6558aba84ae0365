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
	"golang.org/x/sync/singleflight"

	"im-backend/common/utils/hits"
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
	flights  singleflight.Group
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

// Load answers the value under key at a version: the cached one, or what read answers, which is then cached. Callers who want the
// same at the same time get it from one look and one read, so a value that many miss at once is read once; they share the
// value and must not change it. The first caller's end does not end the read of the others: read bounds its own time.
func Load[T any](ctx context.Context, c *Cache, key, version string, read func(ctx context.Context) (T, error)) (T, error) {
	if c == nil {
		return read(ctx)
	}
	got, err, _ := c.flights.Do(key+" "+version, func() (any, error) {
		ctx := context.WithoutCancel(ctx)
		var value T
		if c.Get(ctx, key, version, &value) {
			return value, nil
		}
		value, err := read(ctx)
		if err == nil {
			c.Put(ctx, key, version, value)
		}
		return value, err
	})
	value, _ := got.(T)
	return value, err //nolint:wrapcheck // it is read's
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
		return lookups.Note(false)
	}
	var e entry
	return lookups.Note(json.Unmarshal(raw, &e) == nil && e.Version == version && json.Unmarshal(e.Value, into) == nil)
}

var lookups = hits.New("lists")

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
