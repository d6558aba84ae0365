// Code scaffolded by goctl. Safe to edit.

package auth

import (
	"context"
	"fmt"

	"github.com/zeromicro/go-zero/core/logx"

	"im-backend/api-gateway/internal/caller"
	"im-backend/api-gateway/internal/input"
	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"
	"im-backend/api-gateway/internal/view"
	"im-backend/common/proto/gen/authpb"
)

// ListSessionsLogic serves one call.
type ListSessionsLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewListSessionsLogic is called by the handler for every call.
func NewListSessionsLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ListSessionsLogic {
	return &ListSessionsLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// ListSessions lists the caller's sessions.
func (l *ListSessionsLogic) ListSessions(req *types.ListSessionsRequest) (*types.SessionList, error) {
	limit, err := input.Limit(req.Limit)
	if err != nil {
		return nil, err
	}
	me := caller.Identity(l.ctx)
	got, err := l.svcCtx.Auth.ListSessions(l.ctx, &authpb.ListSessionsRequest{
		UserId: me.GetUserId(), Limit: limit, Cursor: req.Cursor,
	})
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	items := view.List(got.GetSessions(), func(s *authpb.Session) types.Session {
		return view.Session(s, me.GetSessionId())
	})
	return &types.SessionList{Items: items, NextCursor: got.GetNextCursor()}, nil
}
