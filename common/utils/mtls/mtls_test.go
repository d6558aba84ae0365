package mtls_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/utils/mtls"
	"im-backend/common/utils/pki/pkitest"
)

func TestAllFilesOrNoneAreNamed(t *testing.T) {
	t.Parallel()
	require.NoError(t, mtls.Config{}.Validate())
	whole := pkitest.New(t).Issue("user.rpc")
	require.NoError(t, whole.Validate())
	for _, part := range []mtls.Config{
		{Cert: whole.Cert}, {Cert: whole.Cert, Key: whole.Key}, {CA: whole.CA}, {Etcd: true},
	} {
		require.ErrorIs(t, part.Validate(), mtls.ErrIncomplete)
	}
}

func TestFilesThatCannotBeUsedAreNamed(t *testing.T) {
	t.Parallel()
	whole := pkitest.New(t).Issue("user.rpc")
	empty := filepath.Join(t.TempDir(), "empty.pem")
	require.NoError(t, os.WriteFile(empty, nil, 0o600))

	c := whole
	c.Key = empty
	require.ErrorContains(t, c.Validate(), "TLS.Cert and TLS.Key")
	c = whole
	c.CA = empty
	require.ErrorContains(t, c.Validate(), "TLS.CA")
	c.CA += ".not"
	require.ErrorContains(t, c.Validate(), "TLS.CA")
}

func TestOnlyLoopbackIsListenedOnWithoutACertificate(t *testing.T) {
	t.Parallel()
	for _, addr := range []string{"127.0.0.1:9001", "[::1]:9001", "localhost:9001"} {
		require.NoError(t, mtls.Config{}.Guards(addr), addr)
	}
	whole := pkitest.New(t).Issue("user.rpc")
	for _, addr := range []string{"0.0.0.0:9001", ":9001", "[::]:9001", "10.0.0.1:9001", "user:9001", ""} {
		require.ErrorIs(t, mtls.Config{}.Guards(addr), mtls.ErrNotLoopback, addr)
		require.NoError(t, whole.Guards(addr), addr)
	}
	require.True(t, mtls.Loopback("/run/mysqld.sock"))
}

func TestEtcdIsSpokenToWithACertificateOnlyWhereAsked(t *testing.T) {
	t.Parallel()
	c := pkitest.New(t).Issue("user.rpc")
	config, err := c.ForEtcd()
	require.NoError(t, err)
	require.Nil(t, config)
	c.Etcd = true
	config, err = c.ForEtcd()
	require.NoError(t, err)
	shown, err := config.GetClientCertificate(nil)
	require.NoError(t, err)
	require.Equal(t, []string{"user.rpc"}, shown.Leaf.DNSNames)
	require.True(t, shown.Leaf.NotAfter.After(time.Now()))
}
