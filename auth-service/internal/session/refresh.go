package session

import (
	"context"
	"fmt"
	"time"

	"im-backend/common/utils/errs"
)

// Refresh uses a refresh token up and answers its successor with a new access token. Repeating it within the grace time, as
// long as the successor was not used itself, answers the very same tokens. A token that comes back otherwise has been copied:
// its session is revoked. Errors: UNAUTHENTICATED, SESSION_REVOKED, REFRESH_TOKEN_REUSED, UNAVAILABLE.
func (s *Sessions) Refresh(ctx context.Context, text, ip string) (Tokens, error) {
	presented, ok := parseRefreshToken(text)
	if !ok {
		return Tokens{}, errs.ErrUnauthenticated
	}
	secret, err := s.store.Secret(ctx, presented.user, presented.session)
	switch {
	case err != nil:
		return Tokens{}, fmt.Errorf("refresh: %w", err)
	case secret == nil:
		return Tokens{}, errs.ErrSessionRevoked
	case !presented.genuine(secret):
		return Tokens{}, errs.ErrUnauthenticated
	}
	successor := presented.successor(secret)
	result, err := s.store.Rotate(ctx, Rotation{
		User: presented.user, Session: presented.session, Presented: presented.hash(), Successor: successor.hash(),
		IP: shortened(ip), Now: s.now().UnixMilli(), Grace: s.config.RefreshGrace, Lifetime: s.config.RefreshLifetime,
	})
	if err != nil {
		return Tokens{}, fmt.Errorf("refresh: %w", err)
	}
	switch result.Outcome {
	case Rotated, Repeated:
		return s.issue(ctx, result.Identity, time.UnixMilli(result.RotatedAt), successor, result.ExpiresAt)
	case Reused:
		s.tell(ctx, presented.user, []int64{presented.session}, Revoked)
		return Tokens{}, errs.ErrRefreshTokenReused
	case Gone:
	}
	return Tokens{}, errs.ErrSessionRevoked
}
