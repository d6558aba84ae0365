// Code scaffolded by goctl. Safe to edit.

package user

import (
	"context"
	"fmt"

	"github.com/zeromicro/go-zero/core/logx"

	"im-backend/api-gateway/internal/caller"
	"im-backend/api-gateway/internal/input"
	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"
	"im-backend/api-gateway/internal/view"
	"im-backend/common/proto/gen/chatpb"
)

// GetPresenceLogic serves one call.
type GetPresenceLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewGetPresenceLogic is called by the handler for every call.
func NewGetPresenceLogic(ctx context.Context, svcCtx *svc.ServiceContext) *GetPresenceLogic {
	return &GetPresenceLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// GetPresence answers which of the named friends are online.
func (l *GetPresenceLogic) GetPresence(req *types.GetPresenceRequest) (*types.PresenceList, error) {
	ids, err := input.IDList("userIds", req.UserIds)
	if err != nil {
		return nil, err
	}
	got, err := l.svcCtx.Chat.ListPresence(l.ctx, &chatpb.ListPresenceRequest{UserId: caller.UserID(l.ctx), UserIds: ids})
	if err != nil {
		return nil, fmt.Errorf("get presence: %w", err)
	}
	return &types.PresenceList{Items: view.List(got.GetItems(), view.Presence)}, nil
}
