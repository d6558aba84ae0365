package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/imclient/fakeim"
)

// output is a buffer that a running command and a test share.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// terminal is one profile on one server.
type terminal struct {
	server *fakeim.Server
	home   string
}

func newTerminal(t *testing.T) terminal {
	t.Helper()
	term := terminal{server: fakeim.New(t), home: filepath.Join(t.TempDir(), "profile")}
	term.server.Script("GET /v1/users/search", 200, map[string]any{"items": []map[string]any{
		{"userId": "9", "username": "annabel"}, {"userId": "8", "username": "Ann", "nickname": "A"},
	}})
	term.server.Script("GET /v1/users/8", 200, map[string]any{"userId": "8", "username": "Ann"})
	return term
}

// do runs imcli and answers its code and what it printed.
func (term terminal) do(t *testing.T, in string, args ...string) (int, string, string) {
	t.Helper()
	var out, errOut output
	args = append([]string{"--api", term.server.URL, "--home", term.home}, args...)
	code := run(t.Context(), args, strings.NewReader(in), &out, &errOut)
	return code, out.String(), errOut.String()
}

func (term terminal) signedIn(t *testing.T) terminal {
	t.Helper()
	code, out, errOut := term.do(t, "", "login", "me", "password")
	require.Zero(t, code, errOut)
	require.Equal(t, "signed in as @me (7)\n", out)
	return term
}

func TestWrongCallsSayHow(t *testing.T) {
	t.Parallel()
	term := newTerminal(t)
	for _, args := range [][]string{
		{},
		{"dance"},
		{"--nope"},
		{"register"},
		{"login", "a", "b", "c"},
		{"whoami", "x"},
		{"search"},
		{"add"},
		{"send", "@ann"},
		{"group"},
		{"group", "create"},
		{"group", "list", "x"},
		{"group", "kick", "5"},
		{"group", "sing", "5"},
		{"group", "join", "5", "x", "y"},
		{"group", "accept", "5"},
		{"group", "invite", "5"},
		{"group", "invite", "5", "create", "-for", "ever"},
		{"group", "invite", "5", "list", "x"},
		{"group", "bans", "5", "x"},
		{"join-code"},
		{"group", "show", "5", "x"},
		{"group", "set", "5", "name"},
		{"group", "set", "5", "ownerId", "8"},
		{"group", "set", "5", "slowModeSeconds", "x"},
		{"group", "members", "5", "x"},
		{"group", "role", "5", "8"},
		{"group", "nickname", "5"},
		{"group", "mute", "5", "8"},
		{"group", "mute", "5", "8", "long"},
		{"group", "mute-all", "5", "-1h"},
		{"group", "transfer", "5"},
		{"history"},
		{"history", "-n", "many", "@ann"},
		{"read"},
		{"read", "@ann", "x"},
		{"conversations", "x"},
		{"conv", "pin"},
		{"conv", "pin", "@ann", "x"},
		{"conv", "shred", "@ann"},
		{"conv", "mute", "@ann"},
		{"conv", "mute", "@ann", "long"},
		{"conv", "mute", "@ann", "-1h"},
		{"delete", "@ann"},
		{"delete", "@ann", "x"},
		{"readers", "g:50"},
		{"readers", "g:50", "x"},
		{"chat"},
		{"sessions", "x"},
		{"revoke"},
		{"password", "x"},
		{"delete-account", "x", "y"},
		{"accept"},
		{"friends", "x"},
		{"friends", "-since", "x"},
		{"remark"},
		{"star", "8", "on"},
		{"tag"},
		{"blocks", "8"},
		{"profile", "set", "password", "x"},
		{"profile", "set", "bio"},
		{"settings", "showLastSeen"},
		{"settings", "showLastSeen", "maybe"},
		{"settings", "dance", "on"},
		{"settings", "friendRequestsFrom", "on"},
		{"settings", "showLastSeen", "nobody"},
	} {
		code, _, errOut := term.do(t, "", args...)
		require.Equal(t, 2, code, "%v", args)
		require.Contains(t, errOut, "usage: imcli", "%v", args)
	}
	code, _, errOut := term.do(t, "", "--help")
	require.Zero(t, code)
	require.Contains(t, errOut, "conversations")
	code, _, errOut = term.do(t, "", "--home", "", "--profile", "../x", "whoami")
	require.Equal(t, 1, code)
	require.Contains(t, errOut, "no name for a profile")
}

