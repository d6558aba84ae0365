// Package svc puts the service together: it builds what the logic calls.
package svc

import (
	"time"

	"github.com/redis/go-redis/v9"

	"im-backend/auth-service/internal/config"
	"im-backend/auth-service/internal/session"
	"im-backend/auth-service/internal/store"
	"im-backend/auth-service/internal/throttle"
	"im-backend/auth-service/internal/token"
	"im-backend/common/utils/idgen"
)

// ServiceContext is what the logic of every call has.
type ServiceContext struct {
	Config   config.Config
	Keys     *token.Keys
	Sessions *session.Sessions
	Throttle *throttle.Throttle
}

// NewServiceContext builds the context on Redis clients, that of attempts apart, and gateways, which stay the caller's to close.
func NewServiceContext(
	c config.Config, client, attempts redis.UniversalClient, gateways session.Gateways, ids *idgen.Generator,
) *ServiceContext {
	kept := store.New(client)
	keys := token.NewKeys(kept, c.Token.Lifetime, time.Now)
	tokens := token.New(c.Token, keys, time.Now)
	return &ServiceContext{
		Config:   c,
		Keys:     keys,
		Sessions: session.New(c.Session, kept, tokens, gateways, ids.Next, time.Now),
		Throttle: throttle.New(c.Throttle, store.New(attempts), time.Now),
	}
}
