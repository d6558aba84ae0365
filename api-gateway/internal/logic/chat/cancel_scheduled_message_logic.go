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
	"im-backend/common/utils/errs"
)

// CancelScheduledMessageLogic serves one call.
type CancelScheduledMessageLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewCancelScheduledMessageLogic is called by the handler for every call.
func NewCancelScheduledMessageLogic(ctx context.Context, svcCtx *svc.ServiceContext) *CancelScheduledMessageLogic {
	return &CancelScheduledMessageLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// CancelScheduledMessage forgets a message that waits for its time.
func (l *CancelScheduledMessageLogic) CancelScheduledMessage(req *types.ScheduledPath) error {
	id, err := input.PathID(req.Id, errs.ErrScheduledNotFound)
	if err != nil {
		return err
	}
	_, err = l.svcCtx.Chat.CancelScheduledMessage(l.ctx, &chatpb.CancelScheduledMessageRequest{
		UserId: caller.UserID(l.ctx), ScheduledId: id,
	})
	if err != nil {
		return fmt.Errorf("cancel scheduled message: %w", err)
	}
	return nil
}
