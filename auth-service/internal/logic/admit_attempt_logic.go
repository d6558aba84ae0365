package logic

import (
	"context"

	"im-backend/auth-service/internal/svc"
	"im-backend/common/proto/gen/authpb"
)

// AdmitAttemptLogic serves one call.
type AdmitAttemptLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewAdmitAttemptLogic is called by the generated server for every call.
func NewAdmitAttemptLogic(ctx context.Context, svcCtx *svc.ServiceContext) *AdmitAttemptLogic {
	return &AdmitAttemptLogic{ctx: ctx, svcCtx: svcCtx}
}

// AdmitAttempt lets a client try a password or register, and counts that as failed until SettleAttempt says otherwise.
func (l *AdmitAttemptLogic) AdmitAttempt(in *authpb.AdmitAttemptRequest) (*authpb.AdmitAttemptResponse, error) {
	if err := l.svcCtx.Throttle.Admit(l.ctx, attemptIn(in.GetAttempt())); err != nil {
		return nil, err
	}
	return &authpb.AdmitAttemptResponse{}, nil
}
