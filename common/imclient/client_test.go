package imclient

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/imclient/fakeim"
)

func signedIn(t *testing.T, s *fakeim.Server, opts ...Option) *Client {
	t.Helper()
	c := New(s.URL, opts...)
	_, err := c.Login(t.Context(), "me", "password", DeviceInfo{DeviceID: "d", Platform: "linux"})
	require.NoError(t, err)
	return c
}

func TestAnExpiredTokenIsRefreshedOnceForAllCallers(t *testing.T) {
	t.Parallel()
	s := fakeim.New(t)
	var mu sync.Mutex
	var kept []Tokens
	c := signedIn(t, s, OnTokens(func(tokens Tokens) {
		mu.Lock()
		defer mu.Unlock()
		kept = append(kept, tokens)
	}))
	s.Expire()
	var wg sync.WaitGroup
	errs := make(chan error, 20)
	for range cap(errs) {
		wg.Go(func() {
			_, err := c.Sync(t.Context(), "", 0)
			errs <- err
		})
	}
	wg.Wait()
	for range cap(errs) {
		require.NoError(t, <-errs)
	}
	require.Equal(t, 1, s.Refreshes())
	require.Equal(t, "access-1", c.Tokens().AccessToken)
	require.Len(t, kept, 2)
}

func TestARefusalNamesEachFieldOnce(t *testing.T) {
	t.Parallel()
	e := &APIError{Reason: "INVALID_ARGUMENT", Detail: "a: must be b", Fields: []Field{{"a", "must be b"}, {"c", "must be d"}}}
	require.Equal(t, "INVALID_ARGUMENT: a: must be b (c must be d)", e.Error())
}

func TestRefusalsAreAPIErrors(t *testing.T) {
	t.Parallel()
	s := fakeim.New(t)
	c := signedIn(t, s)
	s.Script("GET /v1/friends", 409, "ALREADY_FRIENDS")
	_, err := c.Friends(t.Context(), 0, 0, "")
	var e *APIError
	require.ErrorAs(t, err, &e)
	require.Equal(t, 409, e.Status)
	require.Equal(t, "ALREADY_FRIENDS", Reason(err))
	require.Equal(t, []Field{{Field: "f", Message: "m"}}, e.Fields)
	require.Equal(t, "request-1", e.RequestID)
	require.Equal(t, "ALREADY_FRIENDS: because of ALREADY_FRIENDS (f m)", err.Error())
	require.False(t, e.Retryable)
	s.Script("GET /v1/friends", 503, "UNAVAILABLE")
	_, err = c.Friends(t.Context(), 0, 0, "")
	require.ErrorAs(t, err, &e)
	require.True(t, e.Retryable)
	require.Empty(t, Reason(context.Canceled))
	require.ErrorIs(t, New(s.URL).Refresh(t.Context()), ErrNoSession)
}

