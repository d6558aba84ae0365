// Code scaffolded by goctl. Safe to edit.

package auth

import (
	"context"
	"fmt"

	"github.com/zeromicro/go-zero/core/logx"

	"im-backend/api-gateway/internal/caller"
	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"
	"im-backend/common/proto/gen/authpb"
)

// CreateTicketLogic serves one call.
type CreateTicketLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewCreateTicketLogic is called by the handler for every call.
func NewCreateTicketLogic(ctx context.Context, svcCtx *svc.ServiceContext) *CreateTicketLogic {
	return &CreateTicketLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// CreateTicket makes a single-use ticket for a WebSocket.
func (l *CreateTicketLogic) CreateTicket() (*types.Ticket, error) {
	got, err := l.svcCtx.Auth.CreateTicket(l.ctx, &authpb.CreateTicketRequest{Identity: caller.Identity(l.ctx)})
	if err != nil {
		return nil, fmt.Errorf("create ticket: %w", err)
	}
	return &types.Ticket{Ticket: got.GetTicket(), Url: l.svcCtx.Config.PublicWS, ExpiresAt: got.GetExpiresAt()}, nil
}
