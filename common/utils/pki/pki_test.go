package pki_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/utils/pki"
)

func TestACertificateLastsUntilAMonthBeforeItsEnd(t *testing.T) {
	t.Parallel()
	now := time.Now()
	ca, err := pki.NewAuthority(now)
	require.NoError(t, err)
	pair, err := ca.Issue(pki.Names{Common: "chat", DNS: []string{"chat.rpc"}}, now)
	require.NoError(t, err)
	const day = 24 * time.Hour
	require.True(t, ca.Lasts(pair, now))
	require.True(t, ca.Lasts(pair, now.Add(366*day)))
	require.False(t, ca.Lasts(pair, now.Add(368*day)))
}

func TestAnotherAuthoritysCertificateOrKeyIsNone(t *testing.T) {
	t.Parallel()
	now := time.Now()
	ca, err := pki.NewAuthority(now)
	require.NoError(t, err)
	other, err := pki.NewAuthority(now)
	require.NoError(t, err)
	ours, err := ca.Issue(pki.Names{Common: "chat"}, now)
	require.NoError(t, err)
	require.False(t, other.Lasts(ours, now))

	again, err := pki.LoadAuthority(ca.Pair())
	require.NoError(t, err)
	require.True(t, again.Lasts(ours, now))
	_, err = pki.LoadAuthority(pki.Pair{Cert: ca.Pair().Cert, Key: other.Pair().Key})
	require.Error(t, err)
}