func TestEveryMethodCallsItsRoute(t *testing.T) {
	t.Parallel()
	s := fakeim.New(t)
	c := signedIn(t, s)
	ctx := t.Context()
	for _, tc := range []struct {
		want, body string
		call       func() error
	}{
		{"GET /v1/auth/sessions", "", func() error { _, err := c.Sessions(ctx); return err }},
		{"DELETE /v1/auth/sessions/5", "", func() error { return c.RevokeSession(ctx, "5") }},
		{"POST /v1/auth/sessions/revoke-others", "", func() error { return c.RevokeOtherSessions(ctx) }},
		{"GET /v1/users/me", "", func() error { _, err := c.Me(ctx); return err }},
		{"PATCH /v1/users/me", `{"bio":"b"}`, func() error { _, err := c.UpdateMe(ctx, map[string]any{"bio": "b"}); return err }},
		{"GET /v1/users/5", "", func() error { _, err := c.User(ctx, "5"); return err }},
		{"GET /v1/users?ids=5%2C6", "", func() error { _, err := c.Users(ctx, "5", "6"); return err }},
		{"GET /v1/users/search?cursor=c&limit=3&q=a+b", "", func() error { _, err := c.SearchUsers(ctx, "a b", 3, "c"); return err }},
		{"POST /v1/friend-requests", `{"message":"hi","toUserId":"5"}`, func() error { _, err := c.AddFriend(ctx, "5", "hi"); return err }},
		{"GET /v1/friend-requests?direction=incoming&status=", "", func() error { _, err := c.FriendRequests(ctx, "incoming", "", 0, ""); return err }},
		{"POST /v1/friend-requests/5/accept", `{"remark":"r"}`, func() error { _, err := c.AcceptFriend(ctx, "5", "r"); return err }},
		{"POST /v1/friend-requests/5/reject", `{}`, func() error { _, err := c.RejectFriend(ctx, "5"); return err }},
		{"POST /v1/friend-requests/5/cancel", `{}`, func() error { _, err := c.CancelFriend(ctx, "5"); return err }},
		{"GET /v1/friends?limit=2&since=9", "", func() error { _, err := c.Friends(ctx, 9, 2, ""); return err }},
		{"PATCH /v1/friends/5", `{"remark":"r"}`, func() error { _, err := c.UpdateFriend(ctx, "5", map[string]any{"remark": "r"}); return err }},
		{"DELETE /v1/friends/5", "", func() error { return c.DeleteFriend(ctx, "5") }},
		{"GET /v1/blocks", "", func() error { _, err := c.Blocks(ctx, 0, ""); return err }},
		{"PUT /v1/blocks/5", "", func() error { return c.Block(ctx, "5") }},
		{"DELETE /v1/blocks/5", "", func() error { return c.Unblock(ctx, "5") }},
		{"POST /v1/groups", `{"name":"g","memberIds":["5"]}`, func() error {
			_, err := c.CreateGroup(ctx, NewGroup{Name: "g", MemberIDs: []string{"5"}})
			return err
		}},
		{"GET /v1/groups", "", func() error { _, err := c.Groups(ctx, 0, ""); return err }},
		{"GET /v1/groups/5", "", func() error { _, err := c.Group(ctx, "5"); return err }},
		{"PATCH /v1/groups/5", `{"name":"n"}`, func() error { _, err := c.UpdateGroup(ctx, "5", map[string]any{"name": "n"}); return err }},
		{"DELETE /v1/groups/5", "", func() error { return c.DismissGroup(ctx, "5") }},
		{"GET /v1/groups/5/members", "", func() error { _, err := c.Members(ctx, "5", 0, ""); return err }},
		{"POST /v1/groups/5/members", `{"userIds":["6","7"]}`, func() error { _, err := c.AddMembers(ctx, "5", "6", "7"); return err }},
		{"DELETE /v1/groups/5/members/6", "", func() error { return c.RemoveMember(ctx, "5", "6") }},
		{"DELETE /v1/groups/5/members/me", "", func() error { return c.LeaveGroup(ctx, "5") }},
		{"GET /v1/conversations?limit=4", "", func() error { _, err := c.Conversations(ctx, 4, ""); return err }},
		{"GET /v1/conversations/s:5:7", "", func() error { _, err := c.Conversation(ctx, "s:5:7"); return err }},
		{"POST /v1/conversations/s:5:7/read", `{"seq":4}`, func() error { return c.MarkRead(ctx, "s:5:7", 4) }},
		{"POST /v1/auth/logout", "", func() error { return c.Logout(ctx) }},
	} {
		call := tc.want
		for i := range call {
			if call[i] == '?' {
				call = call[:i]
				break
			}
		}
		s.Script(call, 200, map[string]any{"items": []any{}})
		require.NoError(t, tc.call(), tc.want)
		all := s.Requests()
		require.Equal(t, fakeim.Request{Call: tc.want, Body: tc.body}, all[len(all)-1])
	}
	require.Empty(t, c.Tokens())
}

func TestHistoryReadsBothWays(t *testing.T) {
	t.Parallel()
	s := fakeim.New(t)
	c := signedIn(t, s)
	for range 5 {
		s.Post("s:7:8", "x")
	}
	seqs := func(h History, err error) []int64 {
		require.NoError(t, err)
		out := []int64{}
		for _, m := range h.Items {
			out = append(out, m.Seq)
		}
		return out
	}
	require.Equal(t, []int64{3, 4}, seqs(c.HistoryAfter(t.Context(), "s:7:8", 2, 2)))
	require.Equal(t, []int64{4, 5}, seqs(c.HistoryBefore(t.Context(), "s:7:8", 0, 2)))
	require.Equal(t, []int64{1, 2}, seqs(c.HistoryBefore(t.Context(), "s:7:8", 3, 2)))
	m := Text("hi")
	m.ToUserID = "8"
	first, err := c.SendMessage(t.Context(), m)
	require.NoError(t, err)
	again, err := c.SendMessage(t.Context(), m)
	require.NoError(t, err)
	require.Equal(t, first, again)
	require.EqualValues(t, 6, first.Seq)
}

func TestTokensThatAnotherProcessRefreshedAreTaken(t *testing.T) {
	t.Parallel()
	s := fakeim.New(t)
	c := signedIn(t, s, SharedTokens(func() Tokens { return Tokens{AccessToken: "access-1", RefreshToken: "refresh-1"} }))
	s.Expire()
	_, err := c.Sync(t.Context(), "", 0)
	require.NoError(t, err)
	require.Zero(t, s.Refreshes())
	require.Equal(t, "refresh-1", c.Tokens().RefreshToken)
}
