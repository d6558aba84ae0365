package config

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/api-gateway/etc"
	"im-backend/common/utils/confx"
)

func TestTheFileLoadsWithItsDefaults(t *testing.T) {
	t.Parallel()
	var c Config
	require.NoError(t, confx.Load(etc.YAML, confx.Values(nil), &c))
	require.Equal(t, "0.0.0.0:8080", c.Listen)
	require.Equal(t, "ws://127.0.0.1:8081/ws", c.PublicWS)
	require.Equal(t, 5*time.Second, c.EdgeTimeout())
	require.Equal(t, "chat.rpc", c.ChatRPC.Etcd.Key)
	require.EqualValues(t, 3000, c.ChatRPC.Timeout)
	require.True(t, c.AccessLog)
}

func TestEveryFaultIsNamed(t *testing.T) {
	t.Parallel()
	c := Config{Listen: "8080", PublicWS: "http://x", TrustedProxies: []string{"nobody"}}
	err := c.Validate()
	for _, name := range []string{"Listen", "PublicWS", "TrustedProxies", "Timeout"} {
		require.ErrorContains(t, err, name)
	}
}
