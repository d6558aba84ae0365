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

// ListInvitesLogic serves one call.
type ListInvitesLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewListInvitesLogic is called by the handler for every call.
func NewListInvitesLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ListInvitesLogic {
	return &ListInvitesLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// ListInvites lists the invites of a group that may still be used.
func (l *ListInvitesLogic) ListInvites(req *types.ListInvitesRequest) (*types.InviteList, error) {
	id, err := input.PathID(req.GroupId, errs.ErrGroupNotFound)
	if err != nil {
		return nil, err
	}
	limit, err := input.Limit(req.Limit)
	if err != nil {
		return nil, err
	}
	got, err := l.svcCtx.Groups.ListInvites(l.ctx, &grouppb.ListInvitesRequest{
		UserId: caller.UserID(l.ctx), GroupId: id, Limit: limit, Cursor: req.Cursor,
	})
	if err != nil {
		return nil, fmt.Errorf("list invites: %w", err)
	}
	return &types.InviteList{Items: view.List(got.GetInvites(), view.Invite), NextCursor: got.GetNextCursor()}, nil
}
