// Package hub holds all connections of a gateway: who is here, which groups they are in and what they may see of them. It
// delivers events to them, keeps them alive with pings, ends sessions and drains. It makes no remote call while it holds a
// lock, and it knows nothing of requests.
package hub

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/ws-gateway/internal/conn"
	"im-backend/ws-gateway/internal/frame"
	"im-backend/ws-gateway/internal/limit"
)

// Options are the hub's settings.
type Options struct {
	Heartbeat     time.Duration `json:",default=30s"` // between pings; silence of two of them closes with 4001
	MaxPerUser    int           `json:",default=50"`  // connections of one user
	CheckSessions time.Duration `json:",default=5m"`  // between two checks of all open sessions
	DrainSpread   time.Duration `json:",default=2s"`  // over which goaway and the closes are spread, at the most
	Reconnect     time.Duration `json:",default=3s"`  // upper bound of the random delay that goaway asks for
}

// Announcer tells the other services what is here. Its methods do not block; Flush waits until what was told before is
// written, or could not be.
type Announcer interface {
	RouteAdded(r Route)
	RouteGone(r Route)
	RoomAdded(conversation string)
	RoomGone(conversation string)
	Flush(ctx context.Context)
}

// Membership is a user's open window of a group, as chat-service has it.
type Membership struct {
	User model.UserID
	Room string
	From model.Seq // the first entry that the user may see
	At   model.Seq // the group's head when this was read
}

// Memberships reads open windows. Every answer reflects all that was committed before the question.
type Memberships interface {
	OpenWindows(ctx context.Context, users []model.UserID) ([]Membership, error)
}

// Sessions reports which sessions are alive. An error ends no session.
type Sessions interface {
	Alive(ctx context.Context, who []conn.Identity) (map[int64]bool, error)
}

// Route is where one connection is.
type Route struct {
	User         model.UserID
	ConnectionID string
	Session      int64
	Platform     string
}

// Hub is all connections of a gateway. Lock order: that of recalls, mu, then a room's own.
type Hub struct {
	opts     Options
	writer   *conn.Writer
	announce Announcer
	members  Memberships
	sessions Sessions
	owner    *sync.WaitGroup
	ctx      context.Context //nolint:containedctx // the life of the hub's own goroutines
	cancel   context.CancelFunc
	leaving  context.Context //nolint:containedctx // ends when the drain begins
	leave    context.CancelFunc
	wheel    *wheel
	draining atomic.Bool
	reload   chan struct{}
	loads    *loader
	heads    *heads
	budgets  *limit.Users
	recalls  recalls

	mu    sync.RWMutex
	users map[model.UserID]*user
	rooms map[string]*room
	ended map[int64]ending // sessions that ended lately
	open  int              // connections
	empty chan struct{}    // closed by gone, when draining and open is zero
	gone  sync.Once
}

// user is one user with connections here.
type user struct {
	id    model.UserID
	conns atomic.Pointer[[]*conn.Conn] // replaced, never changed
	rooms []*room                      // those with a window of the user; guarded by Hub.mu

	part, index int32 // the user's place among those who are told heads, see heads
}

// ending is why and when a session ended.
type ending struct {
	reason EndReason
	at     time.Time
}

// New makes a hub; owner has the goroutines of everything here.
func New(
	o Options, w *conn.Writer, owner *sync.WaitGroup, a Announcer, m Memberships, s Sessions, heads Heads, budgets *limit.Users,
) *Hub {
	ctx, cancel := context.WithCancel(context.Background())
	leaving, leave := context.WithCancel(ctx)
	h := &Hub{
		leaving: leaving, leave: leave, budgets: budgets,
		opts: o, writer: w, announce: a, members: m, sessions: s, owner: owner, ctx: ctx, cancel: cancel,
		wheel: newWheel(), reload: make(chan struct{}, 1), empty: make(chan struct{}),
		users: map[model.UserID]*user{}, rooms: map[string]*room{}, ended: map[int64]ending{},
	}
	h.loads = &loader{hub: h}
	h.heads = newHeads(h, heads)
	return h
}

// Start begins the heartbeat and the checks.
func (h *Hub) Start() {
	h.owner.Go(h.turn)
	h.owner.Go(h.checkSessions)
	h.owner.Go(h.reloadRooms)
	h.owner.Go(h.heads.run)
}

