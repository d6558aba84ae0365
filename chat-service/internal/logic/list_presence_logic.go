package logic

import (
	"context"

	"im-backend/chat-service/internal/svc"
	"im-backend/common/model"
	"im-backend/common/proto/gen/chatpb"
)

// ListPresenceLogic serves one call.
type ListPresenceLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewListPresenceLogic is called by the generated server for every call.
func NewListPresenceLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ListPresenceLogic {
	return &ListPresenceLogic{ctx: ctx, svcCtx: svcCtx}
}

// ListPresence answers which of the named friends of the caller are online, and the caller; others are left out, at most 500.
func (l *ListPresenceLogic) ListPresence(in *chatpb.ListPresenceRequest) (*chatpb.ListPresenceResponse, error) {
	asked := make([]model.UserID, 0, len(in.GetUserIds()))
	for _, id := range in.GetUserIds() {
		asked = append(asked, model.UserID(id))
	}
	items, err := l.svcCtx.Presence.List(l.ctx, model.UserID(in.GetUserId()), asked)
	if err != nil {
		return nil, err
	}
	out := &chatpb.ListPresenceResponse{Items: make([]*chatpb.Presence, 0, len(items))}
	for _, i := range items {
		out.Items = append(out.Items, &chatpb.Presence{
			UserId: int64(i.User), Online: i.Online(), Platforms: i.Platforms, LastSeenAt: i.LastSeenAt, LastSeenHidden: i.LastSeenHidden,
		})
	}
	return out, nil
}
