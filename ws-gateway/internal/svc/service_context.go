// Package svc puts the service together: it builds what the logic calls.
package svc

import (
	"context"
	"net/http"
	"sync"

	"github.com/redis/go-redis/v9"
	"google.golang.org/grpc"

	"im-backend/common/proto/gen/authpb"
	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/httpedge"
	"im-backend/common/utils/rpcx"
	"im-backend/ws-gateway/internal/announce"
	"im-backend/ws-gateway/internal/chatlink"
	"im-backend/ws-gateway/internal/config"
	"im-backend/ws-gateway/internal/conn"
	"im-backend/ws-gateway/internal/entrance"
	"im-backend/ws-gateway/internal/hub"
	"im-backend/ws-gateway/internal/limit"
	"im-backend/ws-gateway/internal/push"
	"im-backend/ws-gateway/internal/router"
	"im-backend/ws-gateway/internal/watch"
)

// ServiceContext is what the logic of every call has.
type ServiceContext struct {
	Config   config.Config
	Entrance *entrance.Entrance
	Hub      *hub.Hub
	Push     *push.Receiver
	Links    *chatlink.Pool
	Watch    *watch.Watch

	announcer *announce.Announcer
	router    *router.Router
	writer    *conn.Writer
	owner     sync.WaitGroup // of all connections' goroutines
	stop      sync.Once
}

// Peers are what the gateway talks to; the caller closes them after Stop.
type Peers struct {
	Redis redis.UniversalClient
	Auth  authpb.AuthServiceClient
	Chat  chatpb.ChatServiceClient
}

// NewServiceContext builds the context of the gateway with an id.
func NewServiceContext(c config.Config, gatewayID string, p Peers) *ServiceContext {
	s := &ServiceContext{Config: c}
	s.announcer = announce.New(gatewayID, c.Announce, p.Redis)
	s.writer = conn.NewWriter(&s.owner)
	s.Hub = hub.New(c.Hub, s.writer, &s.owner, s.announcer, memberships{p.Chat}, sessions{p.Auth}, memberships{p.Chat}, limit.NewUsers())
	s.Links = chatlink.New(c.Link, func(addr string) (*grpc.ClientConn, error) {
		return rpcx.DialAddr(addr, c.ChatRPC.Etcd.Key, c.TLS)
	})
	s.Watch = watch.New(gatewayID, p.Chat, p.Redis, s.writer)
	s.router = router.New(c.Requests, s.Links, p.Chat, s.Watch)
	s.Push = push.New(s.Hub)
	upgrader := conn.NewUpgrader(c.Conn, s.writer, reporter{s.router, s.Hub, s.Watch}, badHandshake)
	proxies, _ := httpedge.ParseProxies(c.Socket.TrustedProxies) // Validate has tried it
	s.Entrance = entrance.New(entrance.Options{
		Origins: c.Socket.AllowedOrigins, Proxies: proxies, Gate: c.Socket.Gate, Admission: c.Socket.Admission, Busy: s.router.Busy,
	}, sessions{p.Auth}, upgrader, s.Hub, &s.owner)
	return s
}

// Start begins the background work.
func (s *ServiceContext) Start() {
	s.announcer.Start(s.Hub.Local)
	s.Hub.Start()
	s.Watch.Start()
}

// Drain sends the clients away and returns when they are gone, by the end of ctx at the latest.
func (s *ServiceContext) Drain(ctx context.Context) {
	s.Entrance.Close()
	s.Hub.Drain(ctx, func(ctx context.Context) {
		ctx, cancel := context.WithTimeout(ctx, s.Config.Socket.DrainTimeout)
		defer cancel()
		s.router.Finish(ctx)
	})
}

// Stop ends the background work; it comes after Drain and after the servers have stopped. It may be called again.
func (s *ServiceContext) Stop() { s.stop.Do(s.end) }

func (s *ServiceContext) end() {
	s.Entrance.Close()
	s.Push.Stop()
	s.Push.Wait()
	s.Hub.Stop()
	s.Watch.Stop()
	s.Links.Close()
	s.router.Stop()
	s.writer.Stop()
	s.owner.Wait()
	s.announcer.Stop()
}

// reporter is who connections report to: requests go to the router, ends to the hub and to whoever told presence.
type reporter struct {
	*router.Router
	hub   *hub.Hub
	watch *watch.Watch
}

// Closed implements conn.Handler.
func (r reporter) Closed(c *conn.Conn, code int) {
	r.hub.Closed(c, code)
	r.watch.Leave(c)
}

func badHandshake(w http.ResponseWriter, r *http.Request, reason string) {
	httpedge.Fail(w, r, errs.ErrInvalidArgument.Saying(reason))
}
