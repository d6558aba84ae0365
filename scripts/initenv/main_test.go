package main

import (
	"crypto/tls"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/utils/secret"
)

func prepare(t *testing.T, dir string, now time.Time, flags ...string) string {
	t.Helper()
	var out strings.Builder
	require.NoError(t, command(append([]string{"-dir", dir}, flags...), &out, io.Discard, now))
	return out.String()
}

// values are what .env sets.
func values(t *testing.T, dir string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, ".env"))
	require.NoError(t, err)
	set := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok && !strings.HasPrefix(name, "#") {
			set[name] = value
		}
	}
	return set
}

func TestTheFirstRunMakesEverythingAndTheSecondNothing(t *testing.T) {
	t.Parallel()
	dir, now := t.TempDir(), time.Now()
	require.Equal(t, "8 passwords and 10 certificates made\n", prepare(t, dir, now))
	first := values(t, dir)
	seen := map[string]bool{}
	for _, name := range passwords {
		require.NoError(t, secret.Check(false, secret.Secret{Key: name, Value: first[name]}))
		require.False(t, seen[first[name]], "each has a password of its own")
		seen[first[name]] = true
	}
	require.Regexp(t, `^[1-9]\d*:\d+$`, first["IM_USER"], "never root")

	require.Equal(t, "0 passwords and 0 certificates made\n", prepare(t, dir, now))
	require.Equal(t, first, values(t, dir))
}

func TestWhatTheOperatorSetStays(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, ".env"), []byte("REDIS_PASSWORD=mine\nKAFKA_PASSWORD=\nHTTP_PUBLISH=80"), 0o600))
	require.Contains(t, prepare(t, dir, time.Now()), "7 passwords")
	set := values(t, dir)
	require.Equal(t, "mine", set["REDIS_PASSWORD"])
	require.Equal(t, "80", set["HTTP_PUBLISH"])
	require.NotEmpty(t, set["KAFKA_PASSWORD"], "the last one counts")
}

func TestNobodyElseReadsTheSecrets(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	prepare(t, dir, time.Now())
	files := 0
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		info, err := d.Info()
		require.NoError(t, err)
		require.Zero(t, info.Mode().Perm()&0o077, path)
		files++
		return nil
	}))
	require.Greater(t, files, 3*len(holders))
}

func TestCertificatesAreMadeAgainBeforeTheyEndOrWhenAsked(t *testing.T) {
	t.Parallel()
	dir, now := t.TempDir(), time.Now()
	prepare(t, dir, now)
	chat := filepath.Join(dir, "secrets", "chat-service")
	before, err := load(chat)
	require.NoError(t, err)
	require.Contains(t, prepare(t, dir, now.AddDate(0, 6, 0)), " 0 certificates")
	require.Contains(t, prepare(t, dir, now.AddDate(0, 13, 0)), " 9 certificates", "all but the authority's")
	require.Contains(t, prepare(t, dir, now, "-renew"), " 9 certificates")
	after, err := load(chat)
	require.NoError(t, err)
	require.NotEqual(t, before, after)
	pair, err := tls.X509KeyPair(after.Cert, after.Key)
	require.NoError(t, err)
	require.Equal(t, []string{"chat.rpc"}, pair.Leaf.DNSNames)
}

func TestRootGivesTheKeysAway(t *testing.T) {
	t.Parallel()
	require.Equal(t, "65532:65532", ownerOf(0, 0).String())
	require.Equal(t, "1000:1001", ownerOf(1000, 1001).String())
}
