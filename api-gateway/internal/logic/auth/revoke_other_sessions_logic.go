// Code scaffolded by goctl. Safe to edit.

package auth

import (
	"context"
	"fmt"

	"github.com/zeromicro/go-zero/core/logx"

	"im-backend/api-gateway/internal/caller"
	"im-backend/api-gateway/internal/svc"
	"im-backend/common/proto/gen/authpb"
)

// RevokeOtherSessionsLogic serves one call.
type RevokeOtherSessionsLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewRevokeOtherSessionsLogic is called by the handler for every call.
func NewRevokeOtherSessionsLogic(ctx context.Context, svcCtx *svc.ServiceContext) *RevokeOtherSessionsLogic {
	return &RevokeOtherSessionsLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// RevokeOtherSessions ends all sessions of the caller but the current one.
func (l *RevokeOtherSessionsLogic) RevokeOtherSessions() error {
	me := caller.Identity(l.ctx)
	_, err := l.svcCtx.Auth.RevokeOtherSessions(l.ctx, &authpb.RevokeOtherSessionsRequest{
		UserId: me.GetUserId(), KeepSessionId: me.GetSessionId(),
	})
	if err != nil {
		return fmt.Errorf("revoke other sessions: %w", err)
	}
	return nil
}
