package logic

import (
	"context"

	"im-backend/auth-service/internal/svc"
	"im-backend/common/proto/gen/authpb"
)

// RedeemTicketLogic serves one call.
type RedeemTicketLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewRedeemTicketLogic is called by the generated server for every call.
func NewRedeemTicketLogic(ctx context.Context, svcCtx *svc.ServiceContext) *RedeemTicketLogic {
	return &RedeemTicketLogic{ctx: ctx, svcCtx: svcCtx}
}

// RedeemTicket uses a ticket up and answers whose it was. Errors: UNAUTHENTICATED, SESSION_REVOKED.
func (l *RedeemTicketLogic) RedeemTicket(in *authpb.RedeemTicketRequest) (*authpb.RedeemTicketResponse, error) {
	id, err := l.svcCtx.Sessions.RedeemTicket(l.ctx, in.GetTicket())
	if err != nil {
		return nil, err
	}
	return &authpb.RedeemTicketResponse{Identity: identityOf(id)}, nil
}
