package logic

import (
	"context"

	"im-backend/chat-service/internal/svc"
	"im-backend/common/model"
	"im-backend/common/proto/gen/chatpb"
)

// RefreshPresenceLogic serves one call.
type RefreshPresenceLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewRefreshPresenceLogic is called by the generated server for every call.
func NewRefreshPresenceLogic(ctx context.Context, svcCtx *svc.ServiceContext) *RefreshPresenceLogic {
	return &RefreshPresenceLogic{ctx: ctx, svcCtx: svcCtx}
}

// RefreshPresence has the gateways look again at what those who follow a user may see; for user-service, when the user has chosen
// anew.
func (l *RefreshPresenceLogic) RefreshPresence(in *chatpb.RefreshPresenceRequest) (*chatpb.RefreshPresenceResponse, error) {
	if err := l.svcCtx.Presence.Refresh(l.ctx, model.UserID(in.GetUserId())); err != nil {
		return nil, err
	}
	return &chatpb.RefreshPresenceResponse{}, nil
}
