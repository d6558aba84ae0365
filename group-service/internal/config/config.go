// Package config is the service's configuration; etc/ has an example with every key.
package config

import (
	"errors"

	"github.com/zeromicro/go-zero/zrpc"

	"im-backend/common/utils/dbx"
	"im-backend/common/utils/mtls"
	"im-backend/common/utils/ops"
	"im-backend/common/utils/outbox"
	"im-backend/common/utils/redisx"
	"im-backend/common/utils/secret"
	"im-backend/group-service/internal/membership"
	"im-backend/group-service/internal/retention"
)

// Config is loaded strictly: an unknown key is an error.
type Config struct {
	zrpc.RpcServerConf
	Ops        ops.Config         // the operators' endpoint
	TLS        mtls.Config        // who the service is to the others, and whom it believes
	Database   dbx.Config         // im_group
	Membership membership.Config  // the limits of groups
	Retention  retention.Config   // what is forgotten when
	StoreRedis redisx.Config      // the cache of member lists; the service works without it
	Outbox     outbox.Config      // how committed changes reach chat-service
	ChatRPC    zrpc.RpcClientConf // chat-service: the conversation logs
	UserRPC    zrpc.RpcClientConf // user-service: who exists
	FriendRPC  zrpc.RpcClientConf // friend-service: who blocks whom
}

// Validate joins all faults.
func (c Config) Validate() error {
	faults := []error{c.RpcServerConf.Validate(), c.TLS.Validate(), c.Membership.Validate(), c.Retention.Validate()}
	if c.Timeout <= 0 {
		faults = append(faults, errors.New("set Timeout above zero"))
	}
	if !c.HasEtcd() {
		faults = append(faults, errors.New("set Etcd.Hosts and Etcd.Key"))
	}
	if c.Database.DSN == "" {
		faults = append(faults, errors.New("set Database.DSN"))
	}
	if c.Outbox.Workers < 1 || c.Outbox.Sweep <= 0 || c.Outbox.SendTimeout <= 0 {
		faults = append(faults, errors.New("set Outbox.Workers, Outbox.Sweep and Outbox.SendTimeout above zero"))
	}
	return errors.Join(faults...)
}

// Operators implements process.Config.
func (c Config) Operators() ops.Config { return c.Ops }

// Secrets implements process.Config.
func (c Config) Secrets() []secret.Secret {
	return append(c.Database.Secrets("Database"), c.StoreRedis.Secret("StoreRedis"))
}

// Guarded implements process.Config.
func (c Config) Guarded() error { return c.TLS.Guards(c.ListenOn) }
