package e2e_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/imclient"
)

// Where it is declared who may do what.
const (
	routeAccess = "../../api-gateway/internal/openapi/access.txt"
	frameAccess = "../../ws-gateway/internal/frame/access.txt"
)

// callers are all kinds of signed-in callers, by what they are to the owner of the things that they ask for.
var callers = []string{"stranger", "friend", "blocked", "exmember", "member", "muted", "admin", "owner"}

// access is a row of the matrix: what each caller is answered, "ok" or a reason. A name in braces is the owner with an id that there
// is not.
type access struct {
	operation, variant string
	answers            map[string]string
	public             bool
}

// readAccess reads a file of rows "operation[@variant] | answer: callers | …"; "all" stands for all kinds of callers, and "public"
// in place of them for an operation without a credential.
func readAccess(t *testing.T, path string) []access {
	t.Helper()
	file, err := os.Open(path)
	require.NoError(t, err)
	defer func() { _ = file.Close() }()
	var rows []access
	for lines := bufio.NewScanner(file); lines.Scan(); {
		line, _, _ := strings.Cut(lines.Text(), "#")
		name, rest, found := strings.Cut(line, "|")
		if !found {
			require.Empty(t, strings.TrimSpace(line))
			continue
		}
		row := access{answers: map[string]string{}, public: strings.TrimSpace(rest) == "public"}
		row.operation, row.variant, _ = strings.Cut(strings.TrimSpace(name), "@")
		for _, part := range strings.Split(rest, "|") {
			answer, who, _ := strings.Cut(part, ":")
			for _, caller := range strings.Fields(strings.ReplaceAll(who, "all", strings.Join(callers, " "))) {
				require.NotContains(t, row.answers, caller, line)
				row.answers[caller] = strings.TrimSpace(answer)
			}
		}
		rows = append(rows, row)
	}
	require.NotEmpty(t, rows)
	return rows
}

// asked are those whom a row has to answer: every kind of caller, and the owner with each id unknown.
func asked(op operation) []string {
	all := slices.Clone(callers)
	for _, p := range op.Parameters {
		if p.In == "path" {
			all = append(all, "{"+p.Name+"}")
		}
	}
	return all
}

// place is an owner with everything that one can own, and somebody of every kind around.
type place struct {
	people       map[string]*person
	target       *person // an ordinary member, to whom something is done
	conversation string
	ids          map[string]string // by what they are of
}

func newPlace(t *testing.T) *place {
	t.Helper()
	w := &place{people: map[string]*person{}, target: newPerson(t), ids: map[string]string{}}
	for _, kind := range callers {
		w.people[kind] = newPerson(t)
	}
	owner, ctx := w.people["owner"], t.Context()
	for _, kind := range []string{"friend", "blocked"} {
		befriend(t, w.people[kind], owner)
		w.people[kind].say(single(owner, w.people[kind]), "hello")
	}
	require.NoError(t, owner.Block(ctx, w.people["blocked"].id))
	var group string
	group, w.conversation = groupOf(t, "approval", owner, w.people["exmember"], w.people["member"], w.people["muted"], w.people["admin"], w.target)
	owner.say(w.conversation, "hello")
	_, err := owner.UpdateMember(ctx, group, w.people["admin"].id, map[string]any{"role": "admin"})
	require.NoError(t, err)
	_, err = owner.UpdateMember(ctx, group, w.people["muted"].id, map[string]any{"mutedUntil": in(time.Hour)})
	require.NoError(t, err)
	require.NoError(t, owner.RemoveMember(ctx, group, w.people["exmember"].id))
	w.fill(t, owner, group)
	return w
}

// fill makes what else can be named.
func (w *place) fill(t *testing.T, owner *person, group string) {
	t.Helper()
	ctx, other := t.Context(), newPerson(t)
	request, err := other.AddFriend(ctx, owner.id, "")
	require.NoError(t, err)
	joining, err := other.JoinGroup(ctx, group, "")
	require.NoError(t, err)
	invite, err := owner.CreateInvite(ctx, group, 0, 0)
	require.NoError(t, err)
	later, err := owner.ScheduleMessage(ctx, textTo(w.conversation), in(time.Hour))
	require.NoError(t, err)
	owner.another("ios")
	sessions, err := owner.Sessions(ctx)
	require.NoError(t, err)
	for _, s := range sessions {
		if !s.Current {
			w.ids["session"] = s.SessionID
		}
	}
	w.ids["friend-requests"], w.ids["join-requests"], w.ids["invites"] = request.RequestID, joining.Request.RequestID, invite.InviteID
	w.ids["scheduled-messages"], w.ids["code"], w.ids["group"] = later.ScheduledID, invite.Code, group
}

