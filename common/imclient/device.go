package imclient

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"im-backend/common/utils/wire"
)

// DeviceOptions say how a Device behaves; the zero value is usable.
type DeviceOptions struct {
	URL        string             // of the WebSocket; empty: the one that comes with a ticket
	Protocol   Protocol           // empty: JSON
	Store      Store              // nil: in memory
	OnMessage  func(wire.Message) // every entry of every conversation, once, in order of seq; called by Run alone
	OnEvent    func(Event)        // every other event but heads and goaway; called by Run alone
	OnSynced   func()             // nothing is missing now; called by Run alone
	OnDown     func(error)        // the connection is gone or could not be made, and will be tried again; called by Run alone
	MinBackoff time.Duration      // before the first reconnect; zero: 250 ms
	MaxBackoff time.Duration      // zero: 10 s
}

// Device is a signed-in device: it stays connected, holds everything its user may see, and sends until it has an answer.
type Device struct {
	client *Client
	o      DeviceOptions
	ledger *ledger
	queued []Event // events that came while an answer was awaited

	mu      sync.Mutex
	conn    *Conn         // nil while there is none
	ended   error         // why Run returned
	changed chan struct{} // closed and replaced when conn or ended change
}

// NewDevice makes a device of a signed-in client. It does nothing until Run.
func NewDevice(c *Client, o DeviceOptions) *Device {
	if o.Store == nil {
		o.Store = &MemoryStore{}
	}
	if o.MinBackoff == 0 {
		o.MinBackoff = 250 * time.Millisecond
	}
	if o.MaxBackoff == 0 {
		o.MaxBackoff = 10 * time.Second
	}
	d := &Device{client: c, o: o, changed: make(chan struct{})}
	d.ledger = &ledger{
		store: o.Store,
		history: func(ctx context.Context, id string, afterSeq int64) (History, error) {
			return c.HistoryAfter(ctx, id, afterSeq, historyPage)
		},
		deliver: func(m wire.Message) {
			if o.OnMessage != nil {
				o.OnMessage(m)
			}
		},
	}
	return d
}

// Run connects, catches up and receives, and connects again after every loss, until ctx ends or the server says not to come
// back: a *CloseError from 4500 on, or an *APIError that refuses the credential. It may be called once.
func (d *Device) Run(ctx context.Context) error {
	err := d.run(ctx)
	d.mu.Lock()
	d.ended = err
	d.notify()
	d.mu.Unlock()
	return err
}

func (d *Device) run(ctx context.Context) error {
	if err := d.ledger.load(); err != nil {
		return err
	}
	backoff := d.o.MinBackoff
	for {
		synced, wait, err := d.session(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if final(err) {
			return err
		}
		if d.o.OnDown != nil {
			d.o.OnDown(err)
		}
		if synced {
			backoff = d.o.MinBackoff
		}
		if wait == 0 {
			wait = backoff/2 + rand.N(backoff/2+1) //nolint:gosec // jitter is no secret
		}
		var refused *APIError
		if errors.As(err, &refused) {
			wait = max(wait, refused.RetryAfter)
		}
		backoff = min(2*backoff, d.o.MaxBackoff)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
	}
}

// final reports whether connecting again is useless.
func final(err error) bool {
	var closed *CloseError
	if errors.As(err, &closed) {
		return closed.Terminal()
	}
	if errors.Is(err, ErrNoSession) {
		return true
	}
	if errors.Is(err, errHandshake) {
		return Reason(err) != "UNAUTHENTICATED" && status(err) == http.StatusUnauthorized || status(err) == http.StatusForbidden
	}
	return status(err) == http.StatusUnauthorized
}

// status is the HTTP status of a refusal, zero for any other error.
func status(err error) int {
	var refused *APIError
	if errors.As(err, &refused) {
		return refused.Status
	}
	return 0
}

// errHandshake marks what a handshake with a ticket was refused for. UNAUTHENTICATED then only means that the ticket was lost
// or late; whether the session still lives is found when the next ticket is asked for.
var errHandshake = errors.New("handshake refused")

// session is one connection from its start to its end. It reports whether the device had caught up, and how long to wait when
// the server said so.
func (d *Device) session(ctx context.Context) (synced bool, wait time.Duration, err error) {
	conn, err := d.dial(ctx)
	if err != nil {
		return false, 0, err
	}
	d.setConn(conn)
	defer conn.Close()
	defer d.setConn(nil)
	d.queued = nil
	if err := d.catchUp(ctx, conn); err != nil {
		return false, 0, err
	}
	if d.o.OnSynced != nil {
		d.o.OnSynced()
	}
	wait, err = d.live(ctx, conn)
	return true, wait, err
}

// dial opens a WebSocket, with a ticket unless a URL is set. A ticket may be used up by a handshake whose answer was lost, so
// each try takes a new one.
func (d *Device) dial(ctx context.Context) (*Conn, error) {
	if d.o.URL == "" {
		ticket, err := d.client.WSTicket(ctx)
		if err != nil {
			return nil, fmt.Errorf("get ticket: %w", err)
		}
		conn, err := Dial(ctx, ticket.URL, WithTicket(ticket.Ticket), Speaking(d.o.Protocol))
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errHandshake, err)
		}
		return conn, nil
	}
	token := d.client.Tokens().AccessToken
	conn, err := Dial(ctx, d.o.URL, Bearer(token), Speaking(d.o.Protocol))
	if Reason(err) != "TOKEN_EXPIRED" {
		return conn, err
	}
	if err := d.client.refreshAfter(ctx, token); err != nil {
		return nil, err
	}
	return Dial(ctx, d.o.URL, Bearer(d.client.Tokens().AccessToken), Speaking(d.o.Protocol))
}

// catchUp syncs page by page until nothing has changed since.
func (d *Device) catchUp(ctx context.Context, conn *Conn) error {
	const conversationsPerPage = 200
	since := d.ledger.since
	for {
		var page SyncPage
		ask := map[string]any{"since": since, "limit": conversationsPerPage}
		if err := d.request(ctx, conn, "sync", ask, &page); err != nil {
			return fmt.Errorf("sync: %w", err)
		}
		if page.Reset && since != "" {
			since = "" // the token is unknown: start over; positions keep repeats away
			continue
		}
		if err := d.ledger.page(ctx, page); err != nil {
			return err
		}
		if !page.More {
			return nil
		}
		since = page.NextSince
	}
}

// request waits for an answer and keeps receiving meanwhile, so that the answer cannot be stuck behind events.
func (d *Device) request(ctx context.Context, conn *Conn, kind string, data, into any) error {
	const maxQueued = 1 << 20
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	call, err := conn.Start(kind, data)
	if err != nil {
		return err
	}
	defer call.forget()
	events := conn.Events()
	for {
		select {
		case f := <-call.answer:
			return f.decode(into)
		case e, ok := <-events:
			if !ok {
				return call.Wait(ctx, into) // it has the answer or the reason
			}
			if len(d.queued) < maxQueued { // what is dropped here is found as a gap
				d.queued = append(d.queued, e)
			}
		case <-ctx.Done():
			return fmt.Errorf("wait for answer: %w", ctx.Err())
		}
	}
}
