// Code scaffolded by goctl. Safe to edit.

package auth

import (
	"context"
	"fmt"

	"github.com/zeromicro/go-zero/core/logx"

	"im-backend/api-gateway/internal/caller"
	"im-backend/api-gateway/internal/input"
	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"
	"im-backend/common/proto/gen/authpb"
	"im-backend/common/utils/errs"
)

// RevokeSessionLogic serves one call.
type RevokeSessionLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewRevokeSessionLogic is called by the handler for every call.
func NewRevokeSessionLogic(ctx context.Context, svcCtx *svc.ServiceContext) *RevokeSessionLogic {
	return &RevokeSessionLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// RevokeSession ends one session of the caller.
func (l *RevokeSessionLogic) RevokeSession(req *types.SessionPath) error {
	id, err := input.PathID(req.SessionId, errs.ErrNotFound)
	if err != nil {
		return err
	}
	_, err = l.svcCtx.Auth.RevokeSession(l.ctx, &authpb.RevokeSessionRequest{UserId: caller.UserID(l.ctx), SessionId: id})
	if err != nil {
		return fmt.Errorf("revoke session: %w", err)
	}
	return nil
}
