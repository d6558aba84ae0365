package app

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.etcd.io/etcd/server/v3/embed"

	"im-backend/api-gateway/etc"
	"im-backend/common/utils/confx"
)

// startEtcd runs a real Etcd and answers its address.
func startEtcd(t *testing.T) string {
	t.Helper()
	c := embed.NewConfig()
	c.Dir = t.TempDir()
	c.LogLevel = "error"
	local := []url.URL{{Scheme: "http", Host: "127.0.0.1:0"}}
	c.ListenClientUrls, c.ListenPeerUrls = local, local
	e, err := embed.StartEtcd(c)
	require.NoError(t, err)
	t.Cleanup(e.Close)
	<-e.Server.ReadyNotify()
	return e.Clients[0].Addr().String()
}

func get(t *testing.T, target string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
	require.NoError(t, err)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(body)
}

func TestAGatewayStartsBeforeItsServicesAndStops(t *testing.T) {
	t.Parallel()
	var c Config
	require.NoError(t, confx.Load(etc.YAML, confx.Values(map[string]string{
		"ETCD_ADDR": startEtcd(t), "API_LISTEN": "127.0.0.1:0", "API_OPS": "127.0.0.1:0",
	}), &c))
	a := New(c)
	require.ErrorContains(t, a.Ready(t.Context()), "http: not serving yet")
	require.NoError(t, a.Start(t.Context()))

	status, _ := get(t, "http://"+a.Addr()+"/docs")
	require.Equal(t, 200, status)
	status, body := get(t, "http://"+a.Addr()+"/.well-known/jwks.json")
	require.Equal(t, 503, status, body)
	require.Contains(t, body, `"reason":"UNAVAILABLE"`)
	status, body = get(t, "http://"+a.ops.Addr()+"/readyz")
	require.Equal(t, 503, status)
	require.Contains(t, body, "auth: not connected")

	stopping, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	require.NoError(t, a.Stop(stopping))
	require.NoError(t, a.Stop(stopping), "stopping twice is no error")
	_, err := (&http.Client{}).Get("http://" + a.Addr() + "/docs")
	require.Error(t, err)
}

func TestAStartThatIsGivenUpCanBeStopped(t *testing.T) {
	t.Parallel()
	var c Config
	require.NoError(t, confx.Load(etc.YAML, confx.Values(map[string]string{
		"ETCD_ADDR": "127.0.0.1:1", "API_LISTEN": "127.0.0.1:0", "API_OPS": "127.0.0.1:0",
	}), &c))
	a := New(c)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	require.Error(t, a.Start(ctx))
	require.NoError(t, a.Stop(t.Context()))
}
