package secret_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/utils/secret"
)

func TestSecretsThatAreNoneAreRefusedByTheirKeys(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]error{
		"":                         secret.ErrMissing,
		"im_user":                  secret.ErrShort,
		"k7Rq2mXw9LbT4pZ":          secret.ErrShort,
		"changemechangeme":         secret.ErrWellKnown,
		"Change-Me_Please-Now":     nil,
		"my_super_secret_password": secret.ErrWellKnown,
		"ThisIsNotSoSecret!":       secret.ErrWellKnown,
		"0123456789abcdef":         secret.ErrWellKnown,
		"aaaaaaaaaaaaaaaaaaaa":     secret.ErrWellKnown,
		"ababcababcababcabc":       secret.ErrWellKnown,
		"root-password-1234":       secret.ErrWellKnown,
		"k7Rq2mXw9LbT4pZv":         nil,
		"f3a9c01d5e7b2486f3a9":     nil,
	} {
		err := secret.Check(false, secret.Secret{Key: "Database.DSN", Value: value, At: "127.0.0.1:3306"})
		if want == nil {
			require.NoError(t, err, value)
			continue
		}
		require.ErrorIs(t, err, want, value)
		require.ErrorContains(t, err, "Database.DSN")
		if value != "" {
			require.NotContains(t, err.Error(), value)
		}
	}
}

func TestAllBadSecretsAreReported(t *testing.T) {
	t.Parallel()
	err := secret.Check(false, secret.Secret{Key: "Database.DSN"}, secret.Secret{Key: "Kafka.Password", Value: "kafka"})
	require.ErrorContains(t, err, "Database.DSN")
	require.ErrorContains(t, err, "Kafka.Password")
}

func TestOnlyStoresOnLoopbackMayHaveAnySecret(t *testing.T) {
	t.Parallel()
	require.NoError(t, secret.Check(true, secret.Secret{Key: "a", At: "127.0.0.1:3306"}, secret.Secret{Key: "b", At: "/run/mysqld.sock"}))
	require.ErrorIs(t, secret.Check(true, secret.Secret{Key: "a", At: "mysql:3306"}), secret.ErrMissing)
	require.ErrorIs(t, secret.Check(true, secret.Secret{Key: "a"}), secret.ErrMissing)
}
