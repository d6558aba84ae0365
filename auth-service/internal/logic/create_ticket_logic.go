package logic

import (
	"context"

	"im-backend/auth-service/internal/svc"
	"im-backend/common/proto/gen/authpb"
)

// CreateTicketLogic serves one call.
type CreateTicketLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewCreateTicketLogic is called by the generated server for every call.
func NewCreateTicketLogic(ctx context.Context, svcCtx *svc.ServiceContext) *CreateTicketLogic {
	return &CreateTicketLogic{ctx: ctx, svcCtx: svcCtx}
}

// CreateTicket makes a single-use WebSocket ticket of 30 seconds for a session.
func (l *CreateTicketLogic) CreateTicket(in *authpb.CreateTicketRequest) (*authpb.CreateTicketResponse, error) {
	ticket, expiresAt, err := l.svcCtx.Sessions.CreateTicket(l.ctx, identityIn(in.GetIdentity()))
	if err != nil {
		return nil, err
	}
	return &authpb.CreateTicketResponse{Ticket: ticket, ExpiresAt: expiresAt}, nil
}
