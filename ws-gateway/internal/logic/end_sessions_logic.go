// Package logic serves the calls of the other services: it decodes, makes one call into a room, and encodes.
package logic

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/proto/gen/wsgatewaypb"
	"im-backend/ws-gateway/internal/hub"
	"im-backend/ws-gateway/internal/svc"
)

// EndSessionsLogic serves one call.
type EndSessionsLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewEndSessionsLogic is called by the generated server for every call.
func NewEndSessionsLogic(ctx context.Context, svcCtx *svc.ServiceContext) *EndSessionsLogic {
	return &EndSessionsLogic{ctx: ctx, svcCtx: svcCtx}
}

// EndSessions tells the connections of sessions that they are kicked and closes them.
func (l *EndSessionsLogic) EndSessions(in *wsgatewaypb.EndSessionsRequest) (*wsgatewaypb.EndSessionsResponse, error) {
	reason := hub.Revoked
	if in.GetReason() == wsgatewaypb.EndReason_END_REASON_REPLACED {
		reason = hub.Replaced
	}
	l.svcCtx.Hub.End(model.UserID(in.GetUserId()), in.GetSessionIds(), reason)
	return &wsgatewaypb.EndSessionsResponse{}, nil
}
