package logic

import (
	"context"
	"errors"

	"im-backend/chat-service/internal/svc"
	"im-backend/common/proto/gen/chatpb"
)

// DumpGroupLogic serves one call.
type DumpGroupLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewDumpGroupLogic is called by the generated server for every call.
func NewDumpGroupLogic(ctx context.Context, svcCtx *svc.ServiceContext) *DumpGroupLogic {
	return &DumpGroupLogic{ctx: ctx, svcCtx: svcCtx}
}

// DumpGroup answers chat-service's projection of a group, its present members by user id; for the reconciler. Errors:
func (l *DumpGroupLogic) DumpGroup(in *chatpb.DumpGroupRequest) (*chatpb.DumpGroupResponse, error) {
	return nil, errors.ErrUnsupported
}
