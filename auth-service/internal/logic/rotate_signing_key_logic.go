package logic

import (
	"context"

	"im-backend/auth-service/internal/svc"
	"im-backend/common/proto/gen/authpb"
)

// RotateSigningKeyLogic serves one call.
type RotateSigningKeyLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewRotateSigningKeyLogic is called by the generated server for every call.
func NewRotateSigningKeyLogic(ctx context.Context, svcCtx *svc.ServiceContext) *RotateSigningKeyLogic {
	return &RotateSigningKeyLogic{ctx: ctx, svcCtx: svcCtx}
}

// RotateSigningKey makes a new key that signs from now on.
func (l *RotateSigningKeyLogic) RotateSigningKey(*authpb.RotateSigningKeyRequest) (*authpb.RotateSigningKeyResponse, error) {
	key, err := l.svcCtx.Keys.Rotate(l.ctx)
	if err != nil {
		return nil, err
	}
	return &authpb.RotateSigningKeyResponse{Key: signingKeyOf(key)}, nil
}
