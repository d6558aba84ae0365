// Package middleware has what runs before the handlers of a route.
package middleware

import (
	"fmt"
	"net/http"
	"strings"

	"im-backend/api-gateway/internal/caller"
	"im-backend/common/proto/gen/authpb"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/httpedge"
)

// AuthenticateMiddleware admits whoever holds an access token of a living session.
type AuthenticateMiddleware struct {
	auth authpb.AuthServiceClient
}

// NewAuthenticateMiddleware makes one that asks auth-service on every request, so that a revoked session ends at once.
func NewAuthenticateMiddleware(auth authpb.AuthServiceClient) *AuthenticateMiddleware {
	return &AuthenticateMiddleware{auth: auth}
}

// Handle answers 401 with UNAUTHENTICATED, TOKEN_EXPIRED or SESSION_REVOKED; when auth-service is away 503, never a pass.
func (m *AuthenticateMiddleware) Handle(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		token, ok := bearer(r)
		if !ok {
			httpedge.Fail(w, r, errs.ErrUnauthenticated)
			return
		}
		ctx := r.Context()
		got, err := m.auth.Authenticate(ctx, &authpb.AuthenticateRequest{AccessToken: token, Ip: caller.Address(ctx)})
		if err == nil && got.GetIdentity().GetUserId() <= 0 {
			err = errs.ErrUnauthenticated
		}
		if err != nil {
			httpedge.Fail(w, r, fmt.Errorf("authenticate: %w", err))
			return
		}
		httpedge.SetUser(ctx, got.GetIdentity().GetUserId())
		next(w, r.WithContext(caller.With(ctx, got.GetIdentity())))
	}
}

// bearer answers the token of the one Authorization header.
func bearer(r *http.Request) (string, bool) {
	headers := r.Header.Values("Authorization")
	if len(headers) != 1 {
		return "", false
	}
	scheme, token, _ := strings.Cut(headers[0], " ")
	token = strings.TrimSpace(token)
	return token, strings.EqualFold(scheme, "Bearer") && token != ""
}
