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
	"im-backend/api-gateway/internal/view"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/common/utils/errs"
)

// UpdateMemberLogic serves one call.
type UpdateMemberLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewUpdateMemberLogic is called by the handler for every call.
func NewUpdateMemberLogic(ctx context.Context, svcCtx *svc.ServiceContext) *UpdateMemberLogic {
	return &UpdateMemberLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// UpdateMember changes a member's role, nickname or mute.
func (l *UpdateMemberLogic) UpdateMember(req *types.UpdateMemberRequest) (*types.Member, error) {
	id, err := input.PathID(req.GroupId, errs.ErrGroupNotFound)
	if err != nil {
		return nil, err
	}
	member, err := input.PathID(req.UserId, errs.ErrUserNotFound)
	if err != nil {
		return nil, err
	}
	got, err := l.svcCtx.Groups.UpdateMember(l.ctx, &grouppb.UpdateMemberRequest{
		UserId: caller.UserID(l.ctx), GroupId: id, MemberId: member, Role: req.Role, Nickname: req.Nickname, MutedUntil: req.MutedUntil,
	})
	if err != nil {
		return nil, fmt.Errorf("update member: %w", err)
	}
	answer := view.Member(got.GetMember())
	return &answer, nil
}
