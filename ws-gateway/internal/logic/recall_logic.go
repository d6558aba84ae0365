package logic

import (
	"context"

	"im-backend/common/proto/gen/wsgatewaypb"
	"im-backend/ws-gateway/internal/svc"
)

// RecallLogic serves one call.
type RecallLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewRecallLogic is called by the generated server for every call.
func NewRecallLogic(ctx context.Context, svcCtx *svc.ServiceContext) *RecallLogic {
	return &RecallLogic{ctx: ctx, svcCtx: svcCtx}
}

// Recall takes the content of a message from everything that waits for a connection, and from what Push brings later.
func (l *RecallLogic) Recall(in *wsgatewaypb.RecallRequest) (*wsgatewaypb.RecallResponse, error) {
	l.svcCtx.Hub.Recall(in.GetConversationId(), in.GetSeq(), in.GetRecalledAt())
	return &wsgatewaypb.RecallResponse{}, nil
}
