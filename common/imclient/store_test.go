package imclient

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestStoresRemember(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "positions")
	file, err := OpenFileStore(path)
	require.NoError(t, err)
	for _, s := range []Store{&MemoryStore{}, file} {
		require.NoError(t, s.SavePosition("s:1:2", 3))
		require.NoError(t, s.SavePosition("g:5", 9))
		require.NoError(t, s.SavePosition("s:1:2", 4))
		require.NoError(t, s.SaveSince("token"))
		state, err := s.Load()
		require.NoError(t, err)
		require.Equal(t, State{Since: "token", Positions: map[string]int64{"s:1:2": 4, "g:5": 9}}, state)
	}
	require.NoError(t, file.Close())
}

func TestAFileThatACrashCutOffIsRead(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "positions")
	require.NoError(t, os.WriteFile(path, []byte("{\"c\":\"a\",\"seq\":1}\n{\"c\":\"a\",\"seq\":2}\n{\"since\":\"t\"}\n{\"c\":\"a\",\"se"), 0o600))
	for range 2 {
		s, err := OpenFileStore(path)
		require.NoError(t, err)
		state, err := s.Load()
		require.NoError(t, err)
		require.Equal(t, State{Since: "t", Positions: map[string]int64{"a": 2}}, state)
		require.NoError(t, s.Close())
	}
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "{\"c\":\"a\",\"seq\":2}\n{\"since\":\"t\"}\n", string(text), "what is outdated is gone")
	_, err = OpenFileStore(filepath.Join(path, "not", "a", "folder"))
	require.Error(t, err)
}
