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
	"im-backend/common/proto/gen/chatpb"
)

// DeleteMessagesLogic serves one call.
type DeleteMessagesLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewDeleteMessagesLogic is called by the handler for every call.
func NewDeleteMessagesLogic(ctx context.Context, svcCtx *svc.ServiceContext) *DeleteMessagesLogic {
	return &DeleteMessagesLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// DeleteMessages takes entries away from the caller alone.
func (l *DeleteMessagesLogic) DeleteMessages(req *types.DeleteMessagesRequest) error {
	if err := input.PathConversation(req.Id); err != nil {
		return err
	}
	me := caller.Identity(l.ctx)
	_, err := l.svcCtx.Chat.DeleteMessages(l.ctx, &chatpb.DeleteMessagesRequest{
		UserId: me.GetUserId(), ConversationId: req.Id, SessionId: me.GetSessionId(), Seqs: req.Seqs,
	})
	if err != nil {
		return fmt.Errorf("delete messages: %w", err)
	}
	return nil
}
