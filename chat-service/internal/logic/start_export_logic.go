package logic

import (
	"context"

	"im-backend/chat-service/internal/svc"
	"im-backend/common/model"
	"im-backend/common/proto/gen/chatpb"
)

// StartExportLogic serves one call.
type StartExportLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewStartExportLogic is called by the generated server for every call.
func NewStartExportLogic(ctx context.Context, svcCtx *svc.ServiceContext) *StartExportLogic {
	return &StartExportLogic{ctx: ctx, svcCtx: svcCtx}
}

// StartExport counts an export of the caller's data against its quota. Errors: RATE_LIMITED.
func (l *StartExportLogic) StartExport(in *chatpb.StartExportRequest) (*chatpb.StartExportResponse, error) {
	if err := l.svcCtx.Export.Start(l.ctx, model.UserID(in.GetUserId())); err != nil {
		return nil, err
	}
	return &chatpb.StartExportResponse{}, nil
}
