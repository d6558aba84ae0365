package logic

import (
	"context"

	"im-backend/chat-service/internal/search"
	"im-backend/chat-service/internal/svc"
	"im-backend/common/model"
	"im-backend/common/proto/gen/chatpb"
)

// SearchMessagesLogic serves one call.
type SearchMessagesLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewSearchMessagesLogic is called by the generated server for every call.
func NewSearchMessagesLogic(ctx context.Context, svcCtx *svc.ServiceContext) *SearchMessagesLogic {
	return &SearchMessagesLogic{ctx: ctx, svcCtx: svcCtx}
}

// SearchMessages finds messages that the caller may see by what they say, the newest first.
func (l *SearchMessagesLogic) SearchMessages(in *chatpb.SearchMessagesRequest) (*chatpb.SearchMessagesResponse, error) {
	found, next, err := l.svcCtx.Search.Find(l.ctx, model.UserID(in.GetUserId()), search.Query{
		Text: in.GetQuery(), ConversationID: in.GetConversationId(), Sender: model.UserID(in.GetSenderId()), Type: in.GetType(),
		Before: in.GetBefore(), Limit: in.GetLimit(), Cursor: in.GetCursor(),
	})
	if err != nil {
		return nil, err
	}
	return &chatpb.SearchMessagesResponse{Messages: found, NextCursor: next}, nil
}
