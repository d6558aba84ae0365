package logic

import (
	"context"

	"im-backend/auth-service/internal/svc"
	"im-backend/common/model"
	"im-backend/common/proto/gen/authpb"
)

// RevokeSessionLogic serves one call.
type RevokeSessionLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewRevokeSessionLogic is called by the generated server for every call.
func NewRevokeSessionLogic(ctx context.Context, svcCtx *svc.ServiceContext) *RevokeSessionLogic {
	return &RevokeSessionLogic{ctx: ctx, svcCtx: svcCtx}
}

// RevokeSession ends one session of the user. Errors: NOT_FOUND.
func (l *RevokeSessionLogic) RevokeSession(in *authpb.RevokeSessionRequest) (*authpb.RevokeSessionResponse, error) {
	if err := l.svcCtx.Sessions.Revoke(l.ctx, model.UserID(in.GetUserId()), in.GetSessionId()); err != nil {
		return nil, err
	}
	return &authpb.RevokeSessionResponse{}, nil
}
