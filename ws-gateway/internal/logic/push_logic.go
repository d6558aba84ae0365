package logic

import (
	"context"

	"im-backend/common/proto/gen/wsgatewaypb"
	"im-backend/ws-gateway/internal/svc"
)

// PushLogic serves one call.
type PushLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewPushLogic is called by the generated server for every call.
func NewPushLogic(ctx context.Context, svcCtx *svc.ServiceContext) *PushLogic {
	return &PushLogic{ctx: ctx, svcCtx: svcCtx}
}

// Push carries batches in order from one chat-service instance. A batch is acknowledged when it is queued.
func (l *PushLogic) Push(stream wsgatewaypb.WsGateway_PushServer) error {
	return l.svcCtx.Push.Serve(stream)
}
