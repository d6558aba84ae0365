// Package auth serves accounts and sessions: who calls, one or two RPCs, the answer.
package auth

import (
	"context"
	"fmt"

	"im-backend/api-gateway/internal/caller"
	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"
	"im-backend/api-gateway/internal/view"
	"im-backend/common/proto/gen/authpb"
	"im-backend/common/proto/gen/userpb"
)

// signIn starts a session of a user on a device; version is that of the password that was right.
func signIn(
	ctx context.Context, s *svc.ServiceContext, user *userpb.User, version int64, d types.Device,
) (*types.LoginResponse, error) {
	got, err := s.Auth.CreateSession(ctx, &authpb.CreateSessionRequest{
		UserId: user.GetUserId(), Ip: caller.Address(ctx),
		Device: &authpb.Device{DeviceId: d.DeviceId, Platform: d.Platform, Name: d.Name}, PasswordVersion: version,
	})
	if err != nil {
		return nil, fmt.Errorf("create session: %w", err)
	}
	session := got.GetSession()
	return &types.LoginResponse{
		User: view.User(user), Session: view.Session(session, session.GetSessionId()), Tokens: view.Tokens(got.GetTokens()),
	}, nil
}
