package e2e_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"im-backend/common/imclient"
	"im-backend/common/utils/dbx"
	"im-backend/common/utils/errs"
	"im-backend/scripts/imd/embedded"
	"im-backend/scripts/imd/system"
)

// scene is the test of one case.
type scene struct{ *testing.T }

// refusal is how one comes to a reason: status is that of the contract, and reach answers the errors of the calls that are refused
// for it, over HTTP and as frames.
type refusal struct {
	status int
	reach  func(t scene) []error
}

// unreachable are the reasons that no client can come to, and why they are declared all the same.
var unreachable = map[string]string{
	"INTERNAL": "an error that nobody foresaw becomes it; a way to it would be a bug",
}

// TestEveryReasonIsReachedThroughThePublicContract goes through the reasons that are declared, so that none is without a case.
func TestEveryReasonIsReachedThroughThePublicContract(t *testing.T) {
	t.Parallel()
	cases := map[string]refusal{}
	for _, part := range []map[string]refusal{
		credentialRefusals(), relationRefusals(), missing(), conflicts(), limits(tight(t)), expired(brief(t)), overloads(),
	} {
		for reason, c := range part {
			require.NotContains(t, cases, reason, "twice")
			cases[reason] = c
		}
	}
	for _, reason := range errs.Reasons() {
		if unreachable[reason] != "" {
			require.NotContains(t, cases, reason)
			continue
		}
		t.Run(reason, func(t *testing.T) {
			t.Parallel()
			c, ok := cases[reason]
			require.True(t, ok, "no case comes to this reason")
			require.Equal(t, c.status, errs.ByReason(reason).Kind.HTTPStatus())
			refused := c.reach(scene{t})
			require.NotEmpty(t, refused)
			for _, err := range refused {
				requireRefusal(t, err, c.status, reason)
			}
		})
	}
	for reason := range cases {
		require.Contains(t, errs.Reasons(), reason, "nobody declares it")
	}
}

// requireRefusal checks all that a client is told with a reason: in a problem, or in a frame, which has no status.
func requireRefusal(t *testing.T, err error, status int, reason string) {
	t.Helper()
	var told *imclient.APIError
	require.ErrorAs(t, err, &told)
	retryable := status == http.StatusTooManyRequests || status >= http.StatusInternalServerError
	require.Equal(t, retryable, told.Retryable)
	require.NotEmpty(t, told.Detail)
	if told.Status == 0 {
		require.Equal(t, reason, told.Reason)
		return
	}
	requireReason(t, err, status, reason)
	require.Len(t, told.RequestID, 32)
	if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
		require.Positive(t, told.RetryAfter)
	}
	require.Equal(t, reason == "INVALID_ARGUMENT", len(told.Fields) > 0)
}

// tight is a system where one of everything is enough, and nothing may be changed afterwards.
func tight(t *testing.T) *system.System {
	t.Helper()
	return ownSystem(t, map[string]string{
		"FRIEND_MAX_FRIENDS": "1", "FRIEND_MAX_PENDING": "1", "FRIEND_MAX_TAGS": "1", "FRIEND_MAX_BLOCKS": "1",
		"GROUP_MAX_MEMBERS": "3", "GROUP_MAX_PER_USER": "1", "GROUP_MAX_ADMINS": "1", "GROUP_MAX_INVITES": "1",
		"GROUP_MAX_BANS": "1", "GROUP_MAX_REQUESTS": "1",
		"CHAT_REACTION_KINDS": "1", "CHAT_PINS": "1", "CHAT_SCHEDULE_PENDING": "1", "RECALL_WINDOW": "0s", "EDIT_WINDOW": "0s",
		"SEARCH_PER_MINUTE": "1",
	})
}

// brief is a system where everything is soon over.
func brief(t *testing.T) *system.System {
	t.Helper()
	return ownSystem(t, map[string]string{"AUTH_ACCESS_LIFETIME": "2s", "FRIEND_REQUEST_LIFETIME": "1s"})
}

// tells sends a message over HTTP and as a frame, and answers what came of both.
func (p *person) tells(m imclient.Outgoing) []error {
	p.t.Helper()
	_, err := p.SendMessage(p.t.Context(), m)
	m.ClientMsgID += "-"
	return []error{err, p.connect(0).Request(p.t.Context(), "message.send", m, nil)}
}

func textTo(conversation string) imclient.Outgoing {
	m := imclient.Text("hello")
	m.ConversationID = conversation
	return m
}

// only is one error, for calls that are refused in one way alone.
func only(_ any, err error) []error { return []error{err} }

