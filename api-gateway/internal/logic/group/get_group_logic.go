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

// GetGroupLogic serves one call.
type GetGroupLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewGetGroupLogic is called by the handler for every call.
func NewGetGroupLogic(ctx context.Context, svcCtx *svc.ServiceContext) *GetGroupLogic {
	return &GetGroupLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// GetGroup answers a group.
func (l *GetGroupLogic) GetGroup(req *types.GroupPath) (*types.Group, error) {
	id, err := input.PathID(req.GroupId, errs.ErrGroupNotFound)
	if err != nil {
		return nil, err
	}
	got, err := l.svcCtx.Groups.GetGroup(l.ctx, &grouppb.GetGroupRequest{UserId: caller.UserID(l.ctx), GroupId: id})
	if err != nil {
		return nil, fmt.Errorf("get group: %w", err)
	}
	group := view.Group(got.GetGroup())
	return &group, nil
}
