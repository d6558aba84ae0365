package app_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/proto/gen/userpb"
	"im-backend/common/utils/confx"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/mtls"
	"im-backend/common/utils/rpcx"
	"im-backend/scripts/imd/embedded"
	"im-backend/user-service/app"
	"im-backend/user-service/etc"
)

// configFor is the service's own file with the values of a test.
func configFor(t *testing.T, values map[string]string) app.Config {
	t.Helper()
	var c app.Config
	require.NoError(t, confx.Load(etc.YAML, confx.Values(values), &c))
	c.Password.MemoryKiB, c.Password.Iterations = 8, 1
	return c
}

func freeAddr(t *testing.T) string {
	t.Helper()
	addr, err := embedded.FreeAddr()
	require.NoError(t, err)
	return addr
}

func startEtcd(t *testing.T) string {
	t.Helper()
	etcd, err := embedded.NewEtcd(t.TempDir())
	require.NoError(t, err)
	require.NoError(t, etcd.Start(t.Context()))
	t.Cleanup(func() { require.NoError(t, etcd.Stop(context.Background())) })
	return etcd.Addr()
}

func TestTheServiceServesItsCallsWithTypedErrors(t *testing.T) {
	t.Parallel()
	addr := freeAddr(t)
	a := app.New(configFor(t, map[string]string{
		"ETCD_ADDR": startEtcd(t), "USER_LISTEN": addr, "USER_OPS": "127.0.0.1:0", "USER_DSN": "sqlite:" + t.TempDir() + "/im_user.db",
	}))
	require.Error(t, a.Ready(t.Context()), "nothing is up before Start")
	require.NoError(t, a.Start(t.Context()))
	require.NoError(t, a.Ready(t.Context()))
	conn, err := rpcx.DialAddr(addr, "", mtls.Config{})
	require.NoError(t, err)
	client := userpb.NewUserServiceClient(conn)
	ctx := t.Context()

	registered, err := client.Register(ctx, &userpb.RegisterRequest{Username: "Alice", Password: "correct horse"})
	require.NoError(t, err)
	id := registered.GetUser().GetUserId()
	_, err = client.Register(ctx, &userpb.RegisterRequest{Username: "alice", Password: "correct horse"})
	require.ErrorIs(t, err, errs.ErrUsernameTaken)
	_, err = client.Register(ctx, &userpb.RegisterRequest{Username: "?", Password: "?"})
	require.ErrorIs(t, err, errs.ErrInvalidArgument)
	require.Len(t, errs.From(err).Fields, 2, "fields travel")

	verified, err := client.VerifyPassword(ctx, &userpb.VerifyPasswordRequest{Username: "ALICE", Password: "correct horse"})
	require.NoError(t, err)
	require.Equal(t, id, verified.GetUser().GetUserId())
	_, err = client.VerifyPassword(ctx, &userpb.VerifyPasswordRequest{Username: "bob", Password: "correct horse"})
	require.ErrorIs(t, err, errs.ErrInvalidCredentials)

	bio, no := "hello", false
	updated, err := client.UpdateProfile(ctx, &userpb.UpdateProfileRequest{
		UserId: id, Bio: &bio, Settings: &userpb.SettingsChange{ShowLastSeen: &no},
	})
	require.NoError(t, err)
	require.Equal(t, "hello", updated.GetProfile().GetUser().GetBio())
	profile, err := client.GetProfile(ctx, &userpb.GetProfileRequest{UserId: id})
	require.NoError(t, err)
	require.Equal(t, updated.GetProfile().String(), profile.GetProfile().String())
	_, err = client.GetProfile(ctx, &userpb.GetProfileRequest{UserId: 404})
	require.ErrorIs(t, err, errs.ErrUserNotFound)

	batch, err := client.BatchGetUsers(ctx, &userpb.BatchGetUsersRequest{UserIds: []int64{404, id}})
	require.NoError(t, err)
	require.Len(t, batch.GetUsers(), 1)
	require.False(t, batch.GetUsers()[0].GetShowLastSeen())
	found, err := client.SearchUsers(ctx, &userpb.SearchUsersRequest{UserId: id, Query: "ali"})
	require.NoError(t, err)
	require.Len(t, found.GetUsers(), 1)
	for range 29 {
		_, err = client.SearchUsers(ctx, &userpb.SearchUsersRequest{UserId: id, Query: "ali"})
		require.NoError(t, err)
	}
	_, err = client.SearchUsers(ctx, &userpb.SearchUsersRequest{UserId: id, Query: "ali"})
	require.ErrorIs(t, err, errs.ErrRateLimited)
	require.Positive(t, errs.From(err).RetryAfter, "which travels too")

	require.NoError(t, conn.Close())
	require.NoError(t, a.Stop(ctx))
	require.NoError(t, a.Stop(ctx), "a second Stop does nothing")
	require.Error(t, a.Ready(ctx))
}

func TestAStartThatIsCalledOffCanBeStopped(t *testing.T) {
	t.Parallel()
	a := app.New(configFor(t, map[string]string{
		"ETCD_ADDR": freeAddr(t), "USER_LISTEN": freeAddr(t), "USER_OPS": "127.0.0.1:0", "USER_DSN": "sqlite:" + t.TempDir() + "/im_user.db",
	}))
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	require.ErrorIs(t, a.Start(ctx), context.DeadlineExceeded, "it waits for Etcd, which is not there")
	require.ErrorContains(t, a.Ready(t.Context()), "etcd")
	require.NoError(t, a.Stop(t.Context()))
}

func TestTheConfigurationIsStrict(t *testing.T) {
	t.Parallel()
	var c app.Config
	require.ErrorContains(t, confx.Load([]byte("Name: user\nListenOn: x\nDatabase: {DSN: ''}\nTypo: 1\n"), confx.Values(nil), &c), "Typo")
	err := confx.Load([]byte("Name: user\nListenOn: x\nDatabase: {DSN: ''}\n"), confx.Values(nil), &c)
	require.ErrorContains(t, err, "Database.DSN")
	require.ErrorContains(t, err, "Etcd")
}
