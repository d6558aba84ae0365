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

// SetAnnouncementLogic serves one call.
type SetAnnouncementLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewSetAnnouncementLogic is called by the handler for every call.
func NewSetAnnouncementLogic(ctx context.Context, svcCtx *svc.ServiceContext) *SetAnnouncementLogic {
	return &SetAnnouncementLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// SetAnnouncement replaces the announcement.
func (l *SetAnnouncementLogic) SetAnnouncement(req *types.SetAnnouncementRequest) error {
	id, err := input.PathID(req.GroupId, errs.ErrGroupNotFound)
	if err != nil {
		return err
	}
	_, err = l.svcCtx.Groups.SetAnnouncement(l.ctx, &grouppb.SetAnnouncementRequest{
		UserId: caller.UserID(l.ctx), GroupId: id, Text: req.Text,
	})
	if err != nil {
		return fmt.Errorf("set announcement: %w", err)
	}
	return nil
}
