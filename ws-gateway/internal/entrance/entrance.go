// Package entrance lets connections in: it looks at the request's form, its origin, the limits of its address, the form of its
// credential, the limits of the whole gateway, and the credential itself, in this order, and only then upgrades it. Whatever is wrong is said in HTTP, so that an
// unauthenticated socket never exists. The credential is never logged.
package entrance

import (
	"context"
	"crypto/rand"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"im-backend/common/utils/errs"
	"im-backend/common/utils/httpedge"
	"im-backend/ws-gateway/internal/conn"
	"im-backend/ws-gateway/internal/hub"
	"im-backend/ws-gateway/internal/limit"
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
	opts        Options
	credentials Credentials
	upgrader    *conn.Upgrader
	hub         *hub.Hub
	gate        *limit.Gate
	admission   *limit.Admission
	owner       *sync.WaitGroup

	mu     sync.RWMutex
	closed bool
}

// Options say who may come in, and how many.
type Options struct {
	Origins   []string         // that a request may come from, exactly
	Proxies   httpedge.Proxies // whose X-Forwarded-For is believed
	Gate      limit.GateOptions
	Admission limit.AdmissionOptions
	Busy      func() bool // whether those who are in wait for what they came for
}

// New makes an entrance; owner has the goroutines.
func New(o Options, c Credentials, u *conn.Upgrader, h *hub.Hub, owner *sync.WaitGroup) *Entrance {
	return &Entrance{
		opts: o, credentials: c, upgrader: u, hub: h, owner: owner,
		gate: limit.NewGate(o.Gate), admission: limit.NewAdmission(o.Admission, o.Busy),
	}
}

// Enter upgrades a request and returns; the connection goes on by itself. An error has not been answered yet.
// Errors: INVALID_ARGUMENT for a request that is no proper upgrade, FORBIDDEN for a foreign origin, those of Credentials,
// RATE_LIMITED for too many connections or handshakes, UNAVAILABLE during a storm of handshakes and while draining.
func (e *Entrance) Enter(w http.ResponseWriter, r *http.Request, ticket string) error {
	if err := checkForm(w, r); err != nil {
		return err
	}
	if origins := r.Header.Values("Origin"); len(origins) > 1 || (len(origins) == 1 && !slices.Contains(e.opts.Origins, origins[0])) {
		return errs.ErrForbidden.Saying("this origin is not allowed")
	}
	if err := e.begin(); err != nil {
		return err
	}
	defer e.owner.Done()
	from, err := e.gate.Enter(e.opts.Proxies.Addr(r))
	if err != nil {
		return err //nolint:wrapcheck // typed, and answered as it is
	}
	var c *conn.Conn
	defer func() {
		if c == nil {
			from.Leave()
		}
	}()
	who, err := e.admit(r, ticket)
	if err != nil {
		return err
	}
	joinProtocols(r.Header)
	if c, err = e.upgrader.Upgrade(w, r, strings.ToLower(rand.Text()), who, from); err != nil {
		return nil // the upgrader has answered
	}
	e.owner.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), greeting)
		defer cancel()
		e.hub.Enter(ctx, c)
	})
	return nil
}

// begin has the owner wait for a handshake: net/http waits for none whose connection was taken over. Its end is the caller's to
// tell.
func (e *Entrance) begin() error {
	e.mu.RLock()
	defer e.mu.RUnlock()
	if e.closed {
		return errs.ErrUnavailable.Saying("the gateway is going away").After(time.Second)
	}
	e.owner.Add(1)
	return nil
}

// Close lets nobody in any more. Handshakes under way end within their deadlines, and the owner waits for them.
func (e *Entrance) Close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.closed = true
}

// admit finds out who wants to come in. Who shows no credential at all takes no place of those who do. A storm is turned away
// before the credential is looked at, so that it does not fall on auth-service; a ticket is not used up then.
func (e *Entrance) admit(r *http.Request, ticket string) (conn.Identity, error) {
	shown, err := credentialOf(r, ticket)
	if err != nil {
		return conn.Identity{}, err
	}
	if err := e.admission.Admit(); err != nil {
		return conn.Identity{}, err //nolint:wrapcheck // typed, and answered as it is
	}
	who, err := e.identify(r, shown)
	if err != nil {
		return conn.Identity{}, err
	}
	return who, e.hub.Admit(who.User) //nolint:wrapcheck // as above
}

// credential is what a request shows: one of the two.
type credential struct{ token, ticket string }

// credentialOf takes the access token of the header, or else the ticket of the URL. Errors: UNAUTHENTICATED.
func credentialOf(r *http.Request, ticket string) (credential, error) {
	header := r.Header.Get("Authorization")
	if header == "" {
		if ticket == "" {
			return credential{}, errs.ErrUnauthenticated
		}
		return credential{ticket: ticket}, nil
	}
	scheme, token, _ := strings.Cut(header, " ")
	if token = strings.TrimSpace(token); !strings.EqualFold(scheme, "Bearer") || token == "" {
		return credential{}, errs.ErrUnauthenticated
	}
	return credential{token: token}, nil
}

// identify asks who a credential belongs to.
func (e *Entrance) identify(r *http.Request, c credential) (conn.Identity, error) {
	if c.token != "" {
		return e.credentials.Authenticate(r.Context(), c.token, e.opts.Proxies.Address(r)) //nolint:wrapcheck // typed, and answered as it is
	}
	return e.credentials.RedeemTicket(r.Context(), c.ticket) //nolint:wrapcheck // as above
}
