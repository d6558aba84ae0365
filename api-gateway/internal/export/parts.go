package export

import (
	"context"
	"encoding/json"
	"fmt"

	"im-backend/api-gateway/internal/types"
	"im-backend/api-gateway/internal/view"
	"im-backend/common/proto/gen/authpb"
	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/proto/gen/friendpb"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/common/proto/gen/userpb"
	"im-backend/common/utils/wire"
)

// pageSize is how many items are asked for at once: a hundred messages of the largest size are some megabytes.
const pageSize = 100

// parts are what an export consists of, in order. Each writes one page and answers where the next one begins. A cursor names them by
// their places, so new ones come last.
var parts = []func(ctx context.Context, e *Export) (position, error){
	profile, sessions, friends, blocks, groups, conversations,
}

// next is where a part goes on; without a cursor it is over.
func (e *Export) next(cursor string) position {
	if cursor == "" {
		return position{Part: e.at.Part + 1}
	}
	return position{Part: e.at.Part, Cursor: cursor}
}

func profile(ctx context.Context, e *Export) (position, error) {
	got, err := e.clients.Users.GetProfile(ctx, &userpb.GetProfileRequest{UserId: e.me.GetUserId()})
	if err != nil {
		return position{}, fmt.Errorf("get profile: %w", err)
	}
	e.out.write(KindProfile, view.Profile(got.GetProfile()))
	return e.next(""), nil
}

func sessions(ctx context.Context, e *Export) (position, error) {
	got, err := e.clients.Auth.ListSessions(ctx, &authpb.ListSessionsRequest{UserId: e.me.GetUserId(), Limit: pageSize, Cursor: e.at.Cursor})
	if err != nil {
		return position{}, fmt.Errorf("list sessions: %w", err)
	}
	for _, s := range got.GetSessions() {
		e.out.write(KindSession, view.Session(s, e.me.GetSessionId()))
	}
	return e.next(got.GetNextCursor()), nil
}

func friends(ctx context.Context, e *Export) (position, error) {
	got, err := e.clients.Friends.ListFriends(ctx, &friendpb.ListFriendsRequest{UserId: e.me.GetUserId(), Limit: pageSize, Cursor: e.at.Cursor})
	if err != nil {
		return position{}, fmt.Errorf("list friends: %w", err)
	}
	users, err := view.LoadUsers(ctx, e.clients.Users, view.List(got.GetFriends(), (*friendpb.Friend).GetUserId))
	if err != nil {
		return position{}, err
	}
	for _, f := range got.GetFriends() {
		e.out.write(KindFriend, view.Friend(f, users.Get(f.GetUserId())))
	}
	return e.next(got.GetNextCursor()), nil
}

func blocks(ctx context.Context, e *Export) (position, error) {
	got, err := e.clients.Friends.ListBlocks(ctx, &friendpb.ListBlocksRequest{UserId: e.me.GetUserId(), Limit: pageSize, Cursor: e.at.Cursor})
	if err != nil {
		return position{}, fmt.Errorf("list blocks: %w", err)
	}
	users, err := view.LoadUsers(ctx, e.clients.Users, view.List(got.GetBlocks(), (*friendpb.Block).GetUserId))
	if err != nil {
		return position{}, err
	}
	for _, b := range got.GetBlocks() {
		e.out.write(KindBlock, types.Block{User: users.Get(b.GetUserId()), CreatedAt: b.GetCreatedAt()})
	}
	return e.next(got.GetNextCursor()), nil
}

func groups(ctx context.Context, e *Export) (position, error) {
	got, err := e.clients.Groups.ListGroups(ctx, &grouppb.ListGroupsRequest{UserId: e.me.GetUserId(), Limit: pageSize, Cursor: e.at.Cursor})
	if err != nil {
		return position{}, fmt.Errorf("list groups: %w", err)
	}
	for _, g := range got.GetGroups() {
		e.out.write(KindGroup, view.Group(g))
	}
	return e.next(got.GetNextCursor()), nil
}

// conversations writes a conversation, or a page of the messages of the one that was written last.
func conversations(ctx context.Context, e *Export) (position, error) {
	if e.at.Reading != "" {
		return e.messages(ctx)
	}
	got, err := e.clients.Chat.ExportConversations(ctx, &chatpb.ExportConversationsRequest{
		UserId: e.me.GetUserId(), AfterId: e.at.Cursor, Limit: 1,
	})
	if err != nil {
		return position{}, fmt.Errorf("export conversations: %w", err)
	}
	if len(got.GetConversations()) == 0 {
		return e.next(""), nil
	}
	c := got.GetConversations()[0]
	e.out.write(KindConversation, wire.NewConversation(c))
	return position{Part: e.at.Part, Cursor: e.at.Cursor, Reading: c.GetConversationId()}, nil
}

func (e *Export) messages(ctx context.Context) (position, error) {
	got, err := e.clients.Chat.ListMessages(ctx, &chatpb.ListMessagesRequest{
		UserId: e.me.GetUserId(), ConversationId: e.at.Reading, AfterSeq: &e.at.Seq, Limit: pageSize,
	})
	if err != nil {
		return position{}, fmt.Errorf("list messages: %w", err)
	}
	at := e.at
	for _, m := range got.GetMessages() {
		e.out.write(KindMessage, json.RawMessage(wire.AppendMessage(nil, m)))
		at.Seq = m.GetSeq()
	}
	if !got.GetHasMore() || len(got.GetMessages()) == 0 {
		return position{Part: e.at.Part, Cursor: e.at.Reading}, nil
	}
	return at, nil
}