func credentialRefusals() map[string]refusal {
	return map[string]refusal{
		"UNAUTHENTICATED": {http.StatusUnauthorized, func(t scene) []error {
			_, err := imclient.Dial(t.Context(), sys.WSURLs()[0], imclient.Bearer("forged"))
			return append(only(imclient.New(sys.APIURL()).Me(t.Context())), err)
		}},
		"SESSION_REVOKED": {http.StatusUnauthorized, func(t scene) []error {
			p := newPerson(t)
			old := p.Tokens()
			require.NoError(t, p.Logout(t.Context()))
			_, err := imclient.Dial(t.Context(), sys.WSURLs()[0], imclient.Bearer(old.AccessToken))
			return append(only(imclient.New(sys.APIURL(), imclient.WithTokens(old)).Me(t.Context())), err)
		}},
		"INVALID_CREDENTIALS": {http.StatusUnauthorized, func(t scene) []error {
			p := newPerson(t)
			_, err := p.Login(t.Context(), p.name, "not the password", device("web"))
			return []error{err, p.ChangePassword(t.Context(), "not the password", password+"!"), p.DeleteAccount(t.Context(), "not the password")}
		}},
		"REFRESH_TOKEN_REUSED": {http.StatusUnauthorized, func(t scene) []error {
			p := newPerson(t)
			used := imclient.New(sys.APIURL(), imclient.WithTokens(p.Tokens()))
			require.NoError(t, p.Refresh(t.Context()))
			require.NoError(t, p.Refresh(t.Context()))
			return []error{used.Refresh(t.Context())}
		}},
		"USER_BANNED": {http.StatusForbidden, func(t scene) []error {
			p := newPerson(t)
			_, err := imctl(t, "", "-etcd", sys.Stores().Etcd, "users", "ban", p.id)
			require.NoError(t, err)
			return only(p.Login(t.Context(), p.name, password, device("web")))
		}},
		"INVALID_ARGUMENT": {http.StatusBadRequest, func(t scene) []error {
			p := newPerson(t)
			m := textTo("n:" + p.id)
			m.Type = "smoke-signal"
			_, err := p.SendMessage(t.Context(), m)
			return []error{err}
		}},
	}
}

// relationRefusals are for who one is to another, or in a group.
func relationRefusals() map[string]refusal {
	inGroup := func(t scene) (owner, member *person, g imclient.Group, conversation string) {
		owner, member = newPerson(t), newPerson(t)
		g, conversation = group(t, owner, member)
		return owner, member, g, conversation
	}
	return map[string]refusal{
		"FORBIDDEN": {http.StatusForbidden, func(t scene) []error {
			a, b := friends(t)
			sent := a.say(single(a, b), "mine")
			_, err := b.Recall(t.Context(), single(a, b), sent.Seq)
			return append(a.tells(textTo("n:"+a.id)), err)
		}},
		"NOT_FRIENDS": {http.StatusForbidden, func(t scene) []error {
			a, b := newPerson(t), newPerson(t)
			_, err := a.UpdateFriend(t.Context(), b.id, map[string]any{"starred": true})
			return append(a.tells(textTo(single(a, b))), err)
		}},
		"BLOCKED": {http.StatusForbidden, func(t scene) []error {
			a, b := friends(t)
			require.NoError(t, b.Block(t.Context(), a.id))
			_, err := a.AddFriend(t.Context(), b.id, "")
			return append(a.tells(textTo(single(a, b))), err)
		}},
		"NOT_GROUP_MEMBER": {http.StatusForbidden, func(t scene) []error {
			_, member, g, conversation := inGroup(t)
			require.NoError(t, member.LeaveGroup(t.Context(), g.GroupID))
			return member.tells(textTo(conversation))
		}},
		"NOT_GROUP_ADMIN": {http.StatusForbidden, func(t scene) []error {
			_, member, g, conversation := inGroup(t)
			m := textTo(conversation)
			m.Mentions = []string{"all"}
			return append(member.tells(m), member.Announce(t.Context(), g.GroupID, "x"))
		}},
		"NOT_GROUP_OWNER": {http.StatusForbidden, func(t scene) []error {
			_, member, g, _ := inGroup(t)
			return []error{member.DismissGroup(t.Context(), g.GroupID)}
		}},
		"MUTED": {http.StatusForbidden, func(t scene) []error {
			owner, member, g, conversation := inGroup(t)
			_, err := owner.UpdateMember(t.Context(), g.GroupID, member.id, map[string]any{"mutedUntil": in(time.Hour)})
			require.NoError(t, err)
			return member.tells(textTo(conversation))
		}},
		"FRIEND_REQUESTS_REFUSED": {http.StatusForbidden, func(t scene) []error {
			shy, other := newPerson(t), newPerson(t)
			_, err := shy.UpdateMe(t.Context(), map[string]any{"settings": map[string]any{"friendRequestsFrom": "nobody"}})
			require.NoError(t, err)
			return only(other.AddFriend(t.Context(), shy.id, ""))
		}},
	}
}

