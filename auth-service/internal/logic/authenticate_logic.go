package logic

import (
	"context"

	"im-backend/auth-service/internal/svc"
	"im-backend/common/proto/gen/authpb"
)

// AuthenticateLogic serves one call.
type AuthenticateLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewAuthenticateLogic is called by the generated server for every call.
func NewAuthenticateLogic(ctx context.Context, svcCtx *svc.ServiceContext) *AuthenticateLogic {
	return &AuthenticateLogic{ctx: ctx, svcCtx: svcCtx}
}

// Authenticate answers who holds an access token whose session is alive.
func (l *AuthenticateLogic) Authenticate(in *authpb.AuthenticateRequest) (*authpb.AuthenticateResponse, error) {
	id, err := l.svcCtx.Sessions.Authenticate(l.ctx, in.GetAccessToken(), in.GetIp())
	if err != nil {
		return nil, err
	}
	return &authpb.AuthenticateResponse{Identity: identityOf(id)}, nil
}
