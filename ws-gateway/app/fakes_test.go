package app

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"

	"im-backend/common/model"
	"im-backend/common/proto/gen/authpb"
	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/utils/errs"
)

// fakeAuth admits "token-<user>-<session>" as a token and "ticket-<user>-<session>" as a ticket, once.
type fakeAuth struct {
	authpb.UnimplementedAuthServiceServer
	asked atomic.Int64 // about credentials

	mu   sync.Mutex
	away bool
	used map[string]bool
	dead map[int64]bool
}

func (a *fakeAuth) identify(credential, kind string) (*authpb.Identity, error) {
	a.asked.Add(1)
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.away {
		return nil, errs.ErrUnavailable
	}
	if credential == "expired" {
		return nil, errs.ErrTokenExpired
	}
	var user, session int64
	parts := splitThree(credential)
	if parts[0] != kind {
		return nil, errs.ErrUnauthenticated
	}
	user, _ = strconv.ParseInt(parts[1], 10, 64)
	session, _ = strconv.ParseInt(parts[2], 10, 64)
	if a.dead[session] {
		return nil, errs.ErrSessionRevoked
	}
	return &authpb.Identity{UserId: user, SessionId: session, DeviceId: "dev-" + parts[2], Platform: "web"}, nil
}

func splitThree(s string) [3]string {
	var out [3]string
	for i := range out {
		n := 0
		for n < len(s) && s[n] != '-' {
			n++
		}
		out[i], s = s[:n], s[min(n+1, len(s)):]
	}
	return out
}

func (a *fakeAuth) Authenticate(_ context.Context, in *authpb.AuthenticateRequest) (*authpb.AuthenticateResponse, error) {
	who, err := a.identify(in.GetAccessToken(), "token")
	if err != nil {
		return nil, err
	}
	return &authpb.AuthenticateResponse{Identity: who}, nil
}

func (a *fakeAuth) RedeemTicket(_ context.Context, in *authpb.RedeemTicketRequest) (*authpb.RedeemTicketResponse, error) {
	who, err := a.identify(in.GetTicket(), "ticket")
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.used[in.GetTicket()] {
		return nil, errs.ErrUnauthenticated
	}
	a.used[in.GetTicket()] = true
	return &authpb.RedeemTicketResponse{Identity: who}, nil
}

func (a *fakeAuth) CheckSessions(_ context.Context, in *authpb.CheckSessionsRequest) (*authpb.CheckSessionsResponse, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.away {
		return nil, errs.ErrUnavailable
	}
	out := &authpb.CheckSessionsResponse{}
	for _, i := range in.GetIdentities() {
		if !a.dead[i.GetSessionId()] {
			out.AliveSessionIds = append(out.AliveSessionIds, i.GetSessionId())
		}
	}
	return out, nil
}

func (a *fakeAuth) set(change func(*fakeAuth)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	change(a)
}

// database is what all fake chat-services share: the database.
type database struct {
	mu     sync.Mutex
	stored map[string][]string                              // conversation → client message ids
	byID   map[string]*chatpb.SendResponse                  // conversation and client message id → the first answer
	rooms  map[model.UserID][]*chatpb.Room                  // open windows
	bodies map[string]*chatpb.Message                       // client message id → what was sent
	page   func() (*chatpb.SyncResponse, error)             // of Sync
	asked  chan struct{}                                    // set: ListRooms waits for it
	moved  func(user int64, since time.Time) []*chatpb.Head // of ListHeads
	heads  chan struct{}                                    // set: ListHeads waits for it
	typed  []string                                         // conversations of Type
	away   bool                                             // ListHeads and ListPresence fail

	friends map[int64][]*chatpb.Presence // of ListPresence
	slow    map[int64]chan struct{}      // ListPresence of these users waits
	waiting int                          // calls of ListPresence that wait, or have
	refused int                          // calls of ListPresence that have failed
}

