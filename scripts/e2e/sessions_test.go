package e2e_test

import (
	"context"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/stretchr/testify/require"

	"im-backend/common/imclient"
	"im-backend/scripts/imd/system"
)

// requireKicked waits until a connection was told why it ends, and closed.
func requireKicked(t testing.TB, conn *imclient.Conn, reason string, code int) {
	t.Helper()
	var kicked struct{ Reason string }
	next(t, conn, "kicked", &kicked)
	require.Equal(t, reason, kicked.Reason)
	require.Equal(t, code, closeCode(t, conn))
}

func TestAReplacedSessionIsKickedAndARevokedOneIsEndedOnWhateverGateway(t *testing.T) {
	t.Parallel()
	p := newPerson(t)
	for gateway := range 2 {
		kept := p.connect(gateway)
		phone := p.another("ios")
		replaced := []*imclient.Conn{phone.connect(0), phone.connect(1)}
		phone2 := p.another("ios")
		for _, conn := range replaced {
			requireKicked(t, conn, "SESSION_REPLACED", 4502)
		}
		_, err := phone.Me(t.Context())
		requireReason(t, err, http.StatusUnauthorized, "SESSION_REVOKED")
		_, err = imclient.Dial(t.Context(), sys.WSURLs()[gateway], imclient.Bearer(phone.Tokens().AccessToken))
		requireReason(t, err, http.StatusUnauthorized, "SESSION_REVOKED")

		tablet := p.another("android")
		revoked := []*imclient.Conn{tablet.connect(0), tablet.connect(1), phone2.connect(gateway)}
		hello := revoked[0].Hello()
		ticket, err := tablet.WSTicket(t.Context())
		require.NoError(t, err)
		require.NoError(t, p.RevokeSession(t.Context(), hello.SessionID))
		requireKicked(t, revoked[0], "SESSION_REVOKED", 4501)
		requireKicked(t, revoked[1], "SESSION_REVOKED", 4501)
		_, err = imclient.Dial(t.Context(), sys.WSURLs()[gateway], imclient.WithTicket(ticket.Ticket))
		requireReason(t, err, http.StatusUnauthorized, "SESSION_REVOKED")
		require.NoError(t, p.RevokeOtherSessions(t.Context()))
		requireKicked(t, revoked[2], "SESSION_REVOKED", 4501)
		require.NoError(t, kept.Request(t.Context(), "ping", nil, nil), "the session that asked for it lives on")
		require.NoError(t, kept.Err())
	}
	conn := p.connect(0)
	require.NoError(t, p.Logout(t.Context()))
	requireKicked(t, conn, "SESSION_REVOKED", 4501)
}

func TestSessionsAreListedInPagesTheNewestFirst(t *testing.T) {
	t.Parallel()
	p := newPerson(t)
	for range 4 {
		p.another("web")
	}
	all, err := p.Sessions(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 5)
	require.True(t, all[4].Current, "the oldest one is the one that asks")
	for _, s := range all {
		require.Equal(t, "127.0.0.1", s.IP)
		require.Equal(t, "a test", s.Name)
		require.NotZero(t, s.CreatedAt)
		require.GreaterOrEqual(t, s.LastSeenAt, s.CreatedAt)
	}
	var paged []imclient.SessionInfo
	for cursor, pages := "", 0; pages == 0 || cursor != ""; pages++ {
		page, err := p.SessionPage(t.Context(), 2, cursor)
		require.NoError(t, err)
		require.LessOrEqual(t, len(page.Items), 2)
		paged, cursor = append(paged, page.Items...), page.NextCursor
	}
	require.Equal(t, all, paged)
	_, err = p.SessionPage(t.Context(), 201, "")
	requireReason(t, err, http.StatusBadRequest, "INVALID_ARGUMENT")
	_, err = p.SessionPage(t.Context(), 2, "?")
	requireReason(t, err, http.StatusBadRequest, "INVALID_ARGUMENT")
}

// ownSystem boots one more system on embedded stores, with values of its own. Tests that break something use an imd instead:
// go-zero's breakers belong to the process, so that others here would feel it.
func ownSystem(t *testing.T, values map[string]string) *system.System {
	t.Helper()
	o := options(filepath.Join(t.TempDir(), "data"))
	o.MySQL, o.Redis, o.Kafka, o.Etcd, o.ChatInstances, o.Gateways = "", "", "", "", 1, 1
	for name, value := range values {
		o.Overrides[name] = value
	}
	s, err := system.Start(t.Context(), o)
	require.NoError(t, err)
	t.Cleanup(func() {
		stopping, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		require.NoError(t, s.Stop(stopping))
	})
	return s
}

