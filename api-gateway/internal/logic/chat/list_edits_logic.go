// Code scaffolded by goctl. Safe to edit.

package chat

import (
	"context"

	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"

	"github.com/zeromicro/go-zero/core/logx"
)

// ListEditsLogic serves one call.
type ListEditsLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewListEditsLogic is called by the handler for every call.
func NewListEditsLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ListEditsLogic {
	return &ListEditsLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// ListEdits answers what a message has said, the oldest first.
func (l *ListEditsLogic) ListEdits(req *types.MessagePath) error {
	return nil
}
