package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/utils/wire"
)

// TestEntriesOfGroupsAreReadable: who did what to whom, and until when.
func TestEntriesOfGroupsAreReadable(t *testing.T) {
	t.Parallel()
	term := newTerminal(t).signedIn(t)
	term.server.Script("GET /v1/users/7", 200, map[string]any{"userId": "7", "username": "me"})
	var want strings.Builder
	for i, entry := range []struct{ content, said string }{
		{`{"event":"group.created","operatorId":"7","name":"team","userIds":["7","8"]}`, "me made the group of me, Ann"},
		{`{"event":"group.updated","operatorId":"8","name":"new\nname","slowModeSeconds":10,"historyVisible":true}`, `Ann set name to "new\nname", historyVisible to true, slowModeSeconds to 10`},
		{`{"event":"group.updated","operatorId":"8","mutedAllUntil":4102444800000}`, "Ann: only admins may write until 2100-01-01T00:00:00Z"},
		{`{"event":"group.updated","operatorId":"8","mutedAllUntil":0}`, "Ann: everybody may write"},
		{`{"event":"group.owner","operatorId":"7","userIds":["8"]}`, "me handed the group over to Ann"},
		{`{"event":"member.joined","operatorId":"8","userIds":["8"]}`, "Ann joined"},
		{`{"event":"member.joined","operatorId":"7","userIds":["8","9"]}`, "me let Ann, 9 in"},
		{`{"event":"member.joined","operatorId":"7","count":1000}`, "me let 1000 users in"},
		{`{"event":"member.left","operatorId":"8","userIds":["8"]}`, "Ann left"},
		{`{"event":"member.kicked","operatorId":"7","userIds":["8"]}`, "me removed Ann"},
		{`{"event":"member.role","operatorId":"7","userIds":["8"],"role":"admin"}`, "me made Ann an admin"},
		{`{"event":"member.role","operatorId":"7","userIds":["8"],"role":"member"}`, "me made Ann a member"},
		{`{"event":"member.muted","operatorId":"8","userIds":["7"],"mutedUntil":4102444800000}`, "Ann muted me until 2100-01-01T00:00:00Z"},
		{`{"event":"member.muted","operatorId":"8","userIds":["7"],"mutedUntil":0}`, "Ann unmuted me"},
		{`{"event":"member.updated","operatorId":"7","userIds":["8"],"nickname":"the A"}`, `me calls Ann "the A" here`},
		{`{"event":"member.updated","operatorId":"7","userIds":["8"],"nickname":""}`, "me took the nickname of Ann away"},
		{`{"event":"group.join_request","groupId":"50","userId":"8","message":"let\nme in","status":"pending"}`, "Ann asks to join g:50: let⏎me in"},
		{`{"event":"group.join_request","groupId":"50","userId":"8","status":"accepted","operatorId":"7"}`, "me accepted the request of Ann to join g:50"},
		{`{"event":"group.dismissed","operatorId":"7"}`, "me dismissed the group"},
		{`{"event":"something.else","operatorId":"7"}`, "something.else"},
		{`[]`, "(system)"},
	} {
		term.server.Put(wire.Message{ConversationID: "g:50", SenderID: "0", Type: "system", Content: json.RawMessage(entry.content)})
		fmt.Fprintf(&want, "[%d] *: %s\n", i+1, entry.said)
	}
	last := term.server.Put(wire.Message{
		ConversationID: "g:50", SenderID: "8", Type: "text", Content: json.RawMessage(`{"text":"hello"}`), Mentions: []string{"7", "all"},
	})
	fmt.Fprintf(&want, "[%d] Ann: hello (mentions @me, @all)\n", last.Seq)
	code, out, errOut := term.do(t, "", "history", "-n", "50", "g:50")
	require.Zero(t, code, errOut)
	require.Equal(t, want.String(), out)
}

func TestAMuteSaysWhenItEnds(t *testing.T) {
	t.Parallel()
	term := newTerminal(t).signedIn(t)
	term.server.Script("PUT /v1/groups/50/mute-all", 204, nil)
	code, out, errOut := term.do(t, "", "group", "mute-all", "50", "90m")
	require.Zero(t, code, errOut)
	require.Regexp(t, `^only admins may write until \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\n$`, out)
	require.Equal(t, "MUTED: muted until 2100-01-01T00:00:00Z", untilClock("MUTED: muted until 4102444800000"))
}
