// Package router is what requests on a connection do: it decodes a frame, makes one call and queues the answer. Nothing here
// waits on the connection's own goroutine: frames are worked on by a small crew, sends are answered when chat-service has
// stored them, other calls run beside.
package router

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/cespare/xxhash/v2"
	"google.golang.org/grpc"

	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/tracex"
	"im-backend/ws-gateway/internal/chatlink"
	"im-backend/ws-gateway/internal/conn"
	"im-backend/ws-gateway/internal/frame"
	"im-backend/ws-gateway/internal/limit"
)

// Options are the bounds of what a connection may have under way.
type Options struct {
	Sends       int           `json:",default=256"`  // frames of one connection that are not done; it is read no further meanwhile
	Calls       int           `json:",default=8"`    // other calls of one connection at a time
	CallsQueued int           `json:",default=64"`   // other calls of one connection that wait
	CallTimeout time.Duration `json:",default=3s"`   // of one call, from when it runs
	Syncs       int           `json:",default=64"`   // syncs of all connections at a time
	SyncsQueued int           `json:",default=1024"` // syncs of all connections that wait; while many do, nobody is let in
	SyncsOfUser int           `json:",default=16"`   // syncs of one user, waiting or not
}

// Sender sends messages, see chatlink.Pool.
type Sender interface {
	Send(conversation string, request *chatpb.SendRequest, done chatlink.Done)
}

// Chat is the part of chat-service that requests call. Errors are typed.
type Chat interface {
	MarkRead(ctx context.Context, in *chatpb.MarkReadRequest, opts ...grpc.CallOption) (*chatpb.MarkReadResponse, error)
	MarkDelivered(ctx context.Context, in *chatpb.MarkDeliveredRequest, opts ...grpc.CallOption) (*chatpb.MarkDeliveredResponse, error)
	Type(ctx context.Context, in *chatpb.TypeRequest, opts ...grpc.CallOption) (*chatpb.TypeResponse, error)
	Sync(ctx context.Context, in *chatpb.SyncRequest, opts ...grpc.CallOption) (*chatpb.SyncResponse, error)
	RecallMessage(ctx context.Context, in *chatpb.RecallMessageRequest, opts ...grpc.CallOption) (*chatpb.ChangeResponse, error)
	EditMessage(ctx context.Context, in *chatpb.EditMessageRequest, opts ...grpc.CallOption) (*chatpb.ChangeResponse, error)
	ReactMessage(ctx context.Context, in *chatpb.ReactMessageRequest, opts ...grpc.CallOption) (*chatpb.ChangeResponse, error)
}

// Presence makes connections follow users, see watch.Watch.
type Presence interface {
	Turn() int64
	// Follow queues the answer itself. Errors are typed.
	Follow(ctx context.Context, c *conn.Conn, turn int64, requestID string, users []int64) error
}

// backlog is how many frames wait for one of the crew before readers do.
const backlog = 256

// job is one frame to work on.
type job struct {
	c    *conn.Conn
	m    conn.Message
	late bool // taken when the gateway was about to go: to be refused
}

// Router serves the requests of all connections.
type Router struct {
	opts      Options
	sender    Sender
	chat      Chat
	presence  Presence
	owner     sync.WaitGroup
	syncs     *limit.Turns
	crew      []chan job
	underWay  atomic.Int64 // frames and calls that are not answered; late ones do not count
	finishing atomic.Bool
}

// New makes a router and starts its crew.
func New(o Options, s Sender, c Chat, p Presence) *Router {
	r := &Router{
		opts: o, sender: s, chat: c, presence: p, syncs: limit.NewTurns(o.Syncs, o.SyncsQueued, o.SyncsOfUser),
		crew: make([]chan job, 2*runtime.GOMAXPROCS(0)),
	}
	for i := range r.crew {
		jobs := make(chan job, backlog)
		r.crew[i] = jobs
		r.owner.Go(func() {
			for j := range jobs {
				if j.late {
					r.refuse(j.c, j.m)
				} else if done := r.handle(j.c, j.m); done {
					r.done(j.c)
				}
			}
		})
	}
	return r
}

// Receive takes a message of a connection, when its window has room. Those of one connection go to the same one of the crew,
// which keeps their order.
func (r *Router) Receive(c *conn.Conn, m conn.Message) {
	c.Window.Enter(r.opts.Sends)
	r.underWay.Add(1) // before the look at finishing: Finish waits for it, or it is late
	late := r.finishing.Load()
	if late {
		r.underWay.Add(-1)
	}
	r.crew[xxhash.Sum64String(c.ID)%uint64(len(r.crew))] <- job{c: c, m: m, late: late}
}

// done is the end of a frame that was not late: its answer is queued.
func (r *Router) done(c *conn.Conn) {
	c.Window.Leave()
	r.underWay.Add(-1)
}

// refuse answers a frame that came too late; nothing is done for it.
func (r *Router) refuse(c *conn.Conn, m conn.Message) {
	req, _ := c.Format.Codec().Decode(m.Payload, m.Binary) // without an id the answer has none
	fail(c, req.ID, errs.ErrUnavailable.Saying("the gateway is going away").After(time.Second))
	c.Window.Leave()
}

