// Package svc puts the service together: it builds what the logic calls.
package svc

import (
	"time"

	"github.com/redis/go-redis/v9"

	"im-backend/common/proto/gen/friendpb"
	"im-backend/common/proto/gen/userpb"
	"im-backend/common/utils/dbx"
	"im-backend/common/utils/directory"
	"im-backend/common/utils/idgen"
	"im-backend/common/utils/outbox"
	"im-backend/common/utils/rediskey"
	"im-backend/common/utils/versioned"
	"im-backend/group-service/internal/circle"
	"im-backend/group-service/internal/config"
	"im-backend/group-service/internal/membership"
	"im-backend/group-service/internal/store"
)

// Needs is what the service stands on; app opens and closes it.
type Needs struct {
	Database *dbx.DB
	Redis    redis.UniversalClient
	Users    userpb.UserServiceClient
	Friends  friendpb.FriendServiceClient
	Relay    *outbox.Relay
	IDs      *idgen.Generator
}

// ServiceContext is what the logic of every call has.
type ServiceContext struct {
	Config config.Config
	Groups *membership.Groups
}

// NewServiceContext builds the context.
func NewServiceContext(c config.Config, n Needs) *ServiceContext {
	return &ServiceContext{
		Config: c,
		Groups: membership.New(c.Membership, store.New(n.Database), directory.New(n.Users), circle.New(n.Friends), n.Relay,
			n.IDs, versioned.New(n.Redis, rediskey.ListLifetime), time.Now),
	}
}
