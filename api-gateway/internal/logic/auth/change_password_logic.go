// Code scaffolded by goctl. Safe to edit.

package auth

import (
	"context"
	"fmt"

	"github.com/zeromicro/go-zero/core/logx"

	"im-backend/api-gateway/internal/attempt"
	"im-backend/api-gateway/internal/caller"
	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"
	"im-backend/common/proto/gen/authpb"
	"im-backend/common/proto/gen/userpb"
)

// ChangePasswordLogic serves one call.
type ChangePasswordLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewChangePasswordLogic is called by the handler for every call.
func NewChangePasswordLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ChangePasswordLogic {
	return &ChangePasswordLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// ChangePassword sets another password and ends the caller's other sessions. A client that repeats it, because its answer was
// lost or the sessions could not be ended, gets both done.
func (l *ChangePasswordLogic) ChangePassword(req *types.ChangePasswordRequest) error {
	me := caller.Identity(l.ctx)
	var changed *userpb.ChangePasswordResponse
	err := attempt.Make(l.ctx, l.svcCtx.Auth, attempt.Password(l.ctx), func() (err error) {
		changed, err = l.svcCtx.Users.ChangePassword(l.ctx, &userpb.ChangePasswordRequest{
			UserId: me.GetUserId(), SessionId: me.GetSessionId(), OldPassword: req.OldPassword, NewPassword: req.NewPassword,
		})
		return err
	})
	if err != nil {
		return fmt.Errorf("change password: %w", err)
	}
	_, err = l.svcCtx.Auth.RevokeOtherSessions(l.ctx, &authpb.RevokeOtherSessionsRequest{
		UserId: me.GetUserId(), KeepSessionId: me.GetSessionId(), PasswordVersion: changed.GetPasswordVersion(),
	})
	if err != nil {
		return fmt.Errorf("change password: %w", err)
	}
	return nil
}
