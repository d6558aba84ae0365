package e2e_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"im-backend/common/imclient"
)

func TestRegisterLogInAndOut(t *testing.T) {
	t.Parallel()
	c := imclient.New(sys.APIURL())
	name := unique("Alice-")
	signedIn, err := c.Register(t.Context(), name, password, "Alice", device("web"))
	require.NoError(t, err)
	require.Equal(t, name, signedIn.User.Username)
	require.Equal(t, "Alice", signedIn.User.Nickname)
	require.NotEmpty(t, signedIn.Session.SessionID)
	require.Greater(t, signedIn.Tokens.RefreshExpiresAt, signedIn.Tokens.AccessExpiresAt)

	_, err = imclient.New(sys.APIURL()).Register(t.Context(), strings.ToUpper(name), password, "", device("web"))
	requireReason(t, err, http.StatusConflict, "USERNAME_TAKEN")

	login := imclient.New(sys.APIURL())
	_, err = login.Login(t.Context(), strings.ToUpper(name), password, device("ios"))
	require.NoError(t, err, "usernames have no case")
	for _, wrong := range []struct{ name, password string }{{name, "wrong password"}, {unique("nobody-"), password}} {
		_, err = imclient.New(sys.APIURL()).Login(t.Context(), wrong.name, wrong.password, device("web"))
		requireReason(t, err, http.StatusUnauthorized, "INVALID_CREDENTIALS")
	}

	used := login.Tokens()
	require.NoError(t, login.Logout(t.Context()))
	_, err = imclient.New(sys.APIURL(), imclient.WithTokens(used)).Me(t.Context())
	requireReason(t, err, http.StatusUnauthorized, "SESSION_REVOKED")
	_, err = c.Me(t.Context())
	require.NoError(t, err, "the other session lives on")
}

func TestRegisterNamesEveryBadField(t *testing.T) {
	t.Parallel()
	c := imclient.New(sys.APIURL())
	_, err := c.Register(t.Context(), "a b", "short", "", device("web"))
	api := requireReason(t, err, http.StatusBadRequest, "INVALID_ARGUMENT")
	var fields []string
	for _, f := range api.Fields {
		fields = append(fields, f.Field)
	}
	require.ElementsMatch(t, []string{"username", "password"}, fields)
	require.NotEmpty(t, api.RequestID)

	_, err = c.Register(t.Context(), unique("user-"), password, "", imclient.DeviceInfo{DeviceID: "d", Platform: "toaster"})
	api = requireReason(t, err, http.StatusBadRequest, "INVALID_ARGUMENT")
	require.Equal(t, "device.platform", api.Fields[0].Field)
}

func TestRefreshRotatesAndForgivesALostAnswer(t *testing.T) {
	t.Parallel()
	p := newPerson(t)
	first := p.Tokens()
	require.NoError(t, p.Refresh(t.Context()))
	second := p.Tokens()
	require.NotEqual(t, first.RefreshToken, second.RefreshToken)

	lost := imclient.New(sys.APIURL(), imclient.WithTokens(first))
	require.NoError(t, lost.Refresh(t.Context()), "the same device repeats a refresh whose answer was lost")
	require.Equal(t, second.RefreshToken, lost.Tokens().RefreshToken)

	require.NoError(t, p.Refresh(t.Context()))
	reused := imclient.New(sys.APIURL(), imclient.WithTokens(first))
	requireReason(t, reused.Refresh(t.Context()), http.StatusUnauthorized, "REFRESH_TOKEN_REUSED")
	_, err := p.Me(t.Context())
	requireReason(t, err, http.StatusUnauthorized, "SESSION_REVOKED")
}

func TestSessionsAreListedAndRevoked(t *testing.T) {
	t.Parallel()
	p := newPerson(t)
	phone, tablet := p.another("ios"), p.another("android")
	sessions, err := p.Sessions(t.Context())
	require.NoError(t, err)
	require.Len(t, sessions, 3)
	var current, phones int
	for _, s := range sessions {
		if s.Current {
			current++
		}
		if s.Platform == "ios" {
			phones++
			require.NoError(t, p.RevokeSession(t.Context(), s.SessionID))
		}
	}
	require.Equal(t, 1, current)
	require.Equal(t, 1, phones)
	_, err = phone.Me(t.Context())
	requireReason(t, err, http.StatusUnauthorized, "SESSION_REVOKED")
	requireReason(t, p.RevokeSession(t.Context(), "123"), http.StatusNotFound, "NOT_FOUND")

	require.NoError(t, tablet.RevokeOtherSessions(t.Context()))
	_, err = p.Me(t.Context())
	requireReason(t, err, http.StatusUnauthorized, "SESSION_REVOKED")
	_, err = tablet.Me(t.Context())
	require.NoError(t, err)
}

