package e2e_test

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/imclient"
)

// record is a log that can be read while it is written.
type record struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write implements io.Writer.
func (r *record) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.buf.Write(p)
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.buf.String()
}

const canaryPhone = "4917612345678"

// Every secret and every private text of this test has the word canary in it, or is collected as it is made.
func TestNoLogOfAnyServiceHasASecretOrAPrivateText(t *testing.T) {
	t.Parallel()
	log := &record{}
	i := newIMD(t, "--requests", "--set", "WS_HEARTBEAT=1s")
	i.log = log
	i.start()
	secrets := map[string]string{"every canary": "canary", "phone": canaryPhone}
	keep := func(who string, tokens imclient.Tokens) {
		secrets["access token of "+who], secrets["refresh token of "+who] = tokens.AccessToken, tokens.RefreshToken
	}
	signUp := func(name string) *person {
		p := &person{Client: imclient.New("http://" + i.http), t: t, name: name}
		got, err := p.Register(t.Context(), name, "canary password of "+name, "canary nickname", device("web"))
		require.NoError(t, err)
		p.user, p.id = got.User, got.User.UserID
		keep(name, got.Tokens)
		return p
	}
	a, b := signUp("alice"), signUp("bob")
	for _, ticket := range []string{"canary-ticket", a.liveOver(t, i.ws, secrets)} {
		_, err := imclient.Dial(t.Context(), "ws://"+i.ws+"/ws", imclient.WithTicket(ticket))
		require.Error(t, err, "not a ticket, or used before")
	}
	a.tellCanaries(t, b)
	secrets["invite code"] = a.tellGroupCanaries(t, b, signUp("carol"))
	a.failWithCanaries(t, i.url(), b)

	require.NoError(t, a.Refresh(t.Context()))
	keep("alice again", a.Tokens())
	require.NoError(t, a.ChangePassword(t.Context(), "canary password of alice", "canary password, a new one"))
	require.NoError(t, a.DeleteAccount(t.Context(), "canary password, a new one"))
	require.NoError(t, i.command.Process.Signal(syscall.SIGTERM))
	require.NoError(t, i.command.Wait())
	i.command = nil

	text := log.String()
	require.Contains(t, text, "/v1/auth/login", "the log has every request")
	require.Contains(t, text, "/v1/users/search")
	for what, secret := range secrets {
		require.NotEmpty(t, secret, what)
		if at := strings.Index(strings.ToLower(text), strings.ToLower(secret)); at >= 0 {
			require.Fail(t, what+" is in the log", "…%s…", text[max(0, at-300):min(len(text), at+300)])
		}
	}
}

// liveOver opens a socket with a ticket, says things there, and answers the ticket.
func (p *person) liveOver(t *testing.T, ws string, secrets map[string]string) string {
	t.Helper()
	ticket, err := p.WSTicket(t.Context())
	require.NoError(t, err)
	secrets["ticket"] = ticket.Ticket
	conn, err := imclient.Dial(t.Context(), "ws://"+ws+"/ws", imclient.WithTicket(ticket.Ticket))
	require.NoError(t, err)
	t.Cleanup(conn.Close)
	note := imclient.Text("canary note to self")
	note.ToUserID = p.id
	require.NoError(t, conn.Request(t.Context(), "message.send", note, nil))
	require.Error(t, conn.Request(t.Context(), "canary.type", map[string]string{"text": "canary"}, nil))
	note.Type = "canary-type"
	require.Error(t, conn.Request(t.Context(), "message.send", note, nil))
	require.NoError(t, conn.Write([]byte(`{"canary": malformed`)))
	require.NoError(t, conn.Request(t.Context(), "ping", nil, nil))
	_, err = imclient.Dial(t.Context(), "ws://"+ws+"/ws", imclient.Bearer("canary.bearer.token"))
	require.Error(t, err)
	return ticket.Ticket
}

// tellCanaries fills every field in which people write.
func (p *person) tellCanaries(t *testing.T, other *person) {
	t.Helper()
	_, err := p.UpdateMe(t.Context(), map[string]any{
		"email": "canary@example.org", "bio": "canary bio", "nickname": "canary nick", "avatarUrl": "https://example.org/canary.png",
		"gender": "canary", "phone": "+" + canaryPhone,
	})
	require.NoError(t, err)
	request, err := p.AddFriend(t.Context(), other.id, "canary greeting")
	require.NoError(t, err)
	_, err = other.AcceptFriend(t.Context(), request.RequestID, "canary remark")
	require.NoError(t, err)
	p.say(single(p, other), "canary text")
	require.Len(t, other.history(single(p, other)), 2)
	g, err := p.CreateGroup(t.Context(), imclient.NewGroup{Name: "canary group", MemberIDs: []string{other.id}})
	require.NoError(t, err)
	p.say("g:"+g.GroupID, "canary to the group")
	m := textTo(single(p, other))
	m.Content = map[string]string{"text": "canary for later"}
	_, err = p.ScheduleMessage(t.Context(), m, in(time.Hour))
	require.NoError(t, err)
	soon := textTo(single(p, other))
	soon.Content = map[string]string{"text": "canary for soon"}
	_, err = p.ScheduleMessage(t.Context(), soon, in(200*time.Millisecond))
	require.NoError(t, err)
	_, err = p.UpdateConversation(t.Context(), single(p, other), imclient.ConversationChange{Draft: ptr("canary draft")})
	require.NoError(t, err)
	_, err = p.SearchMessages(t.Context(), imclient.MessageSearch{Text: "canary"}, 0, "")
	require.NoError(t, err)
	eventually(t, "the scheduled message is sent", func(context.Context) bool {
		return strings.Contains(other.raw(single(p, other)), "canary for soon")
	})
}

