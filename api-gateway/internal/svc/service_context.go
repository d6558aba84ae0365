// Package svc holds what the handlers of the gateway need.
package svc

import (
	"context"

	"github.com/zeromicro/go-zero/rest"

	"im-backend/api-gateway/internal/config"
	"im-backend/api-gateway/internal/middleware"
	"im-backend/common/proto/gen/authpb"
	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/proto/gen/friendpb"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/common/proto/gen/userpb"
)

// Clients are the services behind the gateway. Their errors are typed (errs).
type Clients struct {
	Users   userpb.UserServiceClient
	Auth    authpb.AuthServiceClient
	Friends friendpb.FriendServiceClient
	Groups  grouppb.GroupServiceClient
	Chat    chatpb.ChatServiceClient
}

// ServiceContext is shared by all requests.
type ServiceContext struct {
	Clients
	Config       config.Config
	Authenticate rest.Middleware
	Exports      chan struct{}   // holds a value for each export under way
	Stopping     context.Context //nolint:containedctx // ends when answers that go on for long have to
}

// NewServiceContext makes the context of a gateway; stopping ends when it is to stop.
func NewServiceContext(stopping context.Context, c config.Config, clients Clients) *ServiceContext {
	return &ServiceContext{
		Clients: clients, Config: c,
		Authenticate: middleware.NewAuthenticateMiddleware(clients.Auth).Handle,
		Exports:      make(chan struct{}, c.Export.AtOnce), Stopping: stopping,
	}
}
