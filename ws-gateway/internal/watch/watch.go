// Package watch tells connections the presence of the users whom they follow. Who may follow whom it asks chat-service, once for
// each presence.subscribe, and again when a notice says that somebody has chosen anew who sees when it was last seen; how somebody is it reads from the routes in Redis, when a notice says that they have changed, when
// a gateway comes or goes, and when notices may have been missed. Nothing is done for a user whom nobody here follows, and
// nothing by the clock.
package watch

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
	"google.golang.org/grpc"

	"im-backend/common/model"
	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/utils/routes"
	"im-backend/ws-gateway/internal/conn"
)

// Chat is the part of chat-service that knows who may see whom. Errors are typed.
type Chat interface {
	ListPresence(ctx context.Context, in *chatpb.ListPresenceRequest, opts ...grpc.CallOption) (*chatpb.ListPresenceResponse, error)
}

const (
	batch      = 500 // users of one look into Redis
	retryPause = time.Second
)

// Watch is everybody who is followed by a connection of this gateway.
type Watch struct {
	self   string // id of this gateway
	chat   Chat
	rdb    redis.UniversalClient
	reader *routes.Reader
	writer *conn.Writer
	turns  atomic.Int64
	owner  sync.WaitGroup
	ctx    context.Context //nolint:containedctx // the life of the goroutines
	cancel context.CancelFunc
	wake   chan struct{}

	wakeReview chan struct{}

	mu        sync.Mutex
	subjects  map[model.UserID]*subject
	followers map[*conn.Conn]follower
	living    map[string]bool           // ids of the gateways
	dirty     map[model.UserID]struct{} // to be read; all of them are subjects, or were
	doubted   map[model.UserID]struct{} // who may have chosen anew what is seen of them; all of them are subjects, or were
	choices   int64                     // notices that somebody has
}

// subject is a user whom somebody follows.
type subject struct {
	state   routes.State
	known   bool                // state has been read
	settled chan struct{}       // closed when it is known, or nobody follows any more
	hidden  map[*conn.Conn]bool // who follows, and whether it must not know when the user was last seen
}

// settle wakes those who wait for the state.
func (s *subject) settle() {
	select {
	case <-s.settled:
	default:
		close(s.settled)
	}
}

// follower is what one connection follows, since which turn.
type follower struct {
	turn  int64
	users map[model.UserID]struct{}
}

// New makes a Watch for the gateway with an id.
func New(self string, chat Chat, rdb redis.UniversalClient, w *conn.Writer) *Watch {
	ctx, cancel := context.WithCancel(context.Background())
	wa := &Watch{
		self: self, chat: chat, rdb: rdb, reader: routes.NewReader(rdb), writer: w, ctx: ctx, cancel: cancel,
		wake: make(chan struct{}, 1), wakeReview: make(chan struct{}, 1), doubted: map[model.UserID]struct{}{},
		subjects: map[model.UserID]*subject{}, followers: map[*conn.Conn]follower{}, dirty: map[model.UserID]struct{}{},
	}
	wa.SetGateways(nil)
	return wa
}

// Start begins to listen for notices and to read.
func (w *Watch) Start() {
	w.owner.Go(w.listen)
	w.owner.Go(w.read)
	w.owner.Go(w.review)
}

// Stop ends what Start began.
func (w *Watch) Stop() {
	w.cancel()
	w.owner.Wait()
}

// SetGateways takes what Etcd says: "gatewayId@host:port" for each living gateway. Users with a route that names a gateway which
// came or went are read again.
func (w *Watch) SetGateways(values []string) {
	living := routes.GatewayIDs(values)
	living[w.self] = true // whatever Etcd knows by now
	w.reader.SetLiving(living)
	w.mu.Lock()
	defer w.mu.Unlock()
	old := w.living
	w.living = living
	moved := func(id string) bool { return old[id] != living[id] }
	for id, s := range w.subjects {
		if slices.ContainsFunc(s.state.Gateways, moved) {
			w.markLocked(id)
		}
	}
}

// markLocked has a user read soon. mu is held.
func (w *Watch) markLocked(id model.UserID) {
	w.dirty[id] = struct{}{}
	select {
	case w.wake <- struct{}{}:
	default: // it is awake
	}
}

// Leave forgets a connection that has ended.
func (w *Watch) Leave(c *conn.Conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for id := range w.followers[c].users {
		w.dropLocked(id, c)
	}
	delete(w.followers, c)
}

// dropLocked takes a connection away from those who follow a user. mu is held.
func (w *Watch) dropLocked(id model.UserID, c *conn.Conn) {
	s := w.subjects[id]
	delete(s.hidden, c)
	if len(s.hidden) == 0 {
		delete(w.subjects, id)
		delete(w.dirty, id)
		delete(w.doubted, id)
		s.settle()
	}
}

// Size is how many users are followed here, and by how many connections.
func (w *Watch) Size() (subjects, followers int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.subjects), len(w.followers)
}
