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

// PinMessageLogic serves one call.
type PinMessageLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewPinMessageLogic is called by the handler for every call.
func NewPinMessageLogic(ctx context.Context, svcCtx *svc.ServiceContext) *PinMessageLogic {
	return &PinMessageLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// PinMessage pins a message for all.
func (l *PinMessageLogic) PinMessage(req *types.MessagePath) error {
	seq, err := input.PathMessage(req.Id, req.Seq)
	if err != nil {
		return err
	}
	_, err = l.svcCtx.Chat.PinMessage(l.ctx, &chatpb.PinMessageRequest{
		UserId: caller.UserID(l.ctx), ConversationId: req.Id, Seq: seq,
	})
	if err != nil {
		return fmt.Errorf("pin message: %w", err)
	}
	return nil
}
