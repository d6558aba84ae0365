// Package caller is who calls: the identity behind a request's credential and the address it came from. The middlewares put
// it into the context, logic reads it; nothing a client writes in a path or a body is ever taken for it.
package caller

import (
	"context"

	"im-backend/common/proto/gen/authpb"
)

type (
	identityKey struct{}
	addressKey  struct{}
)

// With is ctx with an authenticated caller.
func With(ctx context.Context, identity *authpb.Identity) context.Context {
	return context.WithValue(ctx, identityKey{}, identity)
}

// Identity is the authenticated caller; on a route without authentication it is empty.
func Identity(ctx context.Context) *authpb.Identity {
	identity, _ := ctx.Value(identityKey{}).(*authpb.Identity)
	return identity
}

// UserID is the caller's user id; on a route without authentication it is zero.
func UserID(ctx context.Context) int64 { return Identity(ctx).GetUserId() }

// WithAddress is ctx with the client's IP address.
func WithAddress(ctx context.Context, address string) context.Context {
	return context.WithValue(ctx, addressKey{}, address)
}

// Address is the client's IP address.
func Address(ctx context.Context) string {
	address, _ := ctx.Value(addressKey{}).(string)
	return address
}
