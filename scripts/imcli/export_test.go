package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestExportingData(t *testing.T) {
	t.Parallel()
	term := newTerminal(t).signedIn(t)
	term.server.Script("GET /v1/users/me/export", 200, map[string]any{"kind": "end", "data": map[string]any{"complete": true}})
	file := filepath.Join(t.TempDir(), "mine.ndjson")
	code, out, errOut := term.do(t, "", "export", file)
	require.Zero(t, code, errOut)
	require.Equal(t, "0 lines, complete\n", out)
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	const end = `{"kind":"end","data":{"complete":true}}` + "\n"
	require.Equal(t, end, string(text))
	code, _, errOut = term.do(t, "", "export", file)
	require.Equal(t, 1, code, "a file that is there is not written over")
	require.Contains(t, errOut, "exists")
	code, out, _ = term.do(t, "", "export")
	require.Zero(t, code)
	require.Equal(t, end, out)
	code, _, _ = term.do(t, "", "export", "a", "b")
	require.Equal(t, 2, code)
}

func TestSendingWhatExpires(t *testing.T) {
	t.Parallel()
	term := newTerminal(t).signedIn(t)
	code, out, errOut := term.do(t, "", "send", "-expire", "90s", "s:7:8", "hi")
	require.Zero(t, code, errOut)
	require.Contains(t, out, "s:7:8")
	code, _, _ = term.do(t, "", "send", "-expire", "soon", "s:7:8", "hi")
	require.Equal(t, 2, code)
}
