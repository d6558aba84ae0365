// Code scaffolded by goctl. Safe to edit.

package user

import (
	"context"

	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"

	"github.com/zeromicro/go-zero/core/logx"
)

// ExportDataLogic serves one call.
type ExportDataLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewExportDataLogic is called by the handler for every call.
func NewExportDataLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ExportDataLogic {
	return &ExportDataLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// ExportData streams the caller's own data as JSON lines.
func (l *ExportDataLogic) ExportData(req *types.ExportDataRequest) error {
	return nil
}
