package logic

import (
	"context"

	"im-backend/auth-service/internal/svc"
	"im-backend/common/proto/gen/authpb"
)

// ListSigningKeysLogic serves one call.
type ListSigningKeysLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewListSigningKeysLogic is called by the generated server for every call.
func NewListSigningKeysLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ListSigningKeysLogic {
	return &ListSigningKeysLogic{ctx: ctx, svcCtx: svcCtx}
}

// ListSigningKeys describes the keys that verify now, the signing one first.
func (l *ListSigningKeysLogic) ListSigningKeys(*authpb.ListSigningKeysRequest) (*authpb.ListSigningKeysResponse, error) {
	keys, err := l.svcCtx.Keys.List(l.ctx)
	if err != nil {
		return nil, err
	}
	out := &authpb.ListSigningKeysResponse{Keys: make([]*authpb.SigningKey, 0, len(keys))}
	for _, key := range keys {
		out.Keys = append(out.Keys, signingKeyOf(key))
	}
	return out, nil
}
