package logic

import (
	"context"

	"im-backend/auth-service/internal/svc"
	"im-backend/common/proto/gen/authpb"
)

// CheckSessionsLogic serves one call.
type CheckSessionsLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewCheckSessionsLogic is called by the generated server for every call.
func NewCheckSessionsLogic(ctx context.Context, svcCtx *svc.ServiceContext) *CheckSessionsLogic {
	return &CheckSessionsLogic{ctx: ctx, svcCtx: svcCtx}
}

// CheckSessions answers which of the given sessions are alive, and notes that these were seen; gateways ask it for their open
// connections.
func (l *CheckSessionsLogic) CheckSessions(in *authpb.CheckSessionsRequest) (*authpb.CheckSessionsResponse, error) {
	alive, err := l.svcCtx.Sessions.Check(l.ctx, identitiesIn(in.GetIdentities()))
	if err != nil {
		return nil, err
	}
	return &authpb.CheckSessionsResponse{AliveSessionIds: alive}, nil
}
