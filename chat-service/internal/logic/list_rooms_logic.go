package logic

import (
	"context"

	"im-backend/chat-service/internal/svc"
	"im-backend/common/proto/gen/chatpb"
)

// ListRoomsLogic serves one call.
type ListRoomsLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewListRoomsLogic is called by the generated server for every call.
func NewListRoomsLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ListRoomsLogic {
	return &ListRoomsLogic{ctx: ctx, svcCtx: svcCtx}
}

// ListRooms answers the open group windows of users, for gateways that hold their connections.
func (l *ListRoomsLogic) ListRooms(in *chatpb.ListRoomsRequest) (*chatpb.ListRoomsResponse, error) {
	rows, err := l.svcCtx.Timeline.ListRooms(l.ctx, in.GetUserIds())
	if err != nil {
		return nil, err
	}
	out := &chatpb.ListRoomsResponse{Rooms: make([]*chatpb.Room, len(rows))}
	for i, r := range rows {
		out.Rooms[i] = &chatpb.Room{UserId: r.UserID, ConversationId: r.ConversationID, FromSeq: r.MinSeq, AtSeq: r.MaxSeq}
	}
	return out, nil
}
