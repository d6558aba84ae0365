// Package logic has one adapter per call: decode, one call of the room, encode.
package logic

import (
	"im-backend/common/proto/gen/friendpb"
	"im-backend/friend-service/internal/friendship"
)

func requestPB(r friendship.Request) *friendpb.FriendRequest {
	return &friendpb.FriendRequest{
		RequestId: r.ID, FromUserId: int64(r.From), ToUserId: int64(r.To), Message: r.Message, Status: string(r.Status),
		CreatedAt: r.CreatedAt, HandledAt: r.HandledAt, ExpiresAt: r.ExpiresAt,
	}
}

func friendPB(f friendship.Friend) *friendpb.Friend {
	return &friendpb.Friend{
		UserId: int64(f.User), Remark: f.Remark, Starred: f.Starred, Tags: f.Tags, CreatedAt: f.CreatedAt,
	}
}
