// Code scaffolded by goctl. Safe to edit.

package group

import (
	"context"
	"fmt"

	"github.com/zeromicro/go-zero/core/logx"

	"im-backend/api-gateway/internal/caller"
	"im-backend/api-gateway/internal/input"
	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/common/utils/errs"
)

// RemoveMemberLogic serves one call.
type RemoveMemberLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewRemoveMemberLogic is called by the handler for every call.
func NewRemoveMemberLogic(ctx context.Context, svcCtx *svc.ServiceContext) *RemoveMemberLogic {
	return &RemoveMemberLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// RemoveMember kicks a member.
func (l *RemoveMemberLogic) RemoveMember(req *types.MemberPath) error {
	id, err := input.PathID(req.GroupId, errs.ErrGroupNotFound)
	if err != nil {
		return err
	}
	member, err := input.PathID(req.UserId, errs.ErrUserNotFound)
	if err != nil {
		return err
	}
	_, err = l.svcCtx.Groups.RemoveMember(l.ctx, &grouppb.RemoveMemberRequest{
		UserId: caller.UserID(l.ctx), GroupId: id, MemberId: member,
	})
	if err != nil {
		return fmt.Errorf("remove member: %w", err)
	}
	return nil
}
