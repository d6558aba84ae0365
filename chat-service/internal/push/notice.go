package push

import (
	"context"

	"github.com/redis/go-redis/v9"

	"im-backend/common/model"
	"im-backend/common/proto/gen/wsgatewaypb"
)

// Notice is news that is no entry, and whom it goes to: users, or those who are in a room. Exactly one of Read, Delivered, State
// and Typing is set. It is a hint: sync has what of it lasts.
type Notice struct {
	Users  []model.UserID
	Room   string
	Except int64 // a session that is not told

	Read      *Moved
	Delivered *Moved
	State     *State
	Typing    *At
}

// At is a user in a conversation.
type At struct {
	Conversation string
	User         model.UserID
}

// Moved is a position of a user that moved.
type Moved struct {
	At
	Seq int64
}

// State is a user's own state of a conversation.
type State struct {
	Conversation string
	Version      int64 // the highest one counts
	Pinned       bool
	MutedUntil   int64 // unix milliseconds
	Draft        string
	MarkedUnread bool
	Archived     bool
	Hidden       bool
	MinSeq       int64 // what stands before it is gone
	ReadSeq      int64
	Unread       int64
	Deleted      []int64 // the seqs that this change deleted
}

// Tell pushes notices with one look at where everybody is.
func (g *Gateways) Tell(ctx context.Context, notices ...Notice) {
	ask := Ask{Users: map[int64]bool{}, Rooms: map[string]bool{}}
	for _, n := range notices {
		for _, u := range n.Users {
			ask.Users[int64(u)] = true
		}
		if n.Room != "" {
			ask.Rooms[n.Room] = true
		}
	}
	where := g.Locate(ctx, ask, func(redis.Pipeliner) {})
	for _, n := range notices {
		g.Push(where, n.item())
	}
}

func (n Notice) item() *wsgatewaypb.PushItem {
	item := &wsgatewaypb.PushItem{Room: n.Room}
	for _, u := range n.Users {
		item.UserIds = append(item.UserIds, int64(u))
	}
	switch {
	case n.Read != nil:
		item.Event = &wsgatewaypb.PushItem_Read{Read: &wsgatewaypb.ReadEvent{
			ConversationId: n.Read.Conversation, UserId: int64(n.Read.User), Seq: n.Read.Seq, ExceptSessionId: n.Except,
		}}
	case n.Delivered != nil:
		item.Event = &wsgatewaypb.PushItem_Delivered{Delivered: &wsgatewaypb.DeliveredEvent{
			ConversationId: n.Delivered.Conversation, UserId: int64(n.Delivered.User), Seq: n.Delivered.Seq,
		}}
	case n.Typing != nil:
		item.Event = &wsgatewaypb.PushItem_Typing{Typing: &wsgatewaypb.TypingEvent{
			ConversationId: n.Typing.Conversation, UserId: int64(n.Typing.User),
		}}
	case n.State != nil:
		s := n.State
		item.Event = &wsgatewaypb.PushItem_Conversation{Conversation: &wsgatewaypb.ConversationEvent{
			ConversationId: s.Conversation, ExceptSessionId: n.Except, Version: s.Version, Pinned: s.Pinned, MutedUntil: s.MutedUntil,
			Draft: s.Draft, MarkedUnread: s.MarkedUnread, Archived: s.Archived, Hidden: s.Hidden, MinSeq: s.MinSeq,
			ReadSeq: s.ReadSeq, Unread: s.Unread, DeletedSeqs: s.Deleted,
		}}
	}
	return item
}
