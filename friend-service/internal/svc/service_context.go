// Package svc puts the service together: it builds what the logic calls.
package svc

import (
	"time"

	"github.com/redis/go-redis/v9"

	"im-backend/common/proto/gen/userpb"
	"im-backend/common/utils/dbx"
	"im-backend/common/utils/directory"
	"im-backend/common/utils/idgen"
	"im-backend/common/utils/outbox"
	"im-backend/common/utils/rediskey"
	"im-backend/common/utils/versioned"
	"im-backend/friend-service/internal/config"
	"im-backend/friend-service/internal/friendship"
	"im-backend/friend-service/internal/store"
)

// Needs is what the service stands on; app opens and closes it.
type Needs struct {
	Database *dbx.DB
	Redis    redis.UniversalClient
	Users    userpb.UserServiceClient
	Relay    *outbox.Relay
	IDs      *idgen.Generator
}

// ServiceContext is what the logic of every call has.
type ServiceContext struct {
	Config      config.Config
	Friendships *friendship.Friendships
}

// NewServiceContext builds the context.
func NewServiceContext(c config.Config, n Needs) *ServiceContext {
	return &ServiceContext{
		Config: c,
		Friendships: friendship.New(c.Friendship, store.New(n.Database), directory.New(n.Users), n.Relay, n.IDs,
			versioned.New(n.Redis, rediskey.ListLifetime), time.Now),
	}
}
