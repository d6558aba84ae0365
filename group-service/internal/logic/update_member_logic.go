package logic

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/group-service/internal/membership"
	"im-backend/group-service/internal/svc"
)

// UpdateMemberLogic serves one call.
type UpdateMemberLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewUpdateMemberLogic is called by the generated server for every call.
func NewUpdateMemberLogic(ctx context.Context, svcCtx *svc.ServiceContext) *UpdateMemberLogic {
	return &UpdateMemberLogic{ctx: ctx, svcCtx: svcCtx}
}

// UpdateMember changes a member's role, nickname or mute. Errors: GROUP_NOT_FOUND, USER_NOT_FOUND, NOT_GROUP_ADMIN,
func (l *UpdateMemberLogic) UpdateMember(in *grouppb.UpdateMemberRequest) (*grouppb.UpdateMemberResponse, error) {
	changes := membership.MemberChanges{Role: in.Role, Nickname: in.Nickname, MutedUntil: in.MutedUntil}
	member, err := l.svcCtx.Groups.UpdateMember(l.ctx, model.GroupID(in.GetGroupId()), model.UserID(in.GetUserId()),
		model.UserID(in.GetMemberId()), changes)
	if err != nil {
		return nil, err
	}
	return &grouppb.UpdateMemberResponse{Member: memberPB(member)}, nil
}
