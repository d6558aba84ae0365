// Package pkitest makes certificates for tests.
package pkitest

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/utils/mtls"
	"im-backend/common/utils/pki"
)

// Authority is a private CA that lives as long as a test.
type Authority struct {
	t  testing.TB
	ca *pki.Authority
}

// New makes an authority.
func New(t testing.TB) *Authority {
	t.Helper()
	ca, err := pki.NewAuthority(time.Now())
	require.NoError(t, err)
	return &Authority{t: t, ca: ca}
}

// Issue writes a certificate for some names to files and answers where they are.
func (a *Authority) Issue(names ...string) mtls.Config {
	a.t.Helper()
	pair, err := a.ca.Issue(pki.Names{Common: "test", DNS: names}, time.Now())
	require.NoError(a.t, err)
	dir := a.t.TempDir()
	c := mtls.Config{Cert: filepath.Join(dir, "cert.pem"), Key: filepath.Join(dir, "key.pem"), CA: filepath.Join(dir, "ca.pem")}
	for path, text := range map[string][]byte{c.Cert: pair.Cert, c.Key: pair.Key, c.CA: a.ca.Pair().Cert} {
		require.NoError(a.t, os.WriteFile(path, text, 0o600))
	}
	return c
}

// Replace puts another certificate and its key where one is.
func Replace(t testing.TB, old, next mtls.Config) {
	t.Helper()
	require.NoError(t, os.Rename(next.Key, old.Key))
	require.NoError(t, os.Rename(next.Cert, old.Cert))
}