func newDatabase() *database {
	return &database{
		stored: map[string][]string{}, byID: map[string]*chatpb.SendResponse{}, rooms: map[model.UserID][]*chatpb.Room{},
		bodies: map[string]*chatpb.Message{}, friends: map[int64][]*chatpb.Presence{}, slow: map[int64]chan struct{}{},
		moved: func(int64, time.Time) []*chatpb.Head { return nil },
		page:  func() (*chatpb.SyncResponse, error) { return &chatpb.SyncResponse{NextSince: "t1"}, nil },
	}
}

func (l *database) set(change func(*database)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change(l)
}

func (l *database) order(conversation string) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.stored[conversation])
}

// store is the committer: idempotent, in the order of arrival.
func (l *database) store(in *chatpb.SendRequest) (*chatpb.SendResponse, error) {
	m := in.GetMessage()
	conversation := m.GetConversationId()
	if m.GetToUserId() != 0 {
		conversation = string(model.SingleID(model.UserID(in.GetSenderId()), model.UserID(m.GetToUserId())))
	} else if m.GetGroupId() != 0 {
		conversation = string(model.GroupConversationID(model.GroupID(m.GetGroupId())))
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if m.GetType() == "refused" {
		return nil, errs.InvalidField("type", "unknown")
	}
	key := conversation + "|" + m.GetClientMsgId()
	if first := l.byID[key]; first != nil {
		return first, nil
	}
	l.stored[conversation] = append(l.stored[conversation], m.GetClientMsgId())
	l.bodies[m.GetClientMsgId()] = m
	r := &chatpb.SendResponse{
		MessageId: 9007199254740993 + int64(len(l.byID)), ConversationId: conversation,
		Seq: int64(len(l.stored[conversation])), ServerTime: 1700000000000,
	}
	l.byID[key] = r
	return r, nil
}

// fakeChat is one instance of chat-service.
type fakeChat struct {
	chatpb.UnimplementedChatServiceServer
	log        *database
	headsAsked atomic.Int64 // questions of ListHeads

	mu     sync.Mutex
	breaks int           // break the stream after so many items, without answers; zero: never
	mute   bool          // take sends and answer nothing
	taken  int           // items so far
	done   chan struct{} // ends streams
}

func newFakeChat(l *database) *fakeChat { return &fakeChat{log: l, done: make(chan struct{})} }

var errBroken = errors.New("broken on purpose")

func (c *fakeChat) SendStream(s grpc.BidiStreamingServer[chatpb.SendStreamRequest, chatpb.SendStreamResponse]) error {
	for {
		in, err := s.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		out := &chatpb.SendStreamResponse{}
		for _, item := range in.GetItems() {
			verdict := c.take()
			if verdict == brokenBefore {
				return errBroken
			}
			r, err := c.log.store(item.GetSend())
			if verdict == brokenAfter {
				return errBroken
			}
			out.Results = append(out.Results, result(item.GetRequestId(), r, err))
		}
		slices.Reverse(out.GetResults()) // any order is allowed
		c.mu.Lock()
		mute := c.mute
		c.mu.Unlock()
		if mute {
			continue
		}
		if err := s.Send(out); err != nil {
			return err
		}
	}
}

type verdict int

const (
	fine verdict = iota
	brokenBefore
	brokenAfter
)

// take decides whether the stream breaks at this item: every second time before it is stored, else after.
func (c *fakeChat) take() verdict {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.taken++
	if c.breaks == 0 || c.taken%c.breaks != 0 {
		return fine
	}
	if c.taken/c.breaks%2 == 0 {
		return brokenBefore
	}
	return brokenAfter
}

func result(id uint64, r *chatpb.SendResponse, err error) *chatpb.SendResult {
	if err == nil {
		return &chatpb.SendResult{RequestId: id, Result: &chatpb.SendResult_Ok{Ok: r}}
	}
	e := errs.From(err)
	f := &chatpb.Failure{Reason: e.Reason, Message: e.Message, RetryAfterMs: e.RetryAfter.Milliseconds()}
	for _, field := range e.Fields {
		f.Fields = append(f.Fields, &chatpb.FieldFailure{Field: field.Field, Message: field.Message})
	}
	return &chatpb.SendResult{RequestId: id, Result: &chatpb.SendResult_Failure{Failure: f}}
}

func (c *fakeChat) ListRooms(ctx context.Context, in *chatpb.ListRoomsRequest) (*chatpb.ListRoomsResponse, error) {
	c.log.mu.Lock()
	asked := c.log.asked
	c.log.mu.Unlock()
	if asked != nil {
		select {
		case <-asked:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	c.log.mu.Lock()
	defer c.log.mu.Unlock()
	out := &chatpb.ListRoomsResponse{}
	for _, id := range in.GetUserIds() {
		out.Rooms = append(out.Rooms, c.log.rooms[model.UserID(id)]...)
	}
	return out, nil
}

func (c *fakeChat) ListHeads(ctx context.Context, in *chatpb.ListHeadsRequest) (*chatpb.ListHeadsResponse, error) {
	c.headsAsked.Add(1)
	c.log.mu.Lock()
	wait := c.log.heads
	c.log.mu.Unlock()
	if wait != nil {
		select {
		case <-wait:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	c.log.mu.Lock()
	defer c.log.mu.Unlock()
	if c.log.away {
		return nil, errs.ErrUnavailable
	}
	out := &chatpb.ListHeadsResponse{}
	for _, user := range in.GetUserIds() {
		out.Heads = append(out.Heads, c.log.moved(user, time.UnixMilli(in.GetSince()))...)
	}
	return out, nil
}

func (c *fakeChat) ListPresence(_ context.Context, in *chatpb.ListPresenceRequest) (*chatpb.ListPresenceResponse, error) {
	c.log.mu.Lock()
	out, away := &chatpb.ListPresenceResponse{}, c.log.away
	var wait chan struct{}
	for _, id := range in.GetUserIds() {
		if c.log.slow[id] != nil {
			wait = c.log.slow[id]
		}
		for _, p := range c.log.friends[in.GetUserId()] {
			if p.GetUserId() == id {
				out.Items = append(out.Items, p)
			}
		}
	}
	if wait != nil {
		c.log.waiting++
	}
	if away {
		c.log.refused++
	}
	c.log.mu.Unlock()
	if wait != nil {
		<-wait
	}
	if away {
		return nil, errs.ErrUnavailable
	}
	return out, nil
}

func (c *fakeChat) MarkRead(_ context.Context, in *chatpb.MarkReadRequest) (*chatpb.MarkReadResponse, error) {
	if in.GetConversationId() != "s:1:2" {
		return nil, errs.ErrConversationNotFound
	}
	return &chatpb.MarkReadResponse{ReadSeq: max(in.GetSeq(), 3)}, nil
}

func (c *fakeChat) MarkDelivered(_ context.Context, in *chatpb.MarkDeliveredRequest) (*chatpb.MarkDeliveredResponse, error) {
	if in.GetConversationId() != "s:1:2" {
		return nil, errs.ErrConversationNotFound
	}
	return &chatpb.MarkDeliveredResponse{DeliveredSeq: max(in.GetSeq(), 4)}, nil
}

func (c *fakeChat) Type(_ context.Context, in *chatpb.TypeRequest) (*chatpb.TypeResponse, error) {
	if in.GetConversationId() == "s:1:9" {
		return nil, errs.ErrConversationNotFound
	}
	c.log.mu.Lock()
	defer c.log.mu.Unlock()
	c.log.typed = append(c.log.typed, in.GetConversationId())
	return &chatpb.TypeResponse{}, nil
}

func (c *fakeChat) Sync(_ context.Context, in *chatpb.SyncRequest) (*chatpb.SyncResponse, error) {
	if in.GetSince() == "echo" {
		body, _ := json.Marshal(in.GetConversations())
		return &chatpb.SyncResponse{NextSince: string(body)}, nil
	}
	c.log.mu.Lock()
	page := c.log.page
	c.log.mu.Unlock()
	return page()
}

// eventually waits for a condition.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
		time.Sleep(2 * time.Millisecond) // the pause of a polled condition
	}
}
