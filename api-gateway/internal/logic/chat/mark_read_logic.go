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

// MarkReadLogic serves one call.
type MarkReadLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewMarkReadLogic is called by the handler for every call.
func NewMarkReadLogic(ctx context.Context, svcCtx *svc.ServiceContext) *MarkReadLogic {
	return &MarkReadLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// MarkRead moves the caller's read position forward.
func (l *MarkReadLogic) MarkRead(req *types.MarkReadRequest) error {
	if err := input.PathConversation(req.Id); err != nil {
		return err
	}
	me := caller.Identity(l.ctx)
	_, err := l.svcCtx.Chat.MarkRead(l.ctx, &chatpb.MarkReadRequest{
		UserId: me.GetUserId(), ConversationId: req.Id, Seq: req.Seq, SessionId: me.GetSessionId(),
	})
	if err != nil {
		return fmt.Errorf("mark read: %w", err)
	}
	return nil
}
