package logic

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/proto/gen/friendpb"
	"im-backend/friend-service/internal/svc"
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

// FlushOutbox sends what the outbox still holds for a pair of users to chat-service before it answers.
func (l *FlushOutboxLogic) FlushOutbox(in *friendpb.FlushOutboxRequest) (*friendpb.FlushOutboxResponse, error) {
	err := l.svcCtx.Friendships.Flush(l.ctx, model.UserID(in.GetUserId()), model.UserID(in.GetPeerId()))
	if err != nil {
		return nil, err
	}
	return &friendpb.FlushOutboxResponse{}, nil
}