func TestALoginEndsTheOlderSessionOfItsPlatform(t *testing.T) {
	t.Parallel()
	p := newPerson(t)
	first := p.another("ios")
	second := p.another("ios")
	_, err := first.Me(t.Context())
	requireReason(t, err, http.StatusUnauthorized, "SESSION_REVOKED")
	_, err = second.Me(t.Context())
	require.NoError(t, err)
	p.another("web")
	_, err = p.Me(t.Context())
	require.NoError(t, err, "a user may have several web sessions")
}

func TestProfilesAndSearch(t *testing.T) {
	t.Parallel()
	p, other := newPerson(t), newPerson(t)
	me, err := p.UpdateMe(t.Context(), map[string]any{"nickname": "小明", "bio": "hello", "email": p.name + "@example.org"})
	require.NoError(t, err)
	require.Equal(t, "小明", me.Nickname)
	require.Equal(t, p.name+"@example.org", me.Email)
	me, err = p.UpdateMe(t.Context(), map[string]any{"bio": ""})
	require.NoError(t, err)
	require.Equal(t, "小明", me.Nickname, "what is absent is unchanged")
	require.Empty(t, me.Bio)

	seen, err := other.User(t.Context(), p.id)
	require.NoError(t, err)
	require.Equal(t, "小明", seen.Nickname)
	var raw map[string]any
	require.NoError(t, other.Do(t.Context(), http.MethodGet, "/v1/users/"+p.id, nil, &raw))
	require.NotContains(t, raw, "email")
	require.NotContains(t, raw, "phone")

	both, err := other.Users(t.Context(), p.id, other.id, "99")
	require.NoError(t, err)
	require.Len(t, both, 2)
	for _, unknown := range []string{"99", "abc", "-1"} {
		_, err = other.User(t.Context(), unknown)
		requireReason(t, err, http.StatusNotFound, "USER_NOT_FOUND")
	}
	found, err := other.SearchUsers(t.Context(), strings.ToUpper(p.name), 10, "")
	require.NoError(t, err)
	require.Len(t, found.Items, 1)
	require.Equal(t, p.id, found.Items[0].UserID)
	_, err = p.UpdateMe(t.Context(), map[string]any{"nickname": "a\u202eb"})
	requireReason(t, err, http.StatusBadRequest, "INVALID_ARGUMENT")
}

func TestRacingSettingsBothStay(t *testing.T) {
	t.Parallel()
	p := newPerson(t)
	var changing errgroup.Group
	for _, name := range []string{"findableByPhone", "findableByEmail"} {
		changing.Go(func() error {
			_, err := p.UpdateMe(t.Context(), map[string]any{"settings": map[string]any{name: true}})
			return err
		})
	}
	require.NoError(t, changing.Wait())
	me, err := p.Me(t.Context())
	require.NoError(t, err)
	require.Equal(t, imclient.Settings{
		FindableByPhone: true, FindableByEmail: true, FindableByName: true, ShowLastSeen: true, FriendRequestsFrom: "everyone",
	}, me.Settings)
}

func TestSearchesHaveABudget(t *testing.T) {
	t.Parallel()
	p, other := newPerson(t), newPerson(t)
	for range 30 {
		_, err := p.SearchUsers(t.Context(), other.name, 1, "")
		require.NoError(t, err)
	}
	_, err := p.SearchUsers(t.Context(), other.name, 1, "")
	api := requireReason(t, err, http.StatusTooManyRequests, "RATE_LIMITED")
	require.Greater(t, api.RetryAfter, time.Duration(0))
	require.LessOrEqual(t, api.RetryAfter, time.Minute)
	_, err = other.SearchUsers(t.Context(), p.name, 1, "")
	require.NoError(t, err, "another user has a budget of its own")
	_, err = p.User(t.Context(), other.id)
	require.NoError(t, err, "who is known by id is no search")
}
