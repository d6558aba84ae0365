package e2e_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// kidOf is the key that an access token says it was signed with.
func kidOf(t *testing.T, token string) string {
	t.Helper()
	first, _, _ := strings.Cut(token, ".")
	raw, err := base64.RawURLEncoding.DecodeString(first)
	require.NoError(t, err)
	var header struct{ Kid string }
	require.NoError(t, json.Unmarshal(raw, &header))
	return header.Kid
}

func TestOperatorsRotateTheSigningKeyAndNobodyIsLoggedOut(t *testing.T) {
	t.Parallel()
	imctl, err := built["imctl"]()
	require.NoError(t, err)
	run := func(command string) string {
		cmd := exec.CommandContext(t.Context(), imctl, "-etcd", sys.Stores().Etcd, "keys", command)
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, string(out))
		return string(out)
	}
	p := newPerson(t)
	old := p.Tokens().AccessToken
	rotated, _, _ := strings.Cut(run("rotate"), " ")
	require.NotEqual(t, kidOf(t, old), rotated)
	_, err = p.Me(t.Context())
	require.NoError(t, err, "tokens by the old key go on")
	p.connect(1)
	require.NoError(t, p.Refresh(t.Context()))
	require.Equal(t, rotated, kidOf(t, p.Tokens().AccessToken))
	_, err = p.Me(t.Context())
	require.NoError(t, err)
	p.connect(0)

	var set struct {
		Keys []struct{ Kid, Kty, Alg string }
	}
	require.NoError(t, p.Do(t.Context(), http.MethodGet, "/.well-known/jwks.json", nil, &set))
	var kids []string
	for _, key := range set.Keys {
		require.Equal(t, "EdDSA", key.Alg)
		kids = append(kids, key.Kid)
	}
	require.Contains(t, kids, kidOf(t, old))
	require.Contains(t, kids, rotated)
	list := run("list")
	require.True(t, strings.HasPrefix(list, rotated+"  "), list)
	require.Contains(t, list, kidOf(t, old))
}
