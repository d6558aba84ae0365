// Package entrance lets connections in: it looks at the request's form, its origin and its credential, in this order, and only
// then upgrades it. Whatever is wrong is said in HTTP, so that an unauthenticated socket never exists. The credential is
// never logged.
package entrance

import (
	"context"
	"crypto/rand"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"im-backend/common/utils/errs"
	"im-backend/ws-gateway/internal/conn"
	"im-backend/ws-gateway/internal/hub"
)

// greeting bounds what a new connection waits for before its hello.
const greeting = 5 * time.Second

// Credentials finds out who a credential belongs to.
type Credentials interface {
	// Authenticate checks an access token. Errors: UNAUTHENTICATED, TOKEN_EXPIRED, SESSION_REVOKED, UNAVAILABLE, TIMEOUT.
	Authenticate(ctx context.Context, token, ip string) (conn.Identity, error)
	// RedeemTicket uses a ticket up. Errors: UNAUTHENTICATED, SESSION_REVOKED, UNAVAILABLE, TIMEOUT.
	RedeemTicket(ctx context.Context, ticket string) (conn.Identity, error)
}

// Entrance is where HTTP requests become connections.
type Entrance struct {
	origins     []string
	credentials Credentials
	upgrader    *conn.Upgrader
	hub         *hub.Hub
	owner       *sync.WaitGroup
}

// New makes an entrance. origins are those that a request may come from, exactly; owner has the goroutines.
func New(origins []string, c Credentials, u *conn.Upgrader, h *hub.Hub, owner *sync.WaitGroup) *Entrance {
	return &Entrance{origins: origins, credentials: c, upgrader: u, hub: h, owner: owner}
}

// Enter upgrades a request and returns; the connection goes on by itself. An error has not been answered yet.
// Errors: INVALID_ARGUMENT for a request that is no proper upgrade, FORBIDDEN for a foreign origin, those of Credentials,
// RATE_LIMITED for too many connections, UNAVAILABLE while draining.
func (e *Entrance) Enter(w http.ResponseWriter, r *http.Request, ticket string) error {
	if err := checkForm(w, r); err != nil {
		return err
	}
	if origins := r.Header.Values("Origin"); len(origins) > 1 || (len(origins) == 1 && !slices.Contains(e.origins, origins[0])) {
		return errs.ErrForbidden.Saying("this origin is not allowed")
	}
	who, err := e.identify(r, ticket)
	if err != nil {
		return err
	}
	if err := e.hub.Admit(who.User); err != nil {
		return err
	}
	joinProtocols(r.Header)
	c, err := e.upgrader.Upgrade(w, r, strings.ToLower(rand.Text()), who)
	if err != nil {
		return nil //nolint:nilerr // the upgrader has answered
	}
	e.owner.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), greeting)
		defer cancel()
		e.hub.Enter(ctx, c)
	})
	return nil
}

// identify asks who the credential belongs to: the access token of the header, or else the ticket of the URL.
func (e *Entrance) identify(r *http.Request, ticket string) (conn.Identity, error) {
	if header := r.Header.Get("Authorization"); header != "" {
		scheme, token, _ := strings.Cut(header, " ")
		if token = strings.TrimSpace(token); !strings.EqualFold(scheme, "Bearer") || token == "" {
			return conn.Identity{}, errs.ErrUnauthenticated
		}
		ip, _, _ := net.SplitHostPort(r.RemoteAddr)
		return e.credentials.Authenticate(r.Context(), token, ip) //nolint:wrapcheck // typed, and answered as it is
	}
	if ticket == "" {
		return conn.Identity{}, errs.ErrUnauthenticated
	}
	return e.credentials.RedeemTicket(r.Context(), ticket) //nolint:wrapcheck // typed, and answered as it is
}
