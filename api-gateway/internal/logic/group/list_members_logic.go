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

// ListMembersLogic serves one call.
type ListMembersLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewListMembersLogic is called by the handler for every call.
func NewListMembersLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ListMembersLogic {
	return &ListMembersLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// ListMembers lists the members of a group.
func (l *ListMembersLogic) ListMembers(req *types.ListMembersRequest) (*types.MemberList, error) {
	id, err := input.PathID(req.GroupId, errs.ErrGroupNotFound)
	if err != nil {
		return nil, err
	}
	limit, err := input.Limit(req.Limit)
	if err != nil {
		return nil, err
	}
	got, err := l.svcCtx.Groups.ListMembers(l.ctx, &grouppb.ListMembersRequest{
		UserId: caller.UserID(l.ctx), GroupId: id, Limit: limit, Cursor: req.Cursor, Role: req.Role, NamePrefix: req.Name, Since: req.Since,
	})
	if err != nil {
		return nil, fmt.Errorf("list members: %w", err)
	}
	return &types.MemberList{
		Items: view.List(got.GetMembers(), view.Member), Deleted: view.List(got.GetDeleted(), view.ID),
		NextCursor: got.GetNextCursor(), Version: got.GetVersion(), Reset: got.GetReset_(),
	}, nil
}
