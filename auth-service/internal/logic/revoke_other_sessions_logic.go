package logic

import (
	"context"

	"im-backend/auth-service/internal/svc"
	"im-backend/common/model"
	"im-backend/common/proto/gen/authpb"
)

// RevokeOtherSessionsLogic serves one call.
type RevokeOtherSessionsLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewRevokeOtherSessionsLogic is called by the generated server for every call.
func NewRevokeOtherSessionsLogic(ctx context.Context, svcCtx *svc.ServiceContext) *RevokeOtherSessionsLogic {
	return &RevokeOtherSessionsLogic{ctx: ctx, svcCtx: svcCtx}
}

// RevokeOtherSessions ends all sessions of the user but one (none kept when keep_session_id is zero).
func (l *RevokeOtherSessionsLogic) RevokeOtherSessions(in *authpb.RevokeOtherSessionsRequest) (*authpb.RevokeOtherSessionsResponse, error) {
	if err := l.svcCtx.Sessions.RevokeOthers(l.ctx, model.UserID(in.GetUserId()), in.GetKeepSessionId(), in.GetPasswordVersion()); err != nil {
		return nil, err
	}
	return &authpb.RevokeOtherSessionsResponse{}, nil
}
