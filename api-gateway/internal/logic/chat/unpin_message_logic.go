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

// UnpinMessageLogic serves one call.
type UnpinMessageLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewUnpinMessageLogic is called by the handler for every call.
func NewUnpinMessageLogic(ctx context.Context, svcCtx *svc.ServiceContext) *UnpinMessageLogic {
	return &UnpinMessageLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// UnpinMessage takes a pin away.
func (l *UnpinMessageLogic) UnpinMessage(req *types.MessagePath) error {
	seq, err := input.PathMessage(req.Id, req.Seq)
	if err != nil {
		return err
	}
	_, err = l.svcCtx.Chat.PinMessage(l.ctx, &chatpb.PinMessageRequest{
		UserId: caller.UserID(l.ctx), ConversationId: req.Id, Seq: seq, Removed: true,
	})
	if err != nil {
		return fmt.Errorf("unpin message: %w", err)
	}
	return nil
}
