package logic

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/proto/gen/friendpb"
	"im-backend/friend-service/internal/svc"
)

// CreateRequestLogic serves one call.
type CreateRequestLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewCreateRequestLogic is called by the generated server for every call.
func NewCreateRequestLogic(ctx context.Context, svcCtx *svc.ServiceContext) *CreateRequestLogic {
	return &CreateRequestLogic{ctx: ctx, svcCtx: svcCtx}
}

// CreateRequest asks another user. A pending request of the other side is accepted instead; repeating a pending request
func (l *CreateRequestLogic) CreateRequest(in *friendpb.CreateRequestRequest) (*friendpb.CreateRequestResponse, error) {
	r, err := l.svcCtx.Friendships.Ask(l.ctx, model.UserID(in.GetUserId()), model.UserID(in.GetToUserId()), in.GetMessage())
	if err != nil {
		return nil, err
	}
	return &friendpb.CreateRequestResponse{Request: requestPB(r)}, nil
}
