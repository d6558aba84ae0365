// Code scaffolded by goctl. Safe to edit.

package auth

import (
	"context"
	"errors"
	"fmt"

	"github.com/zeromicro/go-zero/core/logx"

	"im-backend/api-gateway/internal/caller"
	"im-backend/api-gateway/internal/svc"
	"im-backend/common/proto/gen/authpb"
	"im-backend/common/utils/errs"
)

// LogoutLogic serves one call.
type LogoutLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewLogoutLogic is called by the handler for every call.
func NewLogoutLogic(ctx context.Context, svcCtx *svc.ServiceContext) *LogoutLogic {
	return &LogoutLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// Logout ends the caller's session; one that another call ended meanwhile is as good.
func (l *LogoutLogic) Logout() error {
	me := caller.Identity(l.ctx)
	_, err := l.svcCtx.Auth.RevokeSession(l.ctx, &authpb.RevokeSessionRequest{
		UserId: me.GetUserId(), SessionId: me.GetSessionId(),
	})
	if err != nil && !errors.Is(err, errs.ErrNotFound) {
		return fmt.Errorf("logout: %w", err)
	}
	return nil
}
