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

// ListBansLogic serves one call.
type ListBansLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewListBansLogic is called by the handler for every call.
func NewListBansLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ListBansLogic {
	return &ListBansLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// ListBans lists the users who are banned from a group.
func (l *ListBansLogic) ListBans(req *types.ListBansRequest) (*types.BanList, error) {
	id, err := input.PathID(req.GroupId, errs.ErrGroupNotFound)
	if err != nil {
		return nil, err
	}
	limit, err := input.Limit(req.Limit)
	if err != nil {
		return nil, err
	}
	got, err := l.svcCtx.Groups.ListBans(l.ctx, &grouppb.ListBansRequest{
		UserId: caller.UserID(l.ctx), GroupId: id, Limit: limit, Cursor: req.Cursor,
	})
	if err != nil {
		return nil, fmt.Errorf("list bans: %w", err)
	}
	return &types.BanList{Items: view.List(got.GetBans(), view.Ban), NextCursor: got.GetNextCursor()}, nil
}
