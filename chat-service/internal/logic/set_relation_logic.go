package logic

import (
	"context"

	"im-backend/chat-service/internal/committer"
	"im-backend/chat-service/internal/svc"
	"im-backend/common/model"
	"im-backend/common/proto/gen/chatpb"
)

// SetRelationLogic serves one call.
type SetRelationLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewSetRelationLogic is called by the generated server for every call.
func NewSetRelationLogic(ctx context.Context, svcCtx *svc.ServiceContext) *SetRelationLogic {
	return &SetRelationLogic{ctx: ctx, svcCtx: svcCtx}
}

// SetRelation projects friendship and blocks of two users; an older version than the stored one changes nothing.
func (l *SetRelationLogic) SetRelation(in *chatpb.SetRelationRequest) (*chatpb.SetRelationResponse, error) {
	low, high := model.UserID(in.GetLowUserId()), model.UserID(in.GetHighUserId())
	relation := committer.Relation{
		Friends: in.GetFriends(), BlockedByLow: in.GetBlockedByLow(), BlockedByHigh: in.GetBlockedByHigh(), Version: in.GetVersion(),
	}
	if err := l.svcCtx.Committer.SetRelation(l.ctx, low, high, relation); err != nil {
		return nil, err
	}
	if !relation.Friends || relation.BlockedByLow || relation.BlockedByHigh {
		l.svcCtx.Presence.Part(l.ctx, low, high)
	}
	return &chatpb.SetRelationResponse{}, nil
}