func TestAProfileKeepsTheSession(t *testing.T) {
	t.Parallel()
	term := newTerminal(t)
	code, _, errOut := term.do(t, "", "listen")
	require.Equal(t, 1, code)
	require.Contains(t, errOut, "not signed in")
	code, _, errOut = term.do(t, "secret\n", "register", "me")
	require.Zero(t, code, errOut)
	require.Contains(t, errOut, "password: ")
	info, err := os.Stat(filepath.Join(term.home, "profile.json"))
	require.NoError(t, err)
	require.EqualValues(t, 0o600, info.Mode().Perm(), "tokens are nobody else's")
	text, err := os.ReadFile(filepath.Join(term.home, "profile.json"))
	require.NoError(t, err)
	require.NotContains(t, string(text), "secret")

	term.server.Script("GET /v1/users/me", 200, map[string]any{"userId": "7", "username": "me"})
	code, out, _ := term.do(t, "", "whoami")
	require.Zero(t, code)
	require.Equal(t, "@me (7) at "+term.server.URL+"\n", out)
	term.server.Script("POST /v1/auth/logout", 200, map[string]any{})
	code, _, _ = term.do(t, "", "logout")
	require.Zero(t, code)
	code, _, errOut = term.do(t, "", "listen")
	require.Equal(t, 1, code)
	require.Contains(t, errOut, "not signed in")
}

