// Code scaffolded by goctl. Safe to edit.

package auth

import (
	"context"
	"fmt"

	"github.com/zeromicro/go-zero/core/logx"

	"im-backend/api-gateway/internal/caller"
	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"
	"im-backend/api-gateway/internal/view"
	"im-backend/common/proto/gen/authpb"
)

// RefreshLogic serves one call.
type RefreshLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewRefreshLogic is called by the handler for every call.
func NewRefreshLogic(ctx context.Context, svcCtx *svc.ServiceContext) *RefreshLogic {
	return &RefreshLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// Refresh rotates a refresh token.
func (l *RefreshLogic) Refresh(req *types.RefreshRequest) (*types.RefreshResponse, error) {
	got, err := l.svcCtx.Auth.RefreshSession(l.ctx, &authpb.RefreshSessionRequest{
		RefreshToken: req.RefreshToken, Ip: caller.Address(l.ctx),
	})
	if err != nil {
		return nil, fmt.Errorf("refresh: %w", err)
	}
	return &types.RefreshResponse{Tokens: view.Tokens(got.GetTokens())}, nil
}