// tellGroupCanaries fills what people write in groups, lets somebody who is refused do so too, and answers an invite's code.
func (p *person) tellGroupCanaries(t *testing.T, member, outsider *person) string {
	t.Helper()
	ctx := t.Context()
	id, _ := groupOf(t, "approval", p, member)
	require.NoError(t, p.Announce(ctx, id, "canary announcement"))
	require.Error(t, member.Announce(ctx, id, "canary announcement"))
	_, err := member.UpdateMember(ctx, id, member.id, map[string]any{"nickname": "canary member"})
	require.NoError(t, err)
	_, err = p.FindMembers(ctx, id, imclient.MemberFilter{Name: "canary"}, 0, "")
	require.NoError(t, err)
	_, err = outsider.JoinGroup(ctx, id, "canary, let me in")
	require.NoError(t, err)
	_, err = outsider.JoinGroup(ctx, "1", "canary, let me in")
	require.Error(t, err)
	invite, err := p.CreateInvite(ctx, id, 0, 1)
	require.NoError(t, err)
	_, err = outsider.InvitedTo(ctx, invite.Code)
	require.NoError(t, err)
	_, err = member.JoinByInvite(ctx, invite.Code)
	require.Error(t, err)
	_, err = outsider.JoinByInvite(ctx, invite.Code)
	require.NoError(t, err)
	for _, code := range []string{"canary-code", invite.Code} { // none, and used up
		_, err = outsider.InvitedTo(ctx, code)
		require.Error(t, err)
	}
	_, err = outsider.SearchMessages(ctx, imclient.MessageSearch{Text: "canary", ConversationID: "g:1"}, 0, "")
	require.Error(t, err)
	return invite.Code
}

// failWithCanaries takes the ways on which something is refused.
func (p *person) failWithCanaries(t *testing.T, base string, other *person) {
	t.Helper()
	ctx := t.Context()
	stranger := imclient.New(base)
	_, err := stranger.Login(ctx, p.name, "canary wrong", device("ios"))
	requireReason(t, err, http.StatusUnauthorized, "INVALID_CREDENTIALS")
	_, err = stranger.Login(ctx, "canary", "canary wrong", imclient.DeviceInfo{DeviceID: "canary", Platform: "canary"})
	require.Error(t, err)
	_, err = stranger.Register(ctx, p.name, "canary password", "canary", device("ios"))
	requireReason(t, err, http.StatusConflict, "USERNAME_TAKEN")
	_, err = imclient.New(base, imclient.WithTokens(imclient.Tokens{AccessToken: "canary", RefreshToken: "canary"})).Me(ctx)
	requireReason(t, err, http.StatusUnauthorized, "UNAUTHENTICATED")
	require.Error(t, imclient.New(base, imclient.WithTokens(imclient.Tokens{RefreshToken: "canary"})).Refresh(ctx))
	_, err = other.UpdateMe(ctx, map[string]any{"email": "canary@example.org"})
	requireReason(t, err, http.StatusConflict, "EMAIL_TAKEN")
	_, err = other.UpdateMe(ctx, map[string]any{"phone": canaryPhone + "0"})
	require.NoError(t, err)
	_, err = other.UpdateMe(ctx, map[string]any{"phone": "+" + canaryPhone})
	requireReason(t, err, http.StatusConflict, "PHONE_TAKEN")
	_, err = other.UpdateMe(ctx, map[string]any{"phone": "canary"})
	requireReason(t, err, http.StatusBadRequest, "INVALID_ARGUMENT")
	_, err = other.SearchUsers(ctx, "canary@example.org", 0, "")
	require.NoError(t, err)
	_, err = other.SearchUsers(ctx, "+"+canaryPhone, 0, "")
	require.NoError(t, err)
	require.Error(t, other.ChangePassword(ctx, "canary wrong", "canary, another"))
	require.Error(t, other.DeleteAccount(ctx, "canary wrong"))
	require.Error(t, other.Do(ctx, http.MethodPost, "/v1/messages", map[string]any{"content": "canary"}, nil))
	require.Error(t, other.Do(ctx, http.MethodGet, "/v1/nowhere?token=canary", nil, nil))
}
