// Package server puts the gateway's handler together: the generated routes, the pages of site, and around them what holds
// for every request. It does not listen; app does.
package server

import (
	"context"
	"fmt"
	"net/http"
	"path"

	"github.com/zeromicro/go-zero/rest"

	"im-backend/api-gateway/internal/caller"
	"im-backend/api-gateway/internal/config"
	"im-backend/api-gateway/internal/handler"
	"im-backend/api-gateway/internal/site"
	"im-backend/api-gateway/internal/svc"
	"im-backend/common/utils/httpedge"
)

// New makes the handler of a gateway. Answers that go on for long are cut when stopping ends.
func New(stopping context.Context, c config.Config, clients svc.Clients) (http.Handler, error) {
	routes, err := newRest(stopping, c, clients)
	if err != nil {
		return nil, err
	}
	serverless, err := rest.NewServerless(routes)
	if err != nil {
		return nil, fmt.Errorf("bind routes: %w", err)
	}
	return httpedge.Harden(http.HandlerFunc(serverless.Serve), httpedge.Options{
		MaxBytes: c.MaxBytes, Timeout: c.EdgeTimeout(), Streams: streams, AccessLog: c.AccessLog,
	}), nil
}

// streams reports whether a request is answered for as long as it takes, with deadlines of its own.
func streams(r *http.Request) bool {
	return r.Method == http.MethodGet && path.Clean(r.URL.Path) == "/v1/users/me/export"
}

func newRest(stopping context.Context, c config.Config, clients svc.Clients) (*rest.Server, error) {
	// These write bodies and tokens into the log, can be skipped by the client or bound nothing; httpedge.Harden and the
	// deadlines of the RPCs stand in for them.
	m := &c.Middlewares
	m.Log, m.Breaker, m.Shedding, m.Timeout = false, false, false, false
	m.Recover, m.Metrics, m.MaxBytes, m.Gunzip = false, false, false, false
	proxies, err := httpedge.ParseProxies(c.TrustedProxies)
	if err != nil {
		return nil, err
	}
	server, err := rest.NewServer(c.RestConf)
	if err != nil {
		return nil, fmt.Errorf("make http server: %w", err)
	}
	server.Use(caller.NoteAddress(proxies))
	handler.RegisterHandlers(server, svc.NewServiceContext(stopping, c, clients))
	pages, err := site.Routes(clients.Auth)
	if err != nil {
		return nil, err
	}
	server.AddRoutes(pages)
	return server, nil
}
