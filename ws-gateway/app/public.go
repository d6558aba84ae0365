package app

import (
	"fmt"
	"log"
	"net"
	"net/http"
	"time"

	"github.com/zeromicro/go-zero/core/logx"
	"github.com/zeromicro/go-zero/rest"

	"im-backend/common/utils/httpedge"
	"im-backend/ws-gateway/internal/config"
	"im-backend/ws-gateway/internal/entrance"
	"im-backend/ws-gateway/internal/handler"
	"im-backend/ws-gateway/internal/limit"
	"im-backend/ws-gateway/internal/svc"
)

// publicHandler is the generated routes behind our own edge. go-zero's middlewares are off where they do not fit long
// connections (timeout, shedding, breaker), wrap the writer so that it cannot be hijacked (trace, prometheus), or would
// write the ticket of the URL to the log (log).
func publicHandler(c config.Config, s *svc.ServiceContext) (http.Handler, error) {
	routes, err := rest.NewServer(rest.RestConf{
		ServiceConf: c.ServiceConf,
		MaxConns:    c.Socket.MaxHandshakes,
		Middlewares: rest.MiddlewaresConf{MaxConns: true, Recover: true},
	})
	if err != nil {
		return nil, fmt.Errorf("make routes: %w", err)
	}
	handler.RegisterHandlers(routes, s)
	serverless, err := rest.NewServerless(routes)
	if err != nil {
		return nil, fmt.Errorf("make routes: %w", err)
	}
	return httpedge.Harden(http.HandlerFunc(serverless.Serve), httpedge.Options{MaxBytes: 1 << 10, Upgrade: true}), nil
}

// publicServer serves the public port. A socket is there for one request: whoever is refused comes back by a new one, so that
// sockets which are no connections are held by nobody. The listener that it answers is the one to serve.
func publicServer(c config.Config, handler http.Handler, lis net.Listener) (*http.Server, net.Listener) {
	proxies, _ := httpedge.ParseProxies(c.Socket.TrustedProxies) // Validate has tried it
	door := entrance.NewDoor(lis, proxies, limit.NewWaiting(c.Socket.Gate.MaxHandshaking, c.Socket.MaxHandshakes))
	s := &http.Server{
		ConnState:         door.Leave,
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      10 * time.Second, // of what is no upgrade
		MaxHeaderBytes:    8 << 10,
		ErrorLog:          logErrors(),
	}
	s.SetKeepAlivesEnabled(false)
	return s, door
}

// logErrors takes what net/http has to say of broken handshakes, which is a client's doing.
func logErrors() *log.Logger { return log.New(quiet{}, "", 0) }

type quiet struct{}

// Write implements io.Writer.
func (quiet) Write(line []byte) (int, error) {
	logx.Debug(string(line))
	return len(line), nil
}
