package push

import (
	"context"

	"github.com/redis/go-redis/v9"

	"im-backend/common/model"
	"im-backend/common/proto/gen/wsgatewaypb"
)

// Read tells a user's other devices, and the peer of a single conversation, that its read position moved. It is a hint: sync
// has the position too.
func (g *Gateways) Read(ctx context.Context, conversation model.Parsed, id string, reader model.UserID, seq, exceptSession int64) {
	users := []int64{int64(reader)}
	if peer := conversation.Peer(reader); conversation.Type == model.Single && peer != reader {
		users = append(users, int64(peer))
	}
	ask := Ask{Users: map[int64]bool{}}
	for _, u := range users {
		ask.Users[u] = true
	}
	where := g.Locate(ctx, ask, func(redis.Pipeliner) {})
	g.Push(where, &wsgatewaypb.PushItem{
		UserIds: users,
		Event: &wsgatewaypb.PushItem_Read{Read: &wsgatewaypb.ReadEvent{
			ConversationId: id, UserId: int64(reader), Seq: seq, ExceptSessionId: exceptSession,
		}},
	})
}