func TestTheDevicePolicyIsWhatTheConfigurationSays(t *testing.T) {
	t.Parallel()
	logins := []string{"web", "web", "ios", "ios", "ios", "linux", "linux"}
	for policy, left := range map[string][]string{ // the newest first
		"platform":  {"linux", "ios", "web", "web"},
		"unlimited": {"linux", "linux", "ios", "ios", "ios", "web", "web"},
		"single":    {"linux"},
		"named":     {"linux", "ios", "ios", "web", "web"},
	} {
		t.Run(policy, func(t *testing.T) {
			t.Parallel()
			s := ownSystem(t, map[string]string{"AUTH_POLICY": policy})
			name := unique("user-")
			first := imclient.New(s.APIURL())
			_, err := first.Register(t.Context(), name, password, "", device(logins[0]))
			require.NoError(t, err)
			conn, err := imclient.Dial(t.Context(), s.WSURLs()[0], imclient.Bearer(first.Tokens().AccessToken))
			require.NoError(t, err)
			defer conn.Close()
			var last *imclient.Client
			for _, platform := range logins[1:] {
				last = imclient.New(s.APIURL())
				_, err := last.Login(t.Context(), name, password, device(platform))
				require.NoError(t, err)
			}
			sessions, err := last.Sessions(t.Context())
			require.NoError(t, err)
			var platforms []string
			for _, one := range sessions {
				platforms = append(platforms, one.Platform)
			}
			require.Equal(t, left, platforms)
			if policy == "single" {
				requireKicked(t, conn, "SESSION_REPLACED", 4502)
				return
			}
			require.NoError(t, conn.Request(t.Context(), "ping", nil, nil))
		})
	}
}

func TestAnEmptiedRedisMeansToLogInAgainAndNothingElse(t *testing.T) {
	t.Parallel()
	redis := miniredis.RunT(t)
	i := newIMD(t, "--redis", redis.Addr())
	i.start()
	a, b := i.newPerson(), i.newPerson()
	befriend(t, a, b)
	id := single(a, b)
	a.say(id, "before")
	before := b.history(id)
	redis.FlushAll()
	_, err := a.Me(t.Context())
	requireReason(t, err, http.StatusUnauthorized, "SESSION_REVOKED")
	requireReason(t, a.Refresh(t.Context()), http.StatusUnauthorized, "SESSION_REVOKED")
	for _, p := range []*person{a, b} {
		_, err := p.Login(t.Context(), p.name, password, device("web"))
		require.NoError(t, err)
	}
	a.say(id, "after")
	require.Equal(t, before, b.history(id)[:len(before)])
	require.Len(t, b.history(id), len(before)+1)
	list, err := a.Friends(t.Context(), 0, 0, "")
	require.NoError(t, err)
	require.Len(t, list.Items, 1)
}

func TestWithoutRedisNobodyIsAdmittedAndEverybodyIsAfterwards(t *testing.T) {
	t.Parallel()
	redis := miniredis.RunT(t)
	i := newIMD(t, "--redis", redis.Addr())
	i.start()
	p := i.newPerson()
	redis.Close()
	stranger := imclient.New(i.url())
	for what, call := range map[string]func() error{
		"a request": func() error { _, err := p.Me(t.Context()); return err },
		"a login":   func() error { _, err := stranger.Login(t.Context(), p.name, password, device("web")); return err },
		"a wrong login": func() error {
			_, err := stranger.Login(t.Context(), p.name, "wrong password", device("web"))
			return err
		},
		"a registration": func() error {
			_, err := stranger.Register(t.Context(), unique("user-"), password, "", device("web"))
			return err
		},
		"a refresh": func() error { return p.Refresh(t.Context()) },
		"a socket": func() error {
			_, err := imclient.Dial(t.Context(), "ws://"+i.ws+"/ws", imclient.Bearer(p.Tokens().AccessToken))
			return err
		},
	} {
		err := call()
		require.Error(t, err, what)
		requireReason(t, err, http.StatusServiceUnavailable, "UNAVAILABLE")
	}
	require.NoError(t, redis.Restart())
	eventually(t, "people are admitted again", func(ctx context.Context) bool {
		_, err := p.Login(ctx, p.name, password, device("web"))
		return err == nil
	})
}
