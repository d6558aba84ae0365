package imclient

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// Register creates an account and signs in.
func (c *Client) Register(ctx context.Context, username, password, nickname string, device DeviceInfo) (SignedIn, error) {
	return c.signIn(ctx, "/v1/auth/register", map[string]any{
		"username": username, "password": password, "nickname": nickname, "device": device,
	})
}

// Login signs in.
func (c *Client) Login(ctx context.Context, username, password string, device DeviceInfo) (SignedIn, error) {
	return c.signIn(ctx, "/v1/auth/login", map[string]any{"username": username, "password": password, "device": device})
}

func (c *Client) signIn(ctx context.Context, path string, body any) (SignedIn, error) {
	var got SignedIn
	if err := c.once(ctx, http.MethodPost, path, "", body, &got); err != nil {
		return SignedIn{}, err
	}
	c.setTokens(got.Tokens)
	return got, nil
}

// Logout ends the session and forgets its tokens.
func (c *Client) Logout(ctx context.Context) error {
	if err := c.Do(ctx, http.MethodPost, "/v1/auth/logout", nil, nil); err != nil {
		return err
	}
	c.setTokens(Tokens{})
	return nil
}

// ChangePassword sets another password and ends one's other sessions. It may be repeated when its answer was lost.
func (c *Client) ChangePassword(ctx context.Context, old, replacement string) error {
	return c.Do(ctx, http.MethodPost, "/v1/auth/password", map[string]any{"oldPassword": old, "newPassword": replacement}, nil)
}

// DeleteAccount ends one's account for good and forgets the tokens.
func (c *Client) DeleteAccount(ctx context.Context, password string) error {
	if err := c.Do(ctx, http.MethodDelete, "/v1/users/me", map[string]any{"password": password}, nil); err != nil {
		return err
	}
	c.setTokens(Tokens{})
	return nil
}

// Sessions lists one's signed-in devices, the newest first: all of them, whatever pages they come in.
func (c *Client) Sessions(ctx context.Context) ([]SessionInfo, error) {
	var all []SessionInfo
	for cursor := ""; ; {
		got, err := c.SessionPage(ctx, 0, cursor)
		if err != nil {
			return nil, err
		}
		all = append(all, got.Items...)
		if cursor = got.NextCursor; cursor == "" {
			return all, nil
		}
	}
}

// SessionPage is one page of Sessions.
func (c *Client) SessionPage(ctx context.Context, limit int, cursor string) (Page[SessionInfo], error) {
	return list[SessionInfo](ctx, c, "/v1/auth/sessions", nil, limit, cursor)
}

// RevokeSession ends one of one's sessions.
func (c *Client) RevokeSession(ctx context.Context, sessionID string) error {
	return c.Do(ctx, http.MethodDelete, "/v1/auth/sessions/"+url.PathEscape(sessionID), nil, nil)
}

// RevokeOtherSessions ends all sessions but this one.
func (c *Client) RevokeOtherSessions(ctx context.Context) error {
	return c.Do(ctx, http.MethodPost, "/v1/auth/sessions/revoke-others", nil, nil)
}

// WSTicket makes a ticket for one WebSocket.
func (c *Client) WSTicket(ctx context.Context) (Ticket, error) {
	var got Ticket
	err := c.Do(ctx, http.MethodPost, "/v1/auth/ws-ticket", nil, &got)
	return got, err
}

// Me is one's own profile.
func (c *Client) Me(ctx context.Context) (Profile, error) {
	var got Profile
	err := c.Do(ctx, http.MethodGet, "/v1/users/me", nil, &got)
	return got, err
}

// UpdateMe changes the named fields of one's own profile.
func (c *Client) UpdateMe(ctx context.Context, fields map[string]any) (Profile, error) {
	var got Profile
	err := c.Do(ctx, http.MethodPatch, "/v1/users/me", fields, &got)
	return got, err
}

// User is somebody's public profile.
func (c *Client) User(ctx context.Context, userID string) (User, error) {
	var got User
	err := c.Do(ctx, http.MethodGet, "/v1/users/"+url.PathEscape(userID), nil, &got)
	return got, err
}

// Users are the public profiles of up to 200 users, of those that exist.
func (c *Client) Users(ctx context.Context, userIDs ...string) ([]User, error) {
	var got Page[User]
	err := c.Do(ctx, http.MethodGet, "/v1/users?ids="+url.QueryEscape(strings.Join(userIDs, ",")), nil, &got)
	return got.Items, err
}

// SearchUsers finds users by exact username, phone or email, or nickname prefix.
func (c *Client) SearchUsers(ctx context.Context, q string, limit int, cursor string) (Page[User], error) {
	return list[User](ctx, c, "/v1/users/search", url.Values{"q": {q}}, limit, cursor)
}

// Presence tells which of up to 200 friends are online; others are left out.
func (c *Client) Presence(ctx context.Context, userIDs ...string) ([]Presence, error) {
	var got Page[Presence]
	err := c.Do(ctx, http.MethodGet, "/v1/presence?userIds="+url.QueryEscape(strings.Join(userIDs, ",")), nil, &got)
	return got.Items, err
}

// list reads one page; a limit of zero leaves it to the server.
func list[T any](ctx context.Context, c *Client, path string, query url.Values, limit int, cursor string) (Page[T], error) {
	var got Page[T]
	err := c.Do(ctx, http.MethodGet, path+"?"+paging(query, limit, cursor), nil, &got)
	return got, err
}

func paging(query url.Values, limit int, cursor string) string {
	if query == nil {
		query = url.Values{}
	}
	if limit != 0 {
		query.Set("limit", strconv.Itoa(limit))
	}
	if cursor != "" {
		query.Set("cursor", cursor)
	}
	return query.Encode()
}
