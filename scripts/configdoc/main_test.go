package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestThePageIsWhatTheFilesSay(t *testing.T) {
	t.Parallel()
	page, faults := document("../..")
	require.Empty(t, faults)
	written, err := os.ReadFile(filepath.Join("../..", Page))
	require.NoError(t, err)
	require.Equal(t, page, string(written), "make generate writes it anew")
}

func TestKeysHaveTheirDefaultsNamesAndComments(t *testing.T) {
	t.Parallel()
	keys, err := keysOf([]byte(`# head
Name: chat
Committer:                 # storing
  Lanes: ${CHAT_LANES:-2}  # transactions at the same time,
                           # of one instance
  Free: 5
Etcd: {Hosts: ["${A:-1}", "${B:-2}"], Key: chat.rpc} # where
`))
	require.NoError(t, err)
	require.Len(t, keys, 5)
	lanes := keys[1]
	require.Equal(t, "Committer.Lanes", lanes.path)
	require.Equal(t, "2", lanes.standard())
	require.Equal(t, "`CHAT_LANES`, `IM_CHAT_COMMITTER_LANES`", lanes.names("chat"))
	require.Equal(t, "transactions at the same time, of one instance", lanes.comment)
	require.Empty(t, keys[2].comment, "a key that nobody describes is a fault")
	require.Equal(t, "1, 2", keys[3].standard())
	require.Equal(t, "where", keys[4].comment)
}
