package e2e_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/imclient"
)

const newPassword = "staple of the other battery"

func TestAChangedPasswordEndsAllOtherSessions(t *testing.T) {
	t.Parallel()
	p := newPerson(t)
	phone := p.another("ios")
	here, there := p.connect(0), phone.connect(1)
	requireReason(t, p.ChangePassword(t.Context(), "wrong password", newPassword), http.StatusUnauthorized, "INVALID_CREDENTIALS")
	api := requireReason(t, p.ChangePassword(t.Context(), password, "short"), http.StatusBadRequest, "INVALID_ARGUMENT")
	require.Equal(t, "newPassword", api.Fields[0].Field)
	_, err := phone.Me(t.Context())
	require.NoError(t, err, "nothing has changed so far")

	require.NoError(t, p.ChangePassword(t.Context(), password, newPassword))
	requireKicked(t, there, "SESSION_REVOKED", 4501)
	_, err = phone.Me(t.Context())
	requireReason(t, err, http.StatusUnauthorized, "SESSION_REVOKED")
	requireReason(t, phone.Refresh(t.Context()), http.StatusUnauthorized, "SESSION_REVOKED")
	require.NoError(t, here.Request(t.Context(), "ping", nil, nil))
	require.NoError(t, p.ChangePassword(t.Context(), password, newPassword), "a client repeats it when its answer was lost")
	_, err = p.Me(t.Context())
	require.NoError(t, err)

	_, err = phone.Login(t.Context(), p.name, password, device("ios"))
	requireReason(t, err, http.StatusUnauthorized, "INVALID_CREDENTIALS")
	_, err = phone.Login(t.Context(), p.name, newPassword, device("ios"))
	require.NoError(t, err)
}

func TestADeletedAccountLeavesItsMessagesAndNothingPersonal(t *testing.T) {
	t.Parallel()
	a, b := friends(t)
	id := single(a, b)
	_, err := a.UpdateMe(t.Context(), map[string]any{"nickname": "Al", "bio": "about me", "email": a.name + "@example.org"})
	require.NoError(t, err)
	a.say(id, "my last words")
	phone := a.another("ios")
	conns := []*imclient.Conn{a.connect(0), phone.connect(1)}
	requireReason(t, a.DeleteAccount(t.Context(), "wrong password"), http.StatusUnauthorized, "INVALID_CREDENTIALS")
	used := a.Tokens()
	require.NoError(t, a.DeleteAccount(t.Context(), password))
	for _, conn := range conns {
		requireKicked(t, conn, "SESSION_REVOKED", 4501)
	}
	_, err = imclient.New(sys.APIURL(), imclient.WithTokens(used)).Me(t.Context())
	requireReason(t, err, http.StatusUnauthorized, "SESSION_REVOKED")
	_, err = phone.Login(t.Context(), a.name, password, device("ios"))
	requireReason(t, err, http.StatusUnauthorized, "INVALID_CREDENTIALS")
	_, err = phone.Register(t.Context(), a.name, password, "", device("ios"))
	requireReason(t, err, http.StatusConflict, "USERNAME_TAKEN")

	history := b.history(id)
	last := history[len(history)-1]
	require.Equal(t, a.id, last.SenderID)
	require.JSONEq(t, `{"text":"my last words"}`, string(last.Content))
	gone := imclient.User{UserID: a.id, CreatedAt: a.user.CreatedAt, Deleted: true}
	seen, err := b.User(t.Context(), a.id)
	require.NoError(t, err)
	require.Equal(t, gone, seen)
	both, err := b.Users(t.Context(), a.id, b.id)
	require.NoError(t, err)
	require.Equal(t, []imclient.User{gone, b.user}, both)
	found, err := b.SearchUsers(t.Context(), a.name, 0, "")
	require.NoError(t, err)
	require.Empty(t, found.Items)
	_, err = newPerson(t).AddFriend(t.Context(), a.id, "hello")
	requireReason(t, err, http.StatusNotFound, "USER_NOT_FOUND")
}

func TestTheNameOfADeletedAccountIsFreeAfterTheTimeConfigured(t *testing.T) {
	t.Parallel()
	s := ownSystem(t, map[string]string{"USER_NAME_HOLD": "0s"})
	p := newPersonOn(t, s)
	require.NoError(t, p.DeleteAccount(t.Context(), password))
	again := imclient.New(s.APIURL())
	signedIn, err := again.Register(t.Context(), p.name, password, "", device("web"))
	require.NoError(t, err)
	require.NotEqual(t, p.id, signedIn.User.UserID)
	old, err := again.User(t.Context(), p.id)
	require.NoError(t, err)
	require.True(t, old.Deleted)
}
