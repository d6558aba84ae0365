package logic

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/proto/gen/userpb"
	"im-backend/user-service/internal/svc"
)

// SearchUsersLogic serves one call.
type SearchUsersLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewSearchUsersLogic is called by the generated server for every call.
func NewSearchUsersLogic(ctx context.Context, svcCtx *svc.ServiceContext) *SearchUsersLogic {
	return &SearchUsersLogic{ctx: ctx, svcCtx: svcCtx}
}

// SearchUsers finds active users by exact username, allowed phone or email, or nickname prefix. Every call of it counts.
func (l *SearchUsersLogic) SearchUsers(in *userpb.SearchUsersRequest) (*userpb.SearchUsersResponse, error) {
	if err := l.svcCtx.Searches.Spend(l.ctx, model.UserID(in.GetUserId())); err != nil {
		return nil, err
	}
	users, next, err := l.svcCtx.Accounts.Search(l.ctx, in.GetQuery(), in.GetLimit(), in.GetCursor())
	if err != nil {
		return nil, err
	}
	return &userpb.SearchUsersResponse{Users: usersOf(users), NextCursor: next}, nil
}