// Admit reports whether a user may open another connection. Errors: UNAVAILABLE while draining, RATE_LIMITED.
func (h *Hub) Admit(id model.UserID) error {
	if h.draining.Load() {
		return errs.ErrUnavailable.Saying("the gateway is going away").After(time.Second)
	}
	h.mu.RLock()
	defer h.mu.RUnlock()
	if u := h.users[id]; u != nil && len(*u.conns.Load()) >= h.opts.MaxPerUser {
		return errs.ErrRateLimited.Saying("too many connections").After(10 * time.Second)
	}
	return nil
}

// Enter takes a new connection in, makes its route known, loads its user's groups and then greets it, so that whatever the
// client syncs after hello misses nothing: what is committed later is pushed. With chat-service or Redis away it is greeted
// all the same once ctx ends; the groups come later.
func (h *Hub) Enter(ctx context.Context, c *conn.Conn) {
	if !h.register(c) {
		h.greet(c)
		return
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(h.leaving, cancel)()
	if err := h.loads.load(ctx, c.User); err != nil {
		h.Reload()
	}
	h.announce.Flush(ctx)
	h.greet(c)
}

func (h *Hub) greet(c *conn.Conn) {
	c.Start(c.Format.Codec().Hello(frame.Welcome{
		User: c.User, Session: c.Session, Device: c.Device, ConnectionID: c.ID,
		HeartbeatMs: h.opts.Heartbeat.Milliseconds(), ServerTime: time.Now().UnixMilli(),
	}))
}

// register adds a connection, and closes one at once that came too late: its session has ended since it was checked, the
// user has too many by now, or the gateway drains.
func (h *Hub) register(c *conn.Conn) bool {
	c.Budget = h.budgets.Enter(c.User)
	h.mu.Lock()
	defer h.mu.Unlock()
	u := h.users[c.User]
	if u == nil {
		u = &user{id: c.User}
		u.conns.Store(&[]*conn.Conn{})
		h.users[c.User] = u
		h.heads.add(u)
	}
	old := *u.conns.Load()
	conns := append(old[:len(old):len(old)], c)
	u.conns.Store(&conns)
	h.open++
	connections.Inc()
	h.wheel.add(c)
	h.announce.RouteAdded(routeOf(c))
	end, gone := h.ended[c.Session]
	switch {
	case gone:
		c.Close(end.reason.closeCode(), c.Format.Codec().Kicked(end.reason.text()))
	case len(conns) > h.opts.MaxPerUser:
		c.Close(frame.CloseRateIgnored)
	case h.draining.Load():
		c.Close(frame.CloseGoingAway, c.Format.Codec().GoAway(h.reconnectAfter()))
	default:
		return true
	}
	return false
}

// Closed takes a connection out whose reader has ended.
func (h *Hub) Closed(c *conn.Conn, code int) {
	closes.WithLabelValues(label(code)).Inc()
	h.wheel.remove(c)
	c.Budget.Leave()
	h.mu.Lock()
	defer h.mu.Unlock()
	connections.Dec()
	h.announce.RouteGone(routeOf(c))
	h.open--
	h.emptyLocked()
	u := h.users[c.User]
	var rest []*conn.Conn
	for _, other := range *u.conns.Load() {
		if other != c {
			rest = append(rest, other)
		}
	}
	u.conns.Store(&rest)
	if len(rest) == 0 {
		delete(h.users, u.id)
		h.heads.remove(u)
		h.leaveRooms(u)
	}
}

// leaveRooms forgets the windows of a user who is not here any more. mu is held.
func (h *Hub) leaveRooms(u *user) {
	for _, r := range u.rooms {
		r.mu.Lock()
		delete(r.windows, u.id)
		h.dropVacant(r)
		r.mu.Unlock()
	}
	u.rooms = nil
}

// Local is everything that is here, to be announced as a whole.
func (h *Hub) Local() (routes []Route, rooms []string) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	routes = make([]Route, 0, h.open)
	for _, u := range h.users {
		for _, c := range *u.conns.Load() {
			routes = append(routes, routeOf(c))
		}
	}
	rooms = make([]string, 0, len(h.rooms))
	for id := range h.rooms {
		rooms = append(rooms, id)
	}
	return routes, rooms
}

func routeOf(c *conn.Conn) Route {
	return Route{User: c.User, ConnectionID: c.ID, Session: c.Session, Platform: c.Platform}
}

// all is every connection here.
func (h *Hub) all() []*conn.Conn {
	h.mu.RLock()
	defer h.mu.RUnlock()
	conns := make([]*conn.Conn, 0, h.open)
	for _, u := range h.users {
		conns = append(conns, *u.conns.Load()...)
	}
	return conns
}

func (h *Hub) reconnectAfter() int64 {
	return rand.Int64N(h.opts.Reconnect.Milliseconds() + 1) //nolint:gosec // spreads load
}