// inputs are the right values for what a kind of caller may name.
func (w *place) inputs(d document, caller, path, variant string) *inputs {
	quoted := func(s string) string { return `"` + s + `"` }
	owner, me := w.people["owner"], w.people[caller]
	user, conversation := owner.id, w.conversation
	if strings.Contains(path, "/groups/") {
		user = w.target.id
	}
	switch {
	case variant == "single" && caller == "owner":
		conversation = single(owner, w.people["friend"])
	case variant == "single":
		conversation = single(owner, me)
	case variant == "notices":
		conversation = "n:" + owner.id
	}
	seq := "2"
	good := map[string]string{
		"userId": quoted(user), "toUserId": quoted(user), "userIds": `[` + quoted(owner.id) + `]`, "ids": quoted(owner.id),
		"groupId": quoted(w.ids["group"]), "conversationId": quoted(conversation), "seq": seq, "seqs": `[` + seq + `]`, "code": quoted(w.ids["code"]),
		"sessionId": quoted(w.ids["session"]), "emoji": quoted("👍"), "type": quoted("text"), "content": `{"text":"hi"}`, "mentions": `[]`,
		"memberIds": `[]`, "to": `[` + quoted(conversation) + `]`, "until": fmt.Sprint(in(time.Hour)), "mutedUntil": fmt.Sprint(in(time.Hour)),
		"sendAt": fmt.Sprint(in(time.Hour)), "role": quoted("member"), "joinPolicy": quoted("approval"), "q": quoted("hello"),
		"avatarUrl": quoted(""), "inviteRole": quoted("admin"), "editRole": quoted("admin"), "mentionAllRole": quoted("admin"),
		"slowModeSeconds": "0", "tags": `[]`, "settings": `{"findableByName":true}`, "email": quoted(unique("me-") + "@example.org"),
		"phone": quoted(phone()), "expiresIn": "3600", "maxUses": "1", "limit": "10", "replyToSeq": "0", "password": quoted(password), "removed": "false",
		"oldPassword": quoted(password), "newPassword": quoted(password + ", another"), "refreshToken": quoted(me.Tokens().RefreshToken),
	}
	for kind, id := range w.ids {
		if strings.Contains(path, "/"+kind+"/") {
			good["requestId"] = quoted(id)
		}
	}
	return &inputs{d, rand.New(rand.NewPCG(1, 1)), good}
}

// ask makes the request of an operation as a caller, or as the owner with an id that there is not.
func (w *place) ask(t *testing.T, d document, op operation, variant, caller string) string {
	t.Helper()
	parameter, unknown := strings.CutPrefix(strings.TrimSuffix(caller, "}"), "{")
	if unknown {
		caller = "owner"
	}
	in := w.inputs(d, caller, op.path, variant)
	if unknown && parameter == "id" {
		parameter = "requestId"
	}
	if unknown && parameter == "requestId" && strings.Contains(op.path, "/conversations/") {
		parameter = "conversationId"
	}
	switch {
	case parameter == "conversationId":
		in.good[parameter] = `"g:1"`
	case parameter == "seq":
		in.good[parameter] = `99`
	case unknown:
		in.good[parameter] = `"1"`
	}
	r := in.request(op, 0)
	r.token = w.people[caller].Tokens().AccessToken
	got := r.call(t, sys.APIURL())
	require.Less(t, got.status, http.StatusInternalServerError, "%s %s: %s", r.method, r.path, got.body)
	if reason := got.reason(t); reason != "" {
		return reason
	}
	return "ok"
}

// order puts those who are refused first: they must have changed nothing.
func order(answers map[string]string, who []string) []string {
	who = slices.Clone(who)
	slices.SortStableFunc(who, func(a, b string) int {
		rank := map[bool]int{true: 1}
		return rank[answers[a] == "ok"] - rank[answers[b] == "ok"]
	})
	return who
}

