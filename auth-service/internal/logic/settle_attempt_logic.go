package logic

import (
	"context"

	"im-backend/auth-service/internal/svc"
	"im-backend/common/proto/gen/authpb"
)

// SettleAttemptLogic serves one call.
type SettleAttemptLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewSettleAttemptLogic is called by the generated server for every call.
func NewSettleAttemptLogic(ctx context.Context, svcCtx *svc.ServiceContext) *SettleAttemptLogic {
	return &SettleAttemptLogic{ctx: ctx, svcCtx: svcCtx}
}

// SettleAttempt takes back what AdmitAttempt counted: the password was right, or none was tried.
func (l *SettleAttemptLogic) SettleAttempt(in *authpb.SettleAttemptRequest) (*authpb.SettleAttemptResponse, error) {
	if err := l.svcCtx.Throttle.Settle(l.ctx, attemptIn(in.GetAttempt()), in.GetProved()); err != nil {
		return nil, err
	}
	return &authpb.SettleAttemptResponse{}, nil
}
