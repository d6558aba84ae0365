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

// MuteAllLogic serves one call.
type MuteAllLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewMuteAllLogic is called by the handler for every call.
func NewMuteAllLogic(ctx context.Context, svcCtx *svc.ServiceContext) *MuteAllLogic {
	return &MuteAllLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// MuteAll lets only admins write until a time; zero ends it.
func (l *MuteAllLogic) MuteAll(req *types.MuteAllRequest) error {
	id, err := input.PathID(req.GroupId, errs.ErrGroupNotFound)
	if err != nil {
		return err
	}
	_, err = l.svcCtx.Groups.MuteAll(l.ctx, &grouppb.MuteAllRequest{
		UserId: caller.UserID(l.ctx), GroupId: id, Until: req.Until,
	})
	if err != nil {
		return fmt.Errorf("mute all: %w", err)
	}
	return nil
}
