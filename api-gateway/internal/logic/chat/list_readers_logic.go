// Code scaffolded by goctl. Safe to edit.

package chat

import (
	"context"

	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"

	"github.com/zeromicro/go-zero/core/logx"
)

// ListReadersLogic serves one call.
type ListReadersLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewListReadersLogic is called by the handler for every call.
func NewListReadersLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ListReadersLogic {
	return &ListReadersLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// ListReaders answers who has read a message.
func (l *ListReadersLogic) ListReaders(req *types.ListReadersRequest) (resp *types.ReaderList, err error) {
	return
}
