package system_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/scripts/imd/embedded"
	"im-backend/scripts/imd/system"
)

func start(t *testing.T, o system.Options) *system.System {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	s, err := system.Start(ctx, o)
	require.NoError(t, err)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		require.NoError(t, s.Stop(ctx))
		require.NoError(t, s.Stop(ctx), "stopping twice is harmless")
	})
	return s
}

// status asks for something that needs api-gateway and auth-service.
func status(t *testing.T, s *system.System) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.APIURL()+"/.well-known/jwks.json", http.NoBody)
	require.NoError(t, err)
	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	return answer.StatusCode
}

func TestServicesComeAndGoWhileTheSystemRuns(t *testing.T) {
	t.Parallel()
	s := start(t, system.Options{DataDir: t.TempDir(), ChatInstances: 2, Gateways: 2})
	require.Equal(t, http.StatusOK, status(t, s))
	require.Len(t, s.WSURLs(), 2)
	first := s.WSURLs()[0]

	require.NoError(t, s.KillChat(0))
	require.NoError(t, s.StopChat(t.Context(), 0))
	require.ErrorContains(t, s.StopChat(t.Context(), 0), "no such instance")
	require.NoError(t, s.StartChat(t.Context()))

	require.NoError(t, s.StopGateway(t.Context(), 0))
	require.Len(t, s.WSURLs(), 1)
	require.NoError(t, s.KillGateway(0))
	require.Empty(t, s.WSURLs())
	require.NoError(t, s.StartGateway(t.Context()))
	require.Equal(t, []string{first}, s.WSURLs(), "the first gateway's address is taken again")
	require.Equal(t, http.StatusOK, status(t, s))
}

func TestAStartThatCannotSucceedLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	_, err := system.Start(ctx, system.Options{DataDir: dir, Overrides: map[string]string{"CHAT_LISTEN": "127.0.0.1:none"}})
	require.ErrorContains(t, err, "chat-service")

	_, err = system.Start(ctx, system.Options{DataDir: dir, WSAddr: "nowhere"})
	require.ErrorContains(t, err, `address "nowhere"`)

	short, end := context.WithTimeout(t.Context(), 2*time.Second)
	defer end()
	_, err = system.Start(short, system.Options{DataDir: dir, Redis: "127.0.0.1:1"}) // nobody is there
	require.Error(t, err)

	s := start(t, system.Options{DataDir: dir})
	require.Equal(t, http.StatusOK, status(t, s), "the directory is free and whole")
}

func TestTwoSystemsDoNotShareADirectory(t *testing.T) {
	t.Parallel()
	lock, err := embedded.LockDir(t.TempDir())
	require.NoError(t, err)
	require.NoError(t, lock.Unlock())

	dir := t.TempDir()
	lock, err = embedded.LockDir(dir)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, lock.Unlock()) })
	_, err = system.Start(t.Context(), system.Options{DataDir: dir})
	require.ErrorIs(t, err, embedded.ErrLocked)

	_, err = system.Start(t.Context(), system.Options{})
	require.ErrorContains(t, err, "DataDir")
}
