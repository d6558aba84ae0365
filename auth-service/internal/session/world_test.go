package session_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"im-backend/auth-service/internal/session"
	"im-backend/auth-service/internal/store"
	"im-backend/auth-service/internal/token"
	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/idgen"
	"im-backend/common/utils/redisx"
)

const alice, bob model.UserID = 7, 8

// told is one call to the gateways.
type told struct {
	user     model.UserID
	sessions []int64
	reason   session.Reason
}

// recorder is Gateways that remember what they were told.
type recorder struct {
	mu    sync.Mutex
	calls []told
}

func (r *recorder) EndSessions(_ context.Context, user model.UserID, sessions []int64, reason session.Reason) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls = append(r.calls, told{user, sessions, reason})
}

// take answers what was told since the last take.
func (r *recorder) take() []told {
	r.mu.Lock()
	defer r.mu.Unlock()
	calls := r.calls
	r.calls = nil
	return calls
}

// clock is a time that tests move, together with that of Redis.
type clock struct {
	mu    sync.Mutex
	at    time.Time
	redis *miniredis.Miniredis
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
	c.redis.FastForward(d)
}

// world is a session room on a Redis of its own.
type world struct {
	*session.Sessions
	redis    *miniredis.Miniredis
	client   *redis.Client
	gateways *recorder
	clock    *clock
	config   session.Config
}

func defaults() session.Config {
	return session.Config{
		RefreshLifetime: 720 * time.Hour, RefreshGrace: time.Minute, TicketLifetime: 30 * time.Second, SeenEvery: time.Minute,
		Policy: session.Policy{Mode: session.PerPlatform, Web: 20},
	}
}

func newWorld(t *testing.T, c session.Config) *world {
	t.Helper()
	server := miniredis.RunT(t)
	client := redisx.Open(redisx.Config{Addr: server.Addr(), PoolSize: 64})
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	w := &world{
		redis: server, client: client, gateways: &recorder{}, config: c,
		clock: &clock{at: time.UnixMilli(1_800_000_000_123), redis: server},
	}
	w.Sessions = w.instance(1)
	return w
}

// instance is one more instance of the service on the same Redis.
func (w *world) instance(node int64) *session.Sessions {
	kept := store.New(w.client)
	tokens := token.New(token.Config{Issuer: "im", Audience: "im-client", Lifetime: 15 * time.Minute},
		token.NewKeys(kept, 15*time.Minute, w.clock.now), w.clock.now)
	return session.New(w.config, kept, tokens, w.gateways, idgen.New(node).Next, w.clock.now)
}

// login signs a user in on a device; devices are created a second apart.
func (w *world) login(t *testing.T, user model.UserID, platform, device string) (session.Session, session.Tokens) {
	t.Helper()
	w.clock.advance(time.Second)
	s, tokens, err := w.Create(t.Context(), session.Login{
		User: user, Device: session.Device{ID: device, Platform: platform, Name: device}, IP: "192.0.2.1",
	})
	require.NoError(t, err)
	return s, tokens
}

// devices are the devices of a user's live sessions, the newest first.
func (w *world) devices(t *testing.T, user model.UserID) []string {
	t.Helper()
	list, err := w.List(t.Context(), user)
	require.NoError(t, err)
	var out []string
	for _, s := range list {
		out = append(out, s.Device.ID)
	}
	return out
}

// alive reports whether an access token is admitted; it must otherwise be refused because its session has ended.
func (w *world) alive(t *testing.T, tokens session.Tokens) bool {
	t.Helper()
	_, err := w.Authenticate(t.Context(), tokens.Access, "")
	if err != nil {
		require.ErrorIs(t, err, errs.ErrSessionRevoked)
	}
	return err == nil
}
