package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestListenPrintsWhatWasMissedOnceAndInOrder(t *testing.T) {
	t.Parallel()
	term := newTerminal(t).signedIn(t)
	lines := term.listening(t, 2, func() {
		term.server.Post("s:7:8", "one")
		term.server.Break() // it reconnects by itself
		term.server.Post("s:7:8", "two")
	})
	require.Equal(t, []string{"[1] Ann: one", "[2] Ann: two"}, lines)
	for i := range 300 {
		term.server.Post("s:7:8", fmt.Sprint(i))
	}
	lines = term.listening(t, 300, func() {})
	require.Len(t, lines, 300)
	for i, line := range lines {
		require.Equal(t, fmt.Sprintf("[%d] Ann: %d", i+3, i), line)
	}
}

func TestChatSendsWhatIsTyped(t *testing.T) {
	t.Parallel()
	term := newTerminal(t).signedIn(t)
	code, _, errOut := term.do(t, "hello\n\nhow are you?\n", "chat", "@ann")
	require.Zero(t, code, errOut)
	log := term.server.Log("s:7:8")
	require.Len(t, log, 2)
	require.JSONEq(t, `{"text":"how are you?"}`, string(log[1].Content))
}

func TestPasswordsAreAskedForWhereTheyAreNotGiven(t *testing.T) {
	t.Parallel()
	term := newTerminal(t).signedIn(t)
	term.server.Script("POST /v1/auth/password", 204, nil)
	term.server.Script("DELETE /v1/users/me", 204, nil)
	code, _, errOut := term.do(t, "old one\nnew one\n", "password")
	require.Zero(t, code, errOut)
	require.Contains(t, errOut, "present password: new password: ")
	code, _, errOut = term.do(t, "new one\n", "delete-account")
	require.Zero(t, code, errOut)
	code, _, errOut = term.do(t, "", "listen")
	require.Equal(t, 1, code)
	require.Contains(t, errOut, "not signed in")
	code, _, errOut = term.do(t, "only one\n", "password")
	require.Equal(t, 1, code)
	require.Contains(t, errOut, "no new password was given")
}

func TestNotesAreSentAsTheyWereGiven(t *testing.T) {
	t.Parallel()
	for call, body := range map[string]string{
		"remark 8 old friend": `{"remark":"old friend"}`,
		"remark 8":            `{"remark":""}`,
		"star 8":              `{"starred":true}`,
		"star 8 off":          `{"starred":false}`,
		"tag 8 a b":           `{"tags":["a","b"]}`,
		"tag 8":               `{"tags":[]}`,
	} {
		term := newTerminal(t).signedIn(t)
		term.server.Script("PATCH /v1/friends/8", 200, map[string]any{})
		code, _, errOut := term.do(t, "", strings.Fields(call)...)
		require.Zero(t, code, "%s: %s", call, errOut)
		calls := term.server.Requests()
		require.JSONEq(t, body, calls[len(calls)-1].Body, call)
	}
}

func TestARequestIsFoundByItsOtherSide(t *testing.T) {
	t.Parallel()
	for verb, r := range map[string]map[string]any{
		"accept": {"requestId": "60", "fromUserId": "8", "toUserId": "7"},
		"reject": {"requestId": "60", "fromUserId": "8", "toUserId": "7"},
		"cancel": {"requestId": "60", "fromUserId": "7", "toUserId": "8"},
	} {
		term := newTerminal(t).signedIn(t)
		call := "POST /v1/friend-requests/60/" + verb
		term.server.Script("GET /v1/friend-requests", 200, map[string]any{"items": []any{r}, "nextCursor": ""})
		term.server.Script(call, 200, r)
		code, _, errOut := term.do(t, "", verb, "@ann")
		require.Zero(t, code, errOut)
		var calls []string
		for _, request := range term.server.Requests() {
			calls = append(calls, request.Call)
		}
		require.Contains(t, calls, call)
		code, _, errOut = term.do(t, "", verb, "@annabel")
		require.Equal(t, 1, code)
		require.Contains(t, errOut, "of @annabel waits")
	}
}

func TestWatchPrintsWhoComesAndGoesAlsoAfterAReconnect(t *testing.T) {
	t.Parallel()
	term := newTerminal(t).signedIn(t)
	term.server.Script("GET /v1/friends", 200, map[string]any{"items": []any{map[string]any{"user": map[string]any{"userId": "8", "username": "Ann"}}}})
	lines := term.running(t, 3, func() {
		term.server.Push("presence", map[string]any{"userId": "8", "online": true, "platforms": []string{"ios"}})
		term.server.Break()
	}, "watch")
	require.Equal(t, []string{"@Ann offline", "@Ann online (ios)", "@Ann offline"}, lines)
}