// Finish refuses what is asked from now on, and waits until all that was taken before is answered, or ctx ends.
func (r *Router) Finish(ctx context.Context) {
	r.finishing.Store(true)
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for r.underWay.Load() > 0 {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

// Stop ends the crew and waits for it and for all calls; no connection may be left.
func (r *Router) Stop() {
	for _, jobs := range r.crew {
		close(jobs)
	}
	r.owner.Wait()
}

// handle works on one message. It reports false for a send that is under way, which leaves the window with its answer.
func (r *Router) handle(c *conn.Conn, m conn.Message) (done bool) {
	if !m.Binary && !utf8.Valid(m.Payload) {
		c.Close(frame.CloseBadData)
		return true
	}
	if m.Wait > 0 {
		limited(c, m)
		return true
	}
	req, err := c.Format.Codec().Decode(m.Payload, m.Binary)
	switch {
	case err != nil:
		r.malformed(c, req.ID, err)
	case req.Type == frame.TypeSend:
		return !r.send(c, req)
	default:
		r.serve(c, req)
	}
	return true
}

func fail(c *conn.Conn, id string, err error) { c.Send(c.Format.Codec().Failed(id, err)) }

// limited refuses a frame that is over a limit. A client that does not read what it is told is not told: the answers to its
// flood would fill its queue.
func limited(c *conn.Conn, m conn.Message) {
	if c.Crowded() {
		return
	}
	req, _ := c.Format.Codec().Decode(m.Payload, m.Binary) // without an id the answer has none
	fail(c, req.ID, errs.ErrRateLimited.After(m.Wait))
}

func (r *Router) malformed(c *conn.Conn, id string, err error) {
	fail(c, id, err)
	if c.Malformed(time.Now()) {
		c.Close(frame.CloseMalformed)
	}
}

func (r *Router) serve(c *conn.Conn, req frame.Request) {
	switch req.Type {
	case frame.TypePing:
		c.Send(c.Format.Codec().Pinged(req.ID, time.Now().UnixMilli()))
	case frame.TypeRead:
		r.call(c, req, r.read)
	case frame.TypeRecall, frame.TypeEdit, frame.TypeReact:
		r.call(c, req, r.change)
	case frame.TypeDelivered:
		r.call(c, req, r.delivered)
	case frame.TypeTyping:
		r.typing(c, req)
	case frame.TypeSync:
		r.call(c, req, r.sync)
	case frame.TypePresence:
		turn := r.presence.Turn() // here requests are still in order
		r.call(c, req, func(ctx context.Context, c *conn.Conn, req frame.Request) ([]byte, error) {
			users, err := req.Presence()
			if err != nil {
				return nil, err
			}
			return nil, r.presence.Follow(ctx, c, turn, req.ID, users) //nolint:wrapcheck // typed
		})
	default:
		fail(c, req.ID, errs.InvalidField("type", "unknown type"))
	}
}

// send passes a message on and reports whether it is under way. Its answer comes from the stream to chat-service, in any
// order among other answers.
func (r *Router) send(c *conn.Conn, req frame.Request) bool {
	in, err := req.Send(c.User)
	if err != nil {
		sendResult(err).Inc()
		fail(c, req.ID, err)
		return false
	}
	id, began, span := req.ID, time.Now(), tracex.Root(frame.TypeSend)
	r.sender.Send(in.Conversation, &chatpb.SendRequest{SenderId: int64(c.User), Message: in.Message, Traceparent: tracex.Parent(span)},
		func(ok *chatpb.SendResponse, err error) {
			answered(began, err)
			tracex.Message(span, tracex.HopGateway, ok.GetMessageId(), ok.GetConversationId(), ok.GetSeq())
			tracex.End(span, err)
			if err != nil {
				fail(c, id, err)
			} else {
				c.Send(c.Format.Codec().Sent(id, ok))
			}
			r.done(c)
		})
	return true
}

// call runs a request that waits for chat-service beside the crew. Without an answer and an error do has queued the answer.
func (r *Router) call(c *conn.Conn, req frame.Request, do func(context.Context, *conn.Conn, frame.Request) ([]byte, error)) {
	calls := c.Calls.Load()
	if calls == nil { // only this one of the crew sets it
		calls = &conn.Calls{}
		c.Calls.Store(calls)
	}
	r.underWay.Add(1)
	taken := calls.Add(r.owner.Go, r.opts.Calls, r.opts.CallsQueued, func() {
		defer r.underWay.Add(-1)
		ctx, cancel := context.WithTimeout(context.Background(), r.opts.CallTimeout)
		defer cancel()
		answer, err := do(ctx, c, req)
		if err != nil {
			answer = c.Format.Codec().Failed(req.ID, err)
		}
		if answer != nil {
			c.Answer(answer)
		}
	})
	if !taken {
		r.underWay.Add(-1)
		fail(c, req.ID, errs.ErrRateLimited.Saying("too many requests are not answered yet").After(time.Second))
	}
}

func (r *Router) read(ctx context.Context, c *conn.Conn, req frame.Request) ([]byte, error) {
	in, err := req.Read()
	if err != nil {
		return nil, err
	}
	out, err := r.chat.MarkRead(ctx, &chatpb.MarkReadRequest{
		UserId: int64(c.User), ConversationId: in.ConversationID, Seq: in.Seq, SessionId: c.Session,
	})
	if err != nil {
		return nil, err
	}
	return c.Format.Codec().WasRead(req.ID, out.GetReadSeq()), nil
}

// Busy reports whether many connections wait for a sync: more of them would have to wait too long.
func (r *Router) Busy() bool { return r.syncs.Crowded() }

// sync waits for its turn: a storm of clients that all sync at once would have each of them wait for all others.
func (r *Router) sync(ctx context.Context, c *conn.Conn, req frame.Request) ([]byte, error) {
	in, err := req.Sync()
	if err != nil {
		return nil, err
	}
	in.UserId = int64(c.User)
	release, err := r.syncs.Take(ctx, c.User)
	if err != nil {
		return nil, err //nolint:wrapcheck // typed, and answered as it is
	}
	defer release()
	page, err := r.chat.Sync(ctx, in)
	if err != nil {
		return nil, err
	}
	return c.Format.Codec().Synced(req.ID, page)
}
