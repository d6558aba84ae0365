// Package outboxtest has a chat-service in memory for the tests of services with an outbox.
package outboxtest

import (
	"context"
	"maps"
	"slices"
	"sync"

	"google.golang.org/grpc"

	"im-backend/common/proto/gen/chatpb"
)

// Chat takes appends and relations as the real service does: it knows repeats and old versions, and keeps the order.
type Chat struct {
	chatpb.ChatServiceClient // calls of anything else panic

	mu        sync.Mutex
	fail      func(call string) error
	calls     int
	appended  map[string]bool
	logs      map[string][]*chatpb.AppendRequest
	relations map[[2]int64]*chatpb.SetRelationRequest
}

// NewChat makes a Chat that takes everything.
func NewChat() *Chat {
	return &Chat{
		appended: map[string]bool{}, logs: map[string][]*chatpb.AppendRequest{},
		relations: map[[2]int64]*chatpb.SetRelationRequest{},
	}
}

// Fail has fail decide about each call from now on, given the content of the entry, or "relation"; nil: everything succeeds.
// fail is called by one goroutine at a time.
func (c *Chat) Fail(fail func(call string) error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fail = fail
}

// Calls is how many calls there were, failed ones too.
func (c *Chat) Calls() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.calls
}

// Log is what a conversation got, in order.
func (c *Chat) Log(conversation string) []*chatpb.AppendRequest {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.logs[conversation])
}

// Conversations are those that got anything, in the order of their ids.
func (c *Chat) Conversations() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Sorted(maps.Keys(c.logs))
}

// Contents is the contents of a conversation's log.
func (c *Chat) Contents(conversation string) []string {
	contents := []string{}
	for _, entry := range c.Log(conversation) {
		contents = append(contents, string(entry.GetContent()))
	}
	return contents
}

// Relation is the newest relation of two users, nil when there is none.
func (c *Chat) Relation(low, high int64) *chatpb.SetRelationRequest {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.relations[[2]int64{low, high}]
}

// Append implements chatpb.ChatServiceClient.
func (c *Chat) Append(ctx context.Context, in *chatpb.AppendRequest, _ ...grpc.CallOption) (*chatpb.AppendResponse, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.admit(ctx, string(in.GetContent())); err != nil {
		return nil, err
	}
	if !c.appended[in.GetAppendId()] {
		c.appended[in.GetAppendId()] = true
		c.logs[in.GetConversationId()] = append(c.logs[in.GetConversationId()], in)
	}
	return &chatpb.AppendResponse{}, nil
}

// SetRelation implements chatpb.ChatServiceClient.
func (c *Chat) SetRelation(ctx context.Context, in *chatpb.SetRelationRequest, _ ...grpc.CallOption) (
	*chatpb.SetRelationResponse, error,
) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.admit(ctx, "relation"); err != nil {
		return nil, err
	}
	pair := [2]int64{in.GetLowUserId(), in.GetHighUserId()}
	if in.GetVersion() > c.relations[pair].GetVersion() {
		c.relations[pair] = in
	}
	return &chatpb.SetRelationResponse{}, nil
}

func (c *Chat) admit(ctx context.Context, call string) error {
	c.calls++
	if err := ctx.Err(); err != nil {
		return err
	}
	if c.fail == nil {
		return nil
	}
	return c.fail(call)
}
