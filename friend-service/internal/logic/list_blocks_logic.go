package logic

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/proto/gen/friendpb"
	"im-backend/friend-service/internal/svc"
)

// ListBlocksLogic serves one call.
type ListBlocksLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewListBlocksLogic is called by the generated server for every call.
func NewListBlocksLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ListBlocksLogic {
	return &ListBlocksLogic{ctx: ctx, svcCtx: svcCtx}
}

// ListBlocks lists the users whom the caller blocks, the newest first.
func (l *ListBlocksLogic) ListBlocks(in *friendpb.ListBlocksRequest) (*friendpb.ListBlocksResponse, error) {
	blocks, next, err := l.svcCtx.Friendships.Blocks(l.ctx, model.UserID(in.GetUserId()), in.GetLimit(), in.GetCursor())
	if err != nil {
		return nil, err
	}
	resp := &friendpb.ListBlocksResponse{NextCursor: next}
	for _, b := range blocks {
		resp.Blocks = append(resp.Blocks, &friendpb.Block{UserId: int64(b.User), CreatedAt: b.CreatedAt})
	}
	return resp, nil
}
