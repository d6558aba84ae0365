// Code scaffolded by goctl. Safe to edit.

package chat

import (
	"context"
	"fmt"

	"github.com/zeromicro/go-zero/core/logx"

	"im-backend/api-gateway/internal/caller"
	"im-backend/api-gateway/internal/input"
	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"
	"im-backend/api-gateway/internal/view"
	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/utils/errs"
)

// ListReadersLogic serves one call.
type ListReadersLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewListReadersLogic is called by the handler for every call.
func NewListReadersLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ListReadersLogic {
	return &ListReadersLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// ListReaders answers who has read a message.
func (l *ListReadersLogic) ListReaders(req *types.ListReadersRequest) (*types.ReaderList, error) {
	if err := input.PathConversation(req.Id); err != nil {
		return nil, err
	}
	seq, err := input.PathID(req.Seq, errs.ErrMessageNotFound)
	if err != nil {
		return nil, err
	}
	limit, err := input.Limit(req.Limit)
	if err != nil {
		return nil, err
	}
	got, err := l.svcCtx.Chat.ListReaders(l.ctx, &chatpb.ListReadersRequest{
		UserId: caller.UserID(l.ctx), ConversationId: req.Id, Seq: seq, Limit: limit, Cursor: req.Cursor,
	})
	if err != nil {
		return nil, fmt.Errorf("list readers: %w", err)
	}
	return &types.ReaderList{
		Read: view.List(got.GetUserIds(), view.ID), ReadCount: got.GetReadCount(), UnreadCount: got.GetUnreadCount(),
		NextCursor: got.GetNextCursor(),
	}, nil
}
