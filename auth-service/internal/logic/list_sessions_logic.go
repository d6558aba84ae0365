package logic

import (
	"context"

	"im-backend/auth-service/internal/svc"
	"im-backend/common/model"
	"im-backend/common/proto/gen/authpb"
)

// ListSessionsLogic serves one call.
type ListSessionsLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewListSessionsLogic is called by the generated server for every call.
func NewListSessionsLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ListSessionsLogic {
	return &ListSessionsLogic{ctx: ctx, svcCtx: svcCtx}
}

// ListSessions answers a page of the user's live sessions, the newest first.
func (l *ListSessionsLogic) ListSessions(in *authpb.ListSessionsRequest) (*authpb.ListSessionsResponse, error) {
	list, next, err := l.svcCtx.Sessions.Page(l.ctx, model.UserID(in.GetUserId()), in.GetLimit(), in.GetCursor())
	if err != nil {
		return nil, err
	}
	out := &authpb.ListSessionsResponse{Sessions: make([]*authpb.Session, 0, len(list)), NextCursor: next}
	for _, s := range list {
		out.Sessions = append(out.Sessions, sessionOf(s))
	}
	return out, nil
}
