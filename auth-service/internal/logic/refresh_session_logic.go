package logic

import (
	"context"

	"im-backend/auth-service/internal/svc"
	"im-backend/common/proto/gen/authpb"
)

// RefreshSessionLogic serves one call.
type RefreshSessionLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewRefreshSessionLogic is called by the generated server for every call.
func NewRefreshSessionLogic(ctx context.Context, svcCtx *svc.ServiceContext) *RefreshSessionLogic {
	return &RefreshSessionLogic{ctx: ctx, svcCtx: svcCtx}
}

// RefreshSession rotates a refresh token, atomically. The same device repeating it within the grace time gets the same
func (l *RefreshSessionLogic) RefreshSession(in *authpb.RefreshSessionRequest) (*authpb.RefreshSessionResponse, error) {
	tokens, err := l.svcCtx.Sessions.Refresh(l.ctx, in.GetRefreshToken(), in.GetIp())
	if err != nil {
		return nil, err
	}
	return &authpb.RefreshSessionResponse{Tokens: tokensOf(tokens)}, nil
}
