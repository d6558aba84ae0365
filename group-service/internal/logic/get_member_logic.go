package logic

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/group-service/internal/svc"
)

// GetMemberLogic serves one call.
type GetMemberLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewGetMemberLogic is called by the generated server for every call.
func NewGetMemberLogic(ctx context.Context, svcCtx *svc.ServiceContext) *GetMemberLogic {
	return &GetMemberLogic{ctx: ctx, svcCtx: svcCtx}
}

// GetMember answers one member. Errors: GROUP_NOT_FOUND, USER_NOT_FOUND.
func (l *GetMemberLogic) GetMember(in *grouppb.GetMemberRequest) (*grouppb.GetMemberResponse, error) {
	member, err := l.svcCtx.Groups.Member(l.ctx, model.GroupID(in.GetGroupId()), model.UserID(in.GetUserId()),
		model.UserID(in.GetMemberId()))
	if err != nil {
		return nil, err
	}
	return &grouppb.GetMemberResponse{Member: memberPB(member)}, nil
}
