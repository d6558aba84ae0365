package session

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"

	"im-backend/auth-service/internal/token"
	"im-backend/common/utils/errs"
)

// CreateTicket makes a ticket that opens one WebSocket connection of a session, and says when it expires, in unix
// milliseconds. Only its hash is kept. Errors: SESSION_REVOKED, UNAVAILABLE.
func (s *Sessions) CreateTicket(ctx context.Context, id token.Identity) (ticket string, expiresAt int64, err error) {
	if err := s.touch(ctx, id, ""); err != nil {
		return "", 0, fmt.Errorf("create ticket: %w", err)
	}
	ticket = base64.RawURLEncoding.EncodeToString(random(valueBytes))
	expiresAt = s.now().Add(s.config.TicketLifetime).UnixMilli()
	if err := s.store.PutTicket(ctx, ticketHash(ticket), id, s.config.TicketLifetime); err != nil {
		return "", 0, fmt.Errorf("create ticket: %w", err)
	}
	return ticket, expiresAt, nil
}

// RedeemTicket uses a ticket up and answers whose it was, if the session is alive. Errors: UNAUTHENTICATED, SESSION_REVOKED,
// UNAVAILABLE.
func (s *Sessions) RedeemTicket(ctx context.Context, ticket string) (token.Identity, error) {
	id, ok, err := s.store.TakeTicket(ctx, ticketHash(ticket))
	if err != nil {
		return token.Identity{}, fmt.Errorf("redeem ticket: %w", err)
	}
	if !ok {
		return token.Identity{}, errs.ErrUnauthenticated
	}
	return id, s.touch(ctx, id, "")
}

func ticketHash(ticket string) string {
	sum := sha256.Sum256([]byte(ticket))
	return hex.EncodeToString(sum[:])
}
