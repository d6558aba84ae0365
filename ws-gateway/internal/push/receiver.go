// Package push takes what chat-service delivers: streams of batches, in order, each acknowledged when it is queued on the
// connections it is for. It translates entries into events; who may see them is the hub's business.
package push

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"im-backend/common/model"
	"im-backend/common/proto/gen/logpb"
	"im-backend/common/proto/gen/wsgatewaypb"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/failpoint"
	"im-backend/ws-gateway/internal/frame"
	"im-backend/ws-gateway/internal/hub"
)

// settle bounds how long an acknowledgement waits for a new room to be known to the others.
const settle = time.Second

// lose is asked about every *wsgatewaypb.PushItem that comes in: an error loses it, acknowledged all the same.
var lose = failpoint.New("ws-gateway/push/lose")

// Hub is who delivers.
type Hub interface {
	Deliver(ctx context.Context, events []*hub.Event)
	Reload()
}

// Stream is one stream of batches.
type Stream interface {
	Context() context.Context
	Recv() (*wsgatewaypb.PushRequest, error)
	Send(*wsgatewaypb.PushResponse) error
}

// Receiver serves the push streams of all chat-service instances.
type Receiver struct {
	hub   Hub
	done  chan struct{}
	once  sync.Once
	owner sync.WaitGroup
}

// New makes a receiver.
func New(h Hub) *Receiver { return &Receiver{hub: h, done: make(chan struct{})} }

// received is a batch, or the end of a stream.
type received struct {
	batch *wsgatewaypb.PushRequest
	err   error
}

// Serve handles one stream until it ends or the receiver stops. Errors: UNAVAILABLE once stopped.
func (r *Receiver) Serve(s Stream) error {
	r.hub.Reload() // what was pushed while there was no stream may have been lost
	batches := make(chan received)
	ctx := s.Context() // it ends when Serve has returned, and Recv with it
	r.owner.Go(func() {
		for {
			batch, err := s.Recv()
			select {
			case batches <- received{batch, err}:
			case <-ctx.Done():
				return
			}
			if err != nil {
				return
			}
		}
	})
	for {
		select {
		case <-r.done:
			return errs.ErrUnavailable.Saying("the gateway is going away")
		case got := <-batches:
			if errors.Is(got.err, io.EOF) {
				return nil
			}
			if got.err != nil {
				return errs.FromGRPC(got.err)
			}
			r.deliver(ctx, got.batch)
			if err := s.Send(&wsgatewaypb.PushResponse{BatchId: got.batch.GetBatchId()}); err != nil {
				return fmt.Errorf("acknowledge: %w", errs.FromGRPC(err))
			}
		}
	}
}

// Stop ends all streams, so that the server can stop; Wait waits for what they left.
func (r *Receiver) Stop() { r.once.Do(func() { close(r.done) }) }

// Wait returns when nothing of the streams is left; the server has stopped by then.
func (r *Receiver) Wait() { r.owner.Wait() }

func (r *Receiver) deliver(ctx context.Context, batch *wsgatewaypb.PushRequest) {
	began := time.Now()
	events := make([]*hub.Event, 0, len(batch.GetItems()))
	for _, item := range batch.GetItems() {
		if e := event(item); e != nil && lose.Hit(item) == nil {
			events = append(events, e)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, settle)
	defer cancel()
	r.hub.Deliver(ctx, events)
	observe(batch.GetItems(), began)
}

// event translates an item; nil when it holds nothing that this version knows.
func event(item *wsgatewaypb.PushItem) *hub.Event {
	e := &hub.Event{Users: userIDs(item.GetUserIds())}
	if read := item.GetRead(); read != nil {
		e.Except = read.GetExceptSessionId()
		e.Encode = func(c frame.Codec) []byte {
			return c.Read(read.GetConversationId(), model.UserID(read.GetUserId()), read.GetSeq())
		}
		return e
	}
	if news(item, e) {
		return e
	}
	entry := item.GetEntry()
	if entry == nil {
		return nil
	}
	e.Entry = entry
	// A group's entries obey the group's windows, whoever they are addressed to.
	if e.Room = item.GetRoom(); e.Room != "" || isGroup(entry.GetConversationId()) {
		e.Room = entry.GetConversationId()
		e.Seq = model.Seq(entry.GetSeq())
		e.Changes = changes(entry)
	}
	return e
}

// news fills in an event that is no entry; it reports false for what is one.
func news(item *wsgatewaypb.PushItem, e *hub.Event) bool {
	switch event := item.GetEvent().(type) {
	case *wsgatewaypb.PushItem_Delivered:
		d := event.Delivered
		e.Encode = func(c frame.Codec) []byte {
			return c.Delivered(d.GetConversationId(), model.UserID(d.GetUserId()), d.GetSeq())
		}
	case *wsgatewaypb.PushItem_Conversation:
		e.Except = event.Conversation.GetExceptSessionId()
		e.Encode = func(c frame.Codec) []byte { return c.Conversation(event.Conversation) }
	case *wsgatewaypb.PushItem_Typing:
		e.Room, e.Passing, e.By = item.GetRoom(), true, model.UserID(event.Typing.GetUserId())
		e.Encode = func(c frame.Codec) []byte { return c.Typing(event.Typing.GetConversationId(), e.By) }
	default:
		return false
	}
	return true
}

func isGroup(conversation string) bool {
	return len(conversation) > 0 && model.ConversationType(conversation[0]) == model.Group
}

func userIDs(ids []int64) []model.UserID {
	if len(ids) == 0 {
		return nil
	}
	users := make([]model.UserID, 0, len(ids))
	for _, id := range ids {
		users = append(users, model.UserID(id))
	}
	return users
}

// changes are those that move a window; a role or a mute does not.
func changes(entry *logpb.Entry) []hub.Change {
	var moved []hub.Change
	for _, ch := range entry.GetChanges() {
		left := ch.GetKind() == logpb.MemberChange_KIND_LEFT
		if left || ch.GetKind() == logpb.MemberChange_KIND_JOINED {
			moved = append(moved, hub.Change{User: model.UserID(ch.GetUserId()), Left: left, History: ch.GetHistoryVisible()})
		}
	}
	return moved
}