// missing is what there is not, or not for the caller.
func missing() map[string]refusal {
	return map[string]refusal{
		"NOT_FOUND": {http.StatusNotFound, func(t scene) []error {
			p := newPerson(t)
			return []error{p.RevokeSession(t.Context(), "1"), p.Do(t.Context(), http.MethodGet, "/v1/nowhere", nil, nil)}
		}},
		"USER_NOT_FOUND": {http.StatusNotFound, func(t scene) []error {
			p := newPerson(t)
			m := imclient.Text("hello")
			m.ToUserID = "1"
			return append(p.tells(m), only(p.User(t.Context(), "1"))...)
		}},
		"GROUP_NOT_FOUND": {http.StatusNotFound, func(t scene) []error {
			g, _ := group(t, newPerson(t))
			return only(newPerson(t).Group(t.Context(), g.GroupID))
		}},
		"CONVERSATION_NOT_FOUND": {http.StatusNotFound, func(t scene) []error {
			_, conversation := group(t, newPerson(t))
			return newPerson(t).tells(textTo(conversation))
		}},
		"MESSAGE_NOT_FOUND": {http.StatusNotFound, func(t scene) []error {
			a, b := friends(t)
			ask := map[string]any{"conversationId": single(a, b), "seq": 99}
			return append(only(a.Recall(t.Context(), single(a, b), 99)), a.connect(0).Request(t.Context(), "message.recall", ask, nil))
		}},
		"REQUEST_NOT_FOUND": {http.StatusNotFound, func(t scene) []error {
			return only(newPerson(t).AcceptFriend(t.Context(), "1", ""))
		}},
		"SCHEDULED_NOT_FOUND": {http.StatusNotFound, func(t scene) []error {
			return []error{newPerson(t).CancelScheduled(t.Context(), "1")}
		}},
		"METHOD_NOT_ALLOWED": {http.StatusMethodNotAllowed, func(t scene) []error {
			return []error{newPerson(t).Do(t.Context(), http.MethodPut, "/v1/friends", nil, nil)}
		}},
	}
}

// expired is what was there until a moment ago, on a brief system.
func expired(s *system.System) map[string]refusal {
	return map[string]refusal{
		"TOKEN_EXPIRED": {http.StatusUnauthorized, func(t scene) []error {
			token := imclient.Bearer(newPersonOn(t, s).Tokens().AccessToken)
			var err error
			eventually(t, "the token has expired", func(ctx context.Context) bool {
				var conn *imclient.Conn
				if conn, err = imclient.Dial(ctx, s.WSURLs()[0], token); err == nil {
					conn.Close()
				}
				return err != nil
			})
			return []error{err}
		}},
		"REQUEST_EXPIRED": {http.StatusConflict, func(t scene) []error {
			a, b := newPersonOn(t, s), newPersonOn(t, s)
			request, err := a.AddFriend(t.Context(), b.id, "")
			require.NoError(t, err)
			eventually(t, "the request has expired", func(ctx context.Context) bool {
				page, err := b.FriendRequests(ctx, "incoming", "expired", 0, "")
				require.NoError(t, err)
				return len(page.Items) == 1
			})
			_, accepting := b.AcceptFriend(t.Context(), request.RequestID, "")
			_, rejecting := b.RejectFriend(t.Context(), request.RequestID)
			return append(only(a.CancelFriend(t.Context(), request.RequestID)), accepting, rejecting)
		}},
	}
}

// overloads are refusals of what is too much, and of what cannot be done now.
func overloads() map[string]refusal {
	return map[string]refusal{
		"PAYLOAD_TOO_LARGE": {http.StatusRequestEntityTooLarge, func(t scene) []error {
			m := imclient.Text(strings.Repeat("x", 2<<20))
			return only(newPerson(t).SendMessage(t.Context(), m))
		}},
		"UNAVAILABLE": {http.StatusServiceUnavailable, func(t scene) []error {
			redis := miniredis.RunT(t)
			i := newIMD(t, "--redis", redis.Addr())
			i.start()
			p := i.newPerson()
			redis.Close()
			return only(p.Me(t.Context()))
		}},
		"TIMEOUT": {http.StatusGatewayTimeout, func(t scene) []error { return held(t) }},
	}
}

// held sends messages to a chat-service whose database is locked: the first commit ends when its own time is over, those that wait
// behind it when the time of the request is.
func held(t testing.TB) (timeouts []error) {
	t.Helper()
	i := newIMD(t)
	i.start()
	p := i.newPerson()
	conversations := make([]string, 4)
	for n := range conversations {
		_, conversations[n] = group(t, p)
	}
	db, err := dbx.Open(dbx.Config{DSN: embedded.SQLite(i.data, "im_chat")})
	require.NoError(t, err)
	require.NoError(t, db.Tx(t.Context(), func(*gorm.DB) error {
		eventually(t, "a message waits too long", func(ctx context.Context) bool {
			answers := make([]error, len(conversations))
			var sending sync.WaitGroup
			for n, id := range conversations {
				sending.Go(func() { _, answers[n] = p.SendMessage(ctx, textTo(id)) })
			}
			sending.Wait()
			timeouts = slices.DeleteFunc(answers, func(err error) bool { return imclient.Reason(err) != "TIMEOUT" })
			return len(timeouts) > 0
		})
		return nil
	}))
	require.NoError(t, db.Close())
	return timeouts
}
