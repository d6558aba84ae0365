// Code scaffolded by goctl. Safe to edit.

package friend

import (
	"context"
	"fmt"

	"github.com/zeromicro/go-zero/core/logx"

	"im-backend/api-gateway/internal/caller"
	"im-backend/api-gateway/internal/input"
	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"
	"im-backend/api-gateway/internal/view"
	"im-backend/common/proto/gen/friendpb"
	"im-backend/common/utils/errs"
)

// ListFriendRequestsLogic serves one call.
type ListFriendRequestsLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewListFriendRequestsLogic is called by the handler for every call.
func NewListFriendRequestsLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ListFriendRequestsLogic {
	return &ListFriendRequestsLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// ListFriendRequests lists the caller's friend requests, the incoming ones unless the outgoing ones are asked for.
func (l *ListFriendRequestsLogic) ListFriendRequests(req *types.ListFriendRequestsRequest) (*types.FriendRequestList, error) {
	limit, err := input.Limit(req.Limit)
	if err != nil {
		return nil, err
	}
	if req.Direction != "" && req.Direction != "incoming" && req.Direction != "outgoing" {
		return nil, errs.InvalidField("direction", "must be incoming or outgoing")
	}
	got, err := l.svcCtx.Friends.ListRequests(l.ctx, &friendpb.ListRequestsRequest{
		UserId: caller.UserID(l.ctx), Outgoing: req.Direction == "outgoing", Status: req.Status,
		Limit: limit, Cursor: req.Cursor,
	})
	if err != nil {
		return nil, fmt.Errorf("list friend requests: %w", err)
	}
	return &types.FriendRequestList{
		Items: view.List(got.GetRequests(), view.FriendRequest), NextCursor: got.GetNextCursor(),
	}, nil
}
