package logic

import (
	"context"

	"im-backend/auth-service/internal/svc"
	"im-backend/common/proto/gen/authpb"
)

// GetJwksLogic serves one call.
type GetJwksLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewGetJwksLogic is called by the generated server for every call.
func NewGetJwksLogic(ctx context.Context, svcCtx *svc.ServiceContext) *GetJwksLogic {
	return &GetJwksLogic{ctx: ctx, svcCtx: svcCtx}
}

// GetJwks answers the public keys of the access tokens as a JSON Web Key Set.
func (l *GetJwksLogic) GetJwks(_ *authpb.GetJwksRequest) (*authpb.GetJwksResponse, error) {
	set, err := l.svcCtx.Keys.JWKS(l.ctx)
	if err != nil {
		return nil, err
	}
	return &authpb.GetJwksResponse{Jwks: set}, nil
}
