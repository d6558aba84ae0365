package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFindingAndSendingLater(t *testing.T) {
	t.Parallel()
	term := newTerminal(t).signedIn(t)
	term.server.Script("GET /v1/messages/search", 200, map[string]any{"items": []map[string]any{
		{"conversationId": "s:7:8", "seq": 5, "senderId": "8", "type": "text", "content": map[string]any{"text": "hi\nthere"}},
	}})
	waiting := map[string]any{
		"scheduledId": "60", "sendAt": 1_800_000_000_000, "status": "failed", "reason": "BLOCKED",
		"message": map[string]any{"clientMsgId": "c", "toUserId": "8", "type": "text", "content": map[string]any{"text": "hi"}},
	}
	term.server.Script("POST /v1/scheduled-messages", 201, waiting)
	term.server.Script("GET /v1/scheduled-messages", 200, map[string]any{"items": []map[string]any{waiting}})
	term.server.Script("DELETE /v1/scheduled-messages/60", 204, nil)
	for _, tc := range []struct {
		args []string
		out  string
	}{
		{[]string{"find", "-in", "@ann", "-from", "@ann", "hi", "there"}, "s:7:8 [5] Ann: hi⏎there\n"},
		{[]string{"send-later", "90m", "@ann", "two", "words"}, "60\n"},
		{[]string{"send-later", "2099-01-02T15:04:05Z", "s:7:8", "hi"}, "60\n"},
		{[]string{"scheduled"}, "60 2027-01-15T08:00:00Z failed BLOCKED to Ann: hi\n"},
		{[]string{"unschedule", "60"}, ""},
	} {
		code, out, errOut := term.do(t, "", tc.args...)
		require.Zero(t, code, "%v: %s", tc.args, errOut)
		require.Equal(t, tc.out, out, "%v", tc.args)
	}
	for _, args := range [][]string{
		{"find"}, {"find", "-loud", "x"}, {"send-later", "90m", "@ann"}, {"send-later", "soon", "@ann", "hi"}, {"scheduled", "x"}, {"unschedule"},
	} {
		code, _, errOut := term.do(t, "", args...)
		require.Equal(t, 2, code, "%v", args)
		require.Contains(t, errOut, "usage: imcli "+args[0])
	}
}
