// Code scaffolded by goctl. Safe to edit.

package chat

import (
	"context"
	"fmt"

	"github.com/zeromicro/go-zero/core/logx"

	"im-backend/api-gateway/internal/caller"
	"im-backend/api-gateway/internal/input"
	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"
	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/utils/wire"
)

// SyncLogic serves one call.
type SyncLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewSyncLogic is called by the handler for every call.
func NewSyncLogic(ctx context.Context, svcCtx *svc.ServiceContext) *SyncLogic {
	return &SyncLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// Sync answers what changed since a token.
func (l *SyncLogic) Sync(req *types.SyncRequest) (*wire.SyncPage, error) {
	limit, err := input.Limit(req.Limit)
	if err != nil {
		return nil, err
	}
	got, err := l.svcCtx.Chat.Sync(l.ctx, &chatpb.SyncRequest{UserId: caller.UserID(l.ctx), Since: req.Since, Limit: limit})
	if err != nil {
		return nil, fmt.Errorf("sync: %w", err)
	}
	page := wire.NewSyncPage(got)
	return &page, nil
}
