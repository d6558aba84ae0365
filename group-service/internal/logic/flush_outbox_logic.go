package logic

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/group-service/internal/svc"
)

// FlushOutboxLogic serves one call.
type FlushOutboxLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewFlushOutboxLogic is called by the generated server for every call.
func NewFlushOutboxLogic(ctx context.Context, svcCtx *svc.ServiceContext) *FlushOutboxLogic {
	return &FlushOutboxLogic{ctx: ctx, svcCtx: svcCtx}
}

// FlushOutbox sends what the outbox still holds for a group to chat-service before it answers.
func (l *FlushOutboxLogic) FlushOutbox(in *grouppb.FlushOutboxRequest) (*grouppb.FlushOutboxResponse, error) {
	err := l.svcCtx.Groups.Flush(l.ctx, model.GroupID(in.GetGroupId()))
	if err != nil {
		return nil, err
	}
	return &grouppb.FlushOutboxResponse{}, nil
}