func TestCommandsCallTheAPIAndPrintWhatItAnswers(t *testing.T) {
	t.Parallel()
	request := map[string]any{"requestId": "60", "fromUserId": "8", "toUserId": "7", "status": "pending", "message": "hi"}
	ann := map[string]any{"userId": "8", "username": "Ann"}
	noted := map[string]any{"user": ann, "remark": "R", "starred": true, "tags": []string{"a", "b"}}
	team := map[string]any{"groupId": "50", "name": "team", "memberCount": 2, "myRole": "owner"}
	asked := map[string]any{"requestId": "60", "userId": "8", "message": "hi", "status": "pending"}
	whole := map[string]any{
		"groupId": "50", "name": "team", "memberCount": 2, "maxMembers": 9, "myRole": "owner", "joinPolicy": "open", "inviteRole": "member",
		"editRole": "admin", "mentionAllRole": "owner", "slowModeSeconds": 10, "mutedAllUntil": 4102444800000, "announcement": "at\nnine",
	}
	wholeLines := "g:50  team, 2 of 9 members, you are owner\n" +
		"joinPolicy open, historyVisible false, inviteRole member, editRole admin, mentionAllRole owner, slowModeSeconds 10\n" +
		"only admins write until 2100-01-01T00:00:00Z\nat⏎nine\n"
	muted := map[string]any{"userId": "8", "role": "admin", "nickname": "the A", "mutedUntil": 4102444800000}
	mutedLine := "@Ann (8) admin \"the A\" muted until 2100-01-01T00:00:00Z\n"
	items := func(v ...any) map[string]any { return map[string]any{"items": v, "nextCursor": ""} }
	me := map[string]any{
		"userId": "7", "username": "me", "nickname": "Me", "bio": "a\nb", "email": "me@example.org", "settings": map[string]any{"showLastSeen": true, "friendRequestsFrom": "nobody"},
	}
	switches := "findableByEmail off\nfindableByName off\nfindableByPhone off\nshowLastSeen on\nfriendRequestsFrom nobody\n"
	for _, tc := range []struct {
		args     []string
		script   string
		answer   any
		out      string
		expected string // the last call
	}{
		{[]string{"search", "ann"}, "GET /v1/none", nil, "@annabel (9) \n@Ann (8) A\n", "GET /v1/users/search?q=ann"},
		{[]string{"profile"}, "GET /v1/users/me", me, "@me (7) Me\nbio: a b\nemail: me@example.org\n", "GET /v1/users/me"},
		{[]string{"profile", "@ann"}, "GET /v1/none", nil, "@Ann (8) \n", "GET /v1/users/8"},
		{[]string{"profile", "set", "bio", "a", "b"}, "PATCH /v1/users/me", me, "@me (7) Me\nbio: a b\nemail: me@example.org\n", "PATCH /v1/users/me"},
		{[]string{"settings"}, "GET /v1/users/me", me, switches, "GET /v1/users/me"},
		{[]string{"settings", "showLastSeen", "on"}, "PATCH /v1/users/me", me, switches, "PATCH /v1/users/me"},
		{[]string{"settings", "friendRequestsFrom", "nobody"}, "PATCH /v1/users/me", me, switches, "PATCH /v1/users/me"},
		{[]string{"presence", "8", "9"}, "GET /v1/presence", items(
			map[string]any{"userId": "8", "online": true, "platforms": []string{"ios", "web"}}, map[string]any{"userId": "8", "lastSeenAt": 1700000000000}, map[string]any{"userId": "8"},
		), "@Ann online (ios, web)\n@Ann offline, seen 2023-11-14T22:13:20Z\n@Ann offline\n", "GET /v1/users/8"},
		{[]string{"add", "@ann", "hi", "you"}, "POST /v1/friend-requests", request, "request 60 is pending\n", "POST /v1/friend-requests"},
		{[]string{"requests"}, "GET /v1/friend-requests", items(request), "60  incoming  @Ann  pending  hi\n60  outgoing  @7  pending  hi\n", "GET /v1/users/7"},
		{[]string{"accept", "60"}, "POST /v1/friend-requests/60/accept", request, "you and @Ann are friends\n", "GET /v1/users/8"},
		{[]string{"reject", "60"}, "POST /v1/friend-requests/60/reject", request, "", "POST /v1/friend-requests/60/reject"},
		{[]string{"cancel", "60"}, "POST /v1/friend-requests/60/cancel", request, "", "POST /v1/friend-requests/60/cancel"},
		{[]string{"friends", "-since", "4"}, "GET /v1/friends", map[string]any{"items": []any{noted}, "deleted": []string{"8"}, "version": 5}, "* @Ann (8) R #a #b\n@Ann (8) is no friend any more\n", "GET /v1/users/8"},
		{[]string{"remark", "8", "old", "friend"}, "PATCH /v1/friends/8", noted, "* @Ann (8) R #a #b\n", "PATCH /v1/friends/8"},
		{[]string{"star", "8", "off"}, "PATCH /v1/friends/8", noted, "* @Ann (8) R #a #b\n", "PATCH /v1/friends/8"},
		{[]string{"tag", "@ann", "a", "b"}, "PATCH /v1/friends/8", noted, "* @Ann (8) R #a #b\n", "PATCH /v1/friends/8"},
		{[]string{"unfriend", "@ann"}, "DELETE /v1/friends/8", nil, "", "DELETE /v1/friends/8"},
		{[]string{"blocks"}, "GET /v1/blocks", items(map[string]any{"user": ann}), "@Ann (8)\n", "GET /v1/blocks"},
		{[]string{"friends"}, "GET /v1/friends", items(map[string]any{"user": map[string]any{"userId": "8", "username": "Ann"}, "remark": "R"}), "@Ann (8) R\n", "GET /v1/friends"},
		{[]string{"block", "ANN"}, "PUT /v1/blocks/8", nil, "", "PUT /v1/blocks/8"},
		{[]string{"unblock", "8"}, "DELETE /v1/blocks/8", nil, "", "DELETE /v1/blocks/8"},
		{[]string{"sessions"}, "GET /v1/auth/sessions", items(map[string]any{"sessionId": "70", "platform": "linux", "name": "imcli", "ip": "::1", "current": true}), "70  linux  imcli  ::1 (this one)\n", "GET /v1/auth/sessions"},
		{[]string{"revoke", "5"}, "DELETE /v1/auth/sessions/5", nil, "session 5 has ended\n", "DELETE /v1/auth/sessions/5"},
		{[]string{"revoke-others"}, "POST /v1/auth/sessions/revoke-others", nil, "all other sessions have ended\n", "POST /v1/auth/sessions/revoke-others"},
		{[]string{"password", "old", "new"}, "POST /v1/auth/password", nil, "the password is changed, all other sessions have ended\n", "POST /v1/auth/password"},
		{[]string{"delete-account", "old"}, "DELETE /v1/users/me", nil, "the account is deleted\n", "DELETE /v1/users/me"},
		{[]string{"group", "create", "team", "@ann"}, "POST /v1/groups", team, "g:50  team, 2 members\n", "POST /v1/groups"},
		{[]string{"group", "list"}, "GET /v1/groups", items(team), "g:50  team, 2 members, you are owner\n", "GET /v1/groups"},
		{[]string{"group", "members", "g:50"}, "GET /v1/groups/50/members", items(map[string]any{"userId": "8", "role": "owner"}), "@Ann (8) owner\n", "GET /v1/users/8"},
		{[]string{"group", "add", "50", "8"}, "POST /v1/groups/50/members", map[string]any{"added": []string{"8"}, "failed": []any{map[string]string{"userId": "9", "reason": "BLOCKED"}}}, "added @Ann\nnot added @9: BLOCKED\n", "GET /v1/users/9"},
		{[]string{"group", "kick", "50", "@ann"}, "DELETE /v1/groups/50/members/8", nil, "@Ann is no member any more\n", "DELETE /v1/groups/50/members/8"},
		{[]string{"group", "show", "50"}, "GET /v1/groups/50", whole, wholeLines, "GET /v1/groups/50"},
		{[]string{"group", "set", "50", "slowModeSeconds", "10"}, "PATCH /v1/groups/50", whole, wholeLines, "PATCH /v1/groups/50"},
		{[]string{"group", "set", "50", "historyVisible", "true"}, "PATCH /v1/groups/50", whole, wholeLines, "PATCH /v1/groups/50"},
		{[]string{"group", "set", "50", "name", "a", "b"}, "PATCH /v1/groups/50", whole, wholeLines, "PATCH /v1/groups/50"},
		{[]string{"group", "members", "50", "-since", "4"}, "GET /v1/groups/50/members", map[string]any{"items": []any{muted}, "deleted": []string{"8"}, "version": 5}, mutedLine + "@Ann (8) is no member any more\n", "GET /v1/users/8"},
		{[]string{"group", "members", "50", "-role", "admin", "-name", "a"}, "GET /v1/groups/50/members", items(), "", "GET /v1/groups/50/members?name=a&role=admin"},
		{[]string{"group", "role", "50", "@ann", "admin"}, "PATCH /v1/groups/50/members/8", muted, mutedLine, "PATCH /v1/groups/50/members/8"},
		{[]string{"group", "nickname", "50", "8", "the", "A"}, "PATCH /v1/groups/50/members/8", muted, mutedLine, "GET /v1/users/8"},
		{[]string{"group", "mute", "50", "8", "90m"}, "PATCH /v1/groups/50/members/8", muted, mutedLine, "GET /v1/users/8"},
		{[]string{"group", "mute-all", "50", "off"}, "PUT /v1/groups/50/mute-all", nil, "everybody may write\n", "PUT /v1/groups/50/mute-all"},
		{[]string{"group", "announce", "50", "at", "nine"}, "PUT /v1/groups/50/announcement", nil, "announced in g:50\n", "PUT /v1/groups/50/announcement"},
		{[]string{"group", "announce", "50"}, "PUT /v1/groups/50/announcement", nil, "g:50 announces nothing any more\n", "PUT /v1/groups/50/announcement"},
		{[]string{"group", "transfer", "50", "@ann"}, "PUT /v1/groups/50/owner", nil, "@Ann is the owner now, and you are an admin\n", "PUT /v1/groups/50/owner"},
		{[]string{"group", "leave", "50"}, "DELETE /v1/groups/50/members/me", nil, "you have left g:50\n", "DELETE /v1/groups/50/members/me"},
		{[]string{"group", "join", "50", "let me in"}, "POST /v1/groups/50/join", team, "joined g:50  team, 2 members\n", "POST /v1/groups/50/join"},
		{[]string{"group", "join", "g:51"}, "POST /v1/groups/51/join", asked, "asked: request 60 waits for an admin\n", "POST /v1/groups/51/join"},
		{[]string{"group", "requests", "50"}, "GET /v1/groups/50/join-requests", items(asked), "60  @Ann (8) pending: hi\n", "GET /v1/users/8"},
		{[]string{"group", "requests", "50", "rejected"}, "GET /v1/groups/50/join-requests", items(), "", "GET /v1/groups/50/join-requests?status=rejected"},
		{[]string{"group", "accept", "50", "60"}, "POST /v1/groups/50/join-requests/60/accept", asked, "pending @Ann\n", "GET /v1/users/8"},
		{[]string{"group", "reject", "50", "60"}, "POST /v1/groups/50/join-requests/60/reject", asked, "pending @Ann\n", "GET /v1/users/8"},
		{[]string{"group", "invite", "50", "create", "-for", "1h", "-uses", "3"}, "POST /v1/groups/50/invites", map[string]any{"inviteId": "61", "code": "CODE"}, "CODE\n", "POST /v1/groups/50/invites"},
		{[]string{"group", "invite", "50", "list"}, "GET /v1/groups/50/invites", items(map[string]any{"inviteId": "61", "createdBy": "8", "expiresAt": 1_800_000_000_000, "maxUses": 3, "uses": 1}), "61  by @Ann until 2027-01-15T08:00:00Z, 1 uses of 3\n", "GET /v1/users/8"},
		{[]string{"group", "invite", "50", "delete", "61"}, "DELETE /v1/groups/50/invites/61", nil, "invite 61 leads nowhere now\n", "DELETE /v1/groups/50/invites/61"},
		{[]string{"join-code", "CODE"}, "POST /v1/invites/CODE/join", team, "joined g:50  team, 2 members\n", "POST /v1/invites/CODE/join"},
		{[]string{"show-code", "CODE"}, "GET /v1/invites/CODE", map[string]any{"groupId": "50", "name": "team", "memberCount": 2, "expiresAt": 1_800_000_000_000}, "g:50  team, 2 members, until 2027-01-15T08:00:00Z\n", "GET /v1/invites/CODE"},
		{[]string{"group", "ban", "50", "@ann"}, "PUT /v1/groups/50/bans/8", nil, "@Ann is banned\n", "PUT /v1/groups/50/bans/8"},
		{[]string{"group", "unban", "50", "@ann"}, "DELETE /v1/groups/50/bans/8", nil, "@Ann may come in again\n", "DELETE /v1/groups/50/bans/8"},
		{[]string{"group", "bans", "50"}, "GET /v1/groups/50/bans", items(map[string]any{"userId": "8", "bannedBy": "8"}), "@Ann (8) by @Ann\n", "GET /v1/users/8"},
		{[]string{"group", "dismiss", "50"}, "DELETE /v1/groups/50", nil, "g:50 is dismissed\n", "DELETE /v1/groups/50"},
		{[]string{"conversations"}, "GET /v1/conversations", items(map[string]any{"conversationId": "g:50", "type": "group", "group": team, "maxSeq": 5, "unread": 2}), "g:50  team  5 messages, 2 unread\n", "GET /v1/conversations"},
		{[]string{"conversations", "archived"}, "GET /v1/conversations", items(map[string]any{"conversationId": "s:7:8", "type": "single", "peer": ann, "pinned": true, "archived": true, "markedUnread": true, "draft": "so"}), "s:7:8  @Ann  0 messages, 0 unread, pinned, archived, marked unread, draft: so\n", "GET /v1/conversations?archived=true"},
		{[]string{"conv", "pin", "@ann"}, "PATCH /v1/conversations/s:7:8", map[string]any{"conversationId": "s:7:8"}, "", "PATCH /v1/conversations/s:7:8"},
		{[]string{"conv", "mute", "@ann", "8h"}, "PATCH /v1/conversations/s:7:8", map[string]any{"conversationId": "s:7:8"}, "", "PATCH /v1/conversations/s:7:8"},
		{[]string{"conv", "draft", "@ann", "well", "then"}, "PATCH /v1/conversations/s:7:8", map[string]any{"conversationId": "s:7:8"}, "", "PATCH /v1/conversations/s:7:8"},
		{[]string{"conv", "hide", "@ann"}, "POST /v1/conversations/s:7:8/hide", nil, "", "POST /v1/conversations/s:7:8/hide"},
		{[]string{"conv", "clear", "g:50"}, "DELETE /v1/conversations/g:50", nil, "", "DELETE /v1/conversations/g:50"},
		{[]string{"delete", "g:50", "3", "5"}, "DELETE /v1/conversations/g:50/messages", nil, "", "DELETE /v1/conversations/g:50/messages"},
		{[]string{"read", "@ann", "4"}, "POST /v1/conversations/s:7:8/read", nil, "", "POST /v1/conversations/s:7:8/read"},
	} {
		term := newTerminal(t).signedIn(t)
		term.server.Script(tc.script, 200, tc.answer)
		code, out, errOut := term.do(t, "", tc.args...)
		require.Zero(t, code, "%v: %s", tc.args, errOut)
		require.Equal(t, tc.out, out, "%v", tc.args)
		calls := term.server.Requests()
		require.Equal(t, tc.expected, calls[len(calls)-1].Call, "%v", tc.args)
	}
}

