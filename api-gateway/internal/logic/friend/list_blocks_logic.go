// Code scaffolded by goctl. Safe to edit.

package friend

import (
	"context"
	"fmt"

	"github.com/zeromicro/go-zero/core/logx"

	"im-backend/api-gateway/internal/caller"
	"im-backend/api-gateway/internal/input"
	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"
	"im-backend/api-gateway/internal/view"
	"im-backend/common/proto/gen/friendpb"
)

// ListBlocksLogic serves one call.
type ListBlocksLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewListBlocksLogic is called by the handler for every call.
func NewListBlocksLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ListBlocksLogic {
	return &ListBlocksLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// ListBlocks lists the users whom the caller blocks.
func (l *ListBlocksLogic) ListBlocks(req *types.ListBlocksRequest) (*types.BlockList, error) {
	limit, err := input.Limit(req.Limit)
	if err != nil {
		return nil, err
	}
	got, err := l.svcCtx.Friends.ListBlocks(l.ctx, &friendpb.ListBlocksRequest{
		UserId: caller.UserID(l.ctx), Limit: limit, Cursor: req.Cursor,
	})
	if err != nil {
		return nil, fmt.Errorf("list blocks: %w", err)
	}
	users, err := view.LoadUsers(l.ctx, l.svcCtx.Users, view.List(got.GetBlocks(), (*friendpb.Block).GetUserId))
	if err != nil {
		return nil, err
	}
	items := view.List(got.GetBlocks(), func(b *friendpb.Block) types.Block {
		return types.Block{User: users.Get(b.GetUserId()), CreatedAt: b.GetCreatedAt()}
	})
	return &types.BlockList{Items: items, NextCursor: got.GetNextCursor()}, nil
}
