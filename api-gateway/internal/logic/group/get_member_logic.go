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

// GetMemberLogic serves one call.
type GetMemberLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewGetMemberLogic is called by the handler for every call.
func NewGetMemberLogic(ctx context.Context, svcCtx *svc.ServiceContext) *GetMemberLogic {
	return &GetMemberLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// GetMember answers one member of a group.
func (l *GetMemberLogic) GetMember(req *types.MemberPath) (*types.Member, error) {
	id, err := input.PathID(req.GroupId, errs.ErrGroupNotFound)
	if err != nil {
		return nil, err
	}
	member, err := input.PathID(req.UserId, errs.ErrUserNotFound)
	if err != nil {
		return nil, err
	}
	got, err := l.svcCtx.Groups.GetMember(l.ctx, &grouppb.GetMemberRequest{
		UserId: caller.UserID(l.ctx), GroupId: id, MemberId: member,
	})
	if err != nil {
		return nil, fmt.Errorf("get member: %w", err)
	}
	answer := view.Member(got.GetMember())
	return &answer, nil
}