func TestErrorsAreClear(t *testing.T) {
	t.Parallel()
	term := newTerminal(t).signedIn(t)
	term.server.Script("POST /v1/friend-requests", 409, "ALREADY_FRIENDS")
	code, _, errOut := term.do(t, "", "add", "@ann")
	require.Equal(t, 1, code)
	require.Equal(t, "imcli: ALREADY_FRIENDS: because of ALREADY_FRIENDS (f m)\n", errOut)
	code, _, errOut = term.do(t, "", "add", "@nobody")
	require.Equal(t, 1, code)
	require.Equal(t, "imcli: there is no user \"nobody\"\n", errOut)
}

func TestSendAndHistory(t *testing.T) {
	t.Parallel()
	term := newTerminal(t).signedIn(t)
	code, out, errOut := term.do(t, "", "send", "@ann", "hello", "there")
	require.Zero(t, code, errOut)
	require.Equal(t, "[1] s:7:8\n", out)
	term.server.Post("s:7:8", "line one\nline two\x1b[2J")
	code, out, errOut = term.do(t, "", "history", "-n", "5", "s:7:8")
	require.Zero(t, code, errOut)
	require.Equal(t, "[1] 7: hello there\n[2] Ann: line one⏎line two[2J\n", out)
}

// listening runs listen until it has printed n lines, then stops it.
func (term terminal) listening(t *testing.T, n int, meanwhile func()) []string {
	t.Helper()
	return term.running(t, n, meanwhile, "listen")
}

// running runs a command that goes on until it has printed n lines, then stops it.
func (term terminal) running(t *testing.T, n int, meanwhile func(), args ...string) []string {
	t.Helper()
	var out, errOut output
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	code := make(chan int, 1)
	go func() {
		code <- run(ctx, append([]string{"--api", term.server.URL, "--home", term.home}, args...), strings.NewReader(""), &out, &errOut)
	}()
	require.Eventually(t, func() bool { return strings.Contains(errOut.String(), "connected") }, time.Minute, time.Millisecond)
	meanwhile()
	require.Eventually(t, func() bool { return strings.Count(out.String(), "\n") >= n }, time.Minute, time.Millisecond)
	cancel()
	require.Zero(t, <-code, errOut.String())
	return strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
}
