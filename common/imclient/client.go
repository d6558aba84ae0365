// Package imclient is the Go client of the system: typed HTTP calls (Client), a bare WebSocket (Conn), and a device that
// connects, catches up, reconnects and sends until it has an answer (Device). Tests, imcli and the load generator use it; it
// knows the public contract and nothing of the services.
package imclient

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// requestTimeout bounds one HTTP request; the servers answer sooner.
const requestTimeout = 10 * time.Second

// Client calls the HTTP API for one account. It is safe for concurrent use. An access token that has expired is refreshed
// once, by one caller, and the call is made again.
type Client struct {
	base     string
	http     *http.Client
	onTokens func(Tokens)
	shared   func() Tokens

	refreshing sync.Mutex // held by the one caller that refreshes
	mu         sync.Mutex // guards tokens
	tokens     Tokens
}

// Option changes a Client.
type Option func(*Client)

// WithTokens continues a session.
func WithTokens(t Tokens) Option { return func(c *Client) { c.tokens = t } }

// OnTokens is told of every new pair of tokens, so that it can be kept.
func OnTokens(f func(Tokens)) Option { return func(c *Client) { c.onTokens = f } }

// SharedTokens is asked before a refresh for tokens that somebody else may have refreshed meanwhile, such as another process
// of the same device: to use a refresh token twice would end the session.
func SharedTokens(f func() Tokens) Option { return func(c *Client) { c.shared = f } }

// WithHTTPClient replaces the HTTP client.
func WithHTTPClient(h *http.Client) Option { return func(c *Client) { c.http = h } }

// New makes a client of the API at base, such as http://127.0.0.1:8080.
func New(base string, opts ...Option) *Client {
	c := &Client{base: strings.TrimRight(base, "/"), http: &http.Client{Timeout: requestTimeout}}
	for _, opt := range opts {
		opt(c)
	}
	return c
}

// Tokens are the current ones, empty when nobody is signed in.
func (c *Client) Tokens() Tokens {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.tokens
}

// setTokens keeps tokens and tells who wants to know.
func (c *Client) setTokens(t Tokens) {
	c.mu.Lock()
	c.tokens = t
	c.mu.Unlock()
	if c.onTokens != nil {
		c.onTokens(t)
	}
}

// Do makes one call: body is sent as JSON unless nil, the answer is read into the value that into points to unless nil.
// Errors of the API are *APIError.
func (c *Client) Do(ctx context.Context, method, path string, body, into any) error {
	used := c.Tokens().AccessToken
	err := c.once(ctx, method, path, used, body, into)
	if Reason(err) != "TOKEN_EXPIRED" || used == "" {
		return err
	}
	if err := c.refreshAfter(ctx, used); err != nil {
		return err
	}
	return c.once(ctx, method, path, c.Tokens().AccessToken, body, into)
}

func (c *Client) once(ctx context.Context, method, path, token string, body, into any) error {
	var reader io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return fmt.Errorf("encode request: %w", err)
		}
		reader = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, reader)
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode >= http.StatusBadRequest {
		return readProblem(resp)
	}
	if into == nil {
		_, _ = io.Copy(io.Discard, resp.Body) // so that the connection is used again
		return nil
	}
	if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
		return fmt.Errorf("decode answer of %s %s: %w", method, path, err)
	}
	return nil
}

// ErrNoSession is returned when a refresh is needed and there is nothing to refresh with.
var ErrNoSession = errors.New("not signed in")

// Refresh rotates the tokens now.
func (c *Client) Refresh(ctx context.Context) error {
	return c.refreshAfter(ctx, c.Tokens().AccessToken)
}

// refreshAfter replaces the tokens unless another caller did since the access token was used. The rotation is finished even
// when the caller gives up: a successor that nobody keeps would end the session.
func (c *Client) refreshAfter(ctx context.Context, used string) error {
	c.refreshing.Lock()
	defer c.refreshing.Unlock()
	now := c.Tokens()
	if now.AccessToken != used {
		return nil
	}
	if c.shared != nil {
		if other := c.shared(); other.AccessToken != "" && other.AccessToken != used {
			c.setTokens(other)
			return nil
		}
	}
	if now.RefreshToken == "" {
		return ErrNoSession
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), requestTimeout)
	defer cancel()
	var got struct {
		Tokens Tokens `json:"tokens"`
	}
	err := c.once(ctx, http.MethodPost, "/v1/auth/refresh", "", map[string]string{"refreshToken": now.RefreshToken}, &got)
	if err != nil {
		return fmt.Errorf("refresh: %w", err)
	}
	c.setTokens(got.Tokens)
	return nil
}
