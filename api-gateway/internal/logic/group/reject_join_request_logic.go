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

// RejectJoinRequestLogic serves one call.
type RejectJoinRequestLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewRejectJoinRequestLogic is called by the handler for every call.
func NewRejectJoinRequestLogic(ctx context.Context, svcCtx *svc.ServiceContext) *RejectJoinRequestLogic {
	return &RejectJoinRequestLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// RejectJoinRequest declines a request to join.
func (l *RejectJoinRequestLogic) RejectJoinRequest(req *types.JoinRequestPath) (*types.JoinRequest, error) {
	id, err := input.PathID(req.GroupId, errs.ErrGroupNotFound)
	if err != nil {
		return nil, err
	}
	requestID, err := input.PathID(req.Id, errs.ErrRequestNotFound)
	if err != nil {
		return nil, err
	}
	got, err := l.svcCtx.Groups.RejectJoinRequest(l.ctx, &grouppb.RejectJoinRequestRequest{
		UserId: caller.UserID(l.ctx), GroupId: id, RequestId: requestID,
	})
	if err != nil {
		return nil, fmt.Errorf("reject join request: %w", err)
	}
	request := view.JoinRequest(got.GetRequest())
	return &request, nil
}
