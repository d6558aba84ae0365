package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestChangesOfMessages(t *testing.T) {
	t.Parallel()
	term := newTerminal(t).signedIn(t)
	const at = "/v1/conversations/s:7:8/messages/5"
	entry := map[string]any{"messageId": "1", "conversationId": "s:7:8", "seq": 6, "serverTime": 1}
	term.server.Script("POST "+at+"/recall", 200, entry)
	term.server.Script("PATCH "+at, 200, entry)
	term.server.Script("GET "+at+"/edits", 200, map[string]any{"items": []map[string]any{
		{"content": map[string]any{"text": "frist\n"}, "writtenAt": 1}, {"content": map[string]any{"text": "first"}, "writtenAt": 2},
	}})
	for _, path := range []string{"PUT " + at + "/reactions/👍", "DELETE " + at + "/reactions/👍", "PUT /v1/conversations/s:7:8/pins/5", "DELETE /v1/conversations/s:7:8/pins/5"} {
		term.server.Script(path, 204, nil)
	}
	term.server.Script("GET /v1/conversations/s:7:8/pins", 200, map[string]any{"items": []map[string]any{
		{"message": map[string]any{"seq": 5, "senderId": "8", "type": "text", "content": map[string]any{"text": "hi"}}},
	}})
	term.server.Script("POST /v1/messages/forward", 200, map[string]any{"items": []map[string]any{
		{"conversationId": "g:1", "seq": 9}, {"conversationId": "g:2", "error": map[string]any{"reason": "MUTED", "message": "you are muted"}},
	}})
	for _, tc := range []struct {
		args []string
		code int
		out  string
	}{
		{[]string{"recall", "@ann", "5"}, 0, "[6] recalled [5]\n"},
		{[]string{"edit", "@ann", "5", "two", "words"}, 0, "[6] edited [5]\n"},
		{[]string{"edits", "s:7:8", "5"}, 0, "frist⏎\nfirst\n"},
		{[]string{"react", "@ann", "5", "👍"}, 0, ""},
		{[]string{"react", "@ann", "5", "👍", "off"}, 0, ""},
		{[]string{"pin", "@ann", "5"}, 0, ""},
		{[]string{"pin", "@ann", "5", "off"}, 0, ""},
		{[]string{"pins", "@ann"}, 0, "[5] Ann: hi\n"},
		{[]string{"forward", "-merge", "-title", "t", "@ann", "5,6", "g:1", "g:2"}, 1, "[9] g:1\ng:2: you are muted\n"},
	} {
		code, out, errOut := term.do(t, "", tc.args...)
		require.Equal(t, tc.code, code, "%v: %s", tc.args, errOut)
		require.Equal(t, tc.out, out, "%v", tc.args)
	}
	for _, args := range [][]string{
		{"recall", "@ann"},
		{"recall", "@ann", "x"},
		{"edit", "@ann", "5"},
		{"edits", "@ann"},
		{"react", "@ann", "5"},
		{"react", "@ann", "5", "👍", "on"},
		{"pin", "@ann"},
		{"pin", "@ann", "x"},
		{"pins"},
		{"forward", "@ann", "5"},
		{"forward", "@ann", "x", "g:1"},
		{"forward", "-loud", "@ann", "5", "g:1"},
	} {
		code, _, errOut := term.do(t, "", args...)
		require.Equal(t, 2, code, "%v", args)
		require.Contains(t, errOut, "usage: imcli "+args[0])
	}
}
