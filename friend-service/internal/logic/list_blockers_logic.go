package logic

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/proto/gen/friendpb"
	"im-backend/friend-service/internal/svc"
)

// ListBlockersLogic serves one call.
type ListBlockersLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewListBlockersLogic is called by the generated server for every call.
func NewListBlockersLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ListBlockersLogic {
	return &ListBlockersLogic{ctx: ctx, svcCtx: svcCtx}
}

// ListBlockers answers who of some users blocks the caller. Errors: INVALID_ARGUMENT.
func (l *ListBlockersLogic) ListBlockers(in *friendpb.ListBlockersRequest) (*friendpb.ListBlockersResponse, error) {
	blockers, err := l.svcCtx.Friendships.Blockers(l.ctx, model.UserID(in.GetUserId()), in.GetByUserIds())
	if err != nil {
		return nil, err
	}
	return &friendpb.ListBlockersResponse{UserIds: blockers}, nil
}
