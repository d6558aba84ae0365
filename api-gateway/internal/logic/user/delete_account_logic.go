// Code scaffolded by goctl. Safe to edit.

package user

import (
	"context"
	"fmt"
	"math"

	"github.com/zeromicro/go-zero/core/logx"

	"im-backend/api-gateway/internal/attempt"
	"im-backend/api-gateway/internal/caller"
	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"
	"im-backend/common/proto/gen/authpb"
	"im-backend/common/proto/gen/userpb"
)

// DeleteAccountLogic serves one call.
type DeleteAccountLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewDeleteAccountLogic is called by the handler for every call.
func NewDeleteAccountLogic(ctx context.Context, svcCtx *svc.ServiceContext) *DeleteAccountLogic {
	return &DeleteAccountLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// DeleteAccount ends the caller's account for good, and then all of its sessions: who repeats it because they could not be ended
// is still signed in.
func (l *DeleteAccountLogic) DeleteAccount(req *types.DeleteAccountRequest) error {
	me := caller.UserID(l.ctx)
	err := attempt.Make(l.ctx, l.svcCtx.Auth, attempt.Password(l.ctx), func() error {
		_, err := l.svcCtx.Users.DeleteAccount(l.ctx, &userpb.DeleteAccountRequest{UserId: me, Password: req.Password})
		return err
	})
	if err != nil {
		return fmt.Errorf("delete account: %w", err)
	}
	_, err = l.svcCtx.Auth.RevokeOtherSessions(l.ctx, &authpb.RevokeOtherSessionsRequest{
		UserId: me, PasswordVersion: math.MaxInt64, // no login that is under way gets in
	})
	if err != nil {
		return fmt.Errorf("delete account: %w", err)
	}
	return nil
}