// harmless are the commands after whose success everybody is answered as before, whatever is asked.
var harmless = []string{
	"addReaction", "removeReaction", "pinMessage", "unpinMessage", "markRead", "sendMessage", "editMessage", "forwardMessages", "updateConversation",
	"createInvite", "updateGroup", "setAnnouncement", "scheduleMessage", "createTicket", "updateProfile", "createGroup",
}

// spoiling are the commands after whose success the next caller would be answered otherwise. All others change what their caller alone
// is answered.
var spoiling = []string{"removeMember", "acceptJoinRequest", "rejectJoinRequest", "deleteInvite"}

// TestTheAuthorisationMatrix asks every route as everybody.
func TestTheAuthorisationMatrix(t *testing.T) {
	t.Parallel()
	d := openAPI(t)
	rows, shared := readAccess(t, routeAccess), newPlace(t)
	for _, op := range d.operations {
		require.True(t, slices.ContainsFunc(rows, func(a access) bool { return a.operation == op.ID }), "%s has no row", op.ID)
	}
	for _, row := range rows {
		t.Run(row.operation+"@"+row.variant, func(t *testing.T) {
			t.Parallel()
			n := slices.IndexFunc(d.operations, func(op operation) bool { return op.ID == row.operation })
			require.GreaterOrEqual(t, n, 0, "no such operation")
			op := d.operations[n]
			require.Equal(t, op.public(), row.public)
			if row.public {
				return
			}
			w := shared
			if op.method != http.MethodGet && !slices.Contains(harmless, op.ID) {
				w = newPlace(t)
			}
			got, who := map[string]string{}, asked(op)
			for _, caller := range order(row.answers, who) {
				got[caller] = w.ask(t, d, op, row.variant, caller)
				if got[caller] == "ok" && slices.Contains(spoiling, op.ID) {
					w = newPlace(t)
				}
			}
			requireAnswers(t, row, got, who)
		})
	}
}

// requireAnswers compares a row with what was answered, as another row, so that a difference can be read and judged.
func requireAnswers(t *testing.T, row access, got map[string]string, who []string) {
	t.Helper()
	line := func(answers map[string]string) string {
		var parts []string
		for _, caller := range who {
			if answer := answers[caller]; !slices.Contains(parts, answer) {
				parts = append(parts, answer)
			}
		}
		text := row.operation
		if row.variant != "" {
			text += "@" + row.variant
		}
		for _, answer := range parts {
			text += " | " + answer + ":"
			for _, caller := range who {
				if answers[caller] == answer {
					text += " " + caller
				}
			}
		}
		return text
	}
	require.Equal(t, line(row.answers), line(got))
	require.Len(t, row.answers, len(who), "the row has others than %s", who)
}

// TestNobodyIsServedWithoutALivingSession asks every route and the WebSocket without a credential, with an expired one and with that of
// a session that has ended.
func TestNobodyIsServedWithoutALivingSession(t *testing.T) {
	t.Parallel()
	s := brief(t)
	p, gone := newPersonOn(t, s), newPersonOn(t, s)
	credentials := map[string]string{"": "UNAUTHENTICATED", p.Tokens().AccessToken: "TOKEN_EXPIRED"}
	ask := func(op operation, token string) answered {
		path := strings.NewReplacer("{", "", "}", "").Replace(op.path)
		return raw{method: op.method, path: path, token: token, body: []byte(`{}`)}.call(t, s.APIURL())
	}
	eventually(t, "the token has expired", func(context.Context) bool {
		return ask(operation{method: http.MethodGet, path: "/v1/users/me"}, p.Tokens().AccessToken).status == http.StatusUnauthorized
	})
	require.NoError(t, gone.Refresh(t.Context()))
	revoked := gone.Tokens().AccessToken
	require.NoError(t, gone.Logout(t.Context()))
	for _, op := range openAPI(t).operations {
		for token, reason := range credentials {
			got := ask(op, token).reason(t)
			require.Equal(t, op.public(), got != reason, "%s: %s", op.ID, got)
		}
		if got := ask(op, revoked).reason(t); !op.public() && got != "TOKEN_EXPIRED" { // the test may be slower than the token
			require.Equal(t, "SESSION_REVOKED", got, op.ID)
		}
	}
	for token, reason := range credentials {
		_, err := imclient.Dial(t.Context(), s.WSURLs()[0], imclient.Bearer(token))
		requireReason(t, err, http.StatusUnauthorized, reason)
	}
}
