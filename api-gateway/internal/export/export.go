// Package export collects all that the system keeps of one user and writes it as JSON lines, page by page, so that a large account
// takes no more memory than a small one. It asks the services what they would answer the user, and adds nothing. The logic of one
// route uses it.
package export

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"im-backend/api-gateway/internal/svc"
	"im-backend/common/proto/gen/authpb"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/page"
)

// position is where an export stands; a cursor has it. The zero value is the beginning.
type position struct {
	Part    int    `json:"p,omitempty"` // of parts
	Cursor  string `json:"c,omitempty"` // of the part's list; of conversations the last that is done
	Reading string `json:"r,omitempty"` // the conversation whose messages are under way
	Seq     int64  `json:"s,omitempty"` // the last of them that is written
}

// Export is one user's export.
type Export struct {
	clients svc.Clients
	token   string // asked about again and again: who is signed out gets no more
	address string
	me      *authpb.Identity
	out     *lines
	at      position
}

const (
	stepTimeout = 10 * time.Second // for one page
	checkEvery  = time.Second      // between two looks at whether the session lives
)

// New makes an export that begins at a cursor; empty: at the beginning. Errors: INVALID_ARGUMENT.
func New(clients svc.Clients, me *authpb.Identity, token, address, cursor string, w http.ResponseWriter) (*Export, error) {
	e := &Export{clients: clients, me: me, token: token, address: address, out: newLines(w)}
	if err := page.Parse(cursor, &e.at); err != nil {
		return nil, err
	}
	if e.at.Part < 0 || e.at.Part >= len(parts) || e.at.Seq < 0 {
		return nil, errs.InvalidField("cursor", "is not a cursor of an export")
	}
	return e, nil
}

// Run writes everything, until ctx ends or something fails. The last line says whether that was all, and if not where to go on. It
// answers an error only for a client that takes nothing any more.
func (e *Export) Run(ctx context.Context) error {
	e.out.open()
	var checked time.Time
	for e.at.Part < len(parts) {
		var err error
		if time.Since(checked) >= checkEvery {
			err, checked = e.check(ctx), time.Now()
		}
		if err == nil {
			err = e.step(ctx)
		}
		if e.out.err != nil {
			return e.out.err
		}
		if err != nil {
			return e.out.end(End{Reason: errs.From(err).Reason, Cursor: page.Cursor(e.at)})
		}
	}
	return e.out.end(End{Complete: true})
}

// step writes one page.
func (e *Export) step(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, stepTimeout)
	defer cancel()
	next, err := parts[e.at.Part](ctx, e)
	if err != nil {
		return err
	}
	if e.at = next; e.at.Part < len(parts) {
		e.out.write(KindCursor, Cursor{page.Cursor(e.at)})
	}
	return e.out.flush()
}

// check asks whether the session still lives.
func (e *Export) check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, stepTimeout)
	defer cancel()
	_, err := e.clients.Auth.Authenticate(ctx, &authpb.AuthenticateRequest{AccessToken: e.token, Ip: e.address})
	if err != nil {
		return fmt.Errorf("authenticate: %w", err)
	}
	return nil
}
