// Package config is the service's configuration; etc/ has an example with every key.
package config

import (
	"errors"
	"fmt"
	"time"

	"github.com/zeromicro/go-zero/core/discov"
	"github.com/zeromicro/go-zero/zrpc"

	"im-backend/auth-service/internal/session"
	"im-backend/auth-service/internal/throttle"
	"im-backend/auth-service/internal/token"
	"im-backend/common/utils/mtls"
	"im-backend/common/utils/ops"
	"im-backend/common/utils/redisx"
	"im-backend/common/utils/secret"
)

// Config is loaded strictly: an unknown key is an error.
type Config struct {
	zrpc.RpcServerConf                 // where it listens, its name in Etcd, the deadline of a call in milliseconds
	Ops                ops.Config      // the operators' endpoint
	TLS                mtls.Config     // who the service is to the others, and whom it believes
	StoreRedis         redisx.Config   // sessions, tickets and signing keys
	WsGateway          discov.EtcdConf // where the gateways are found that are told when sessions end
	Token              token.Config    // access tokens
	Session            session.Config  // refresh tokens, tickets and the device policy
	Throttle           throttle.Config // how often passwords may be tried and accounts made
}

var (
	errMissing  = errors.New("must be set")
	errLifetime = errors.New("must be a second or more")
)

// Validate reports every fault that the tags do not express.
func (c Config) Validate() error {
	faults := []error{c.RpcServerConf.Validate(), c.TLS.Validate(), c.Session.Validate(), c.Throttle.Validate()}
	if !c.HasEtcd() {
		faults = append(faults, fmt.Errorf("Etcd.Hosts and Etcd.Key: %w", errMissing))
	}
	if c.StoreRedis.Addr == "" {
		faults = append(faults, fmt.Errorf("StoreRedis.Addr: %w", errMissing))
	}
	if err := c.WsGateway.Validate(); err != nil {
		faults = append(faults, fmt.Errorf("WsGateway: %w", err))
	}
	if c.Token.Lifetime < time.Second {
		faults = append(faults, fmt.Errorf("Token.Lifetime: %w", errLifetime))
	}
	return errors.Join(faults...)
}

// Operators implements process.Config.
func (c Config) Operators() ops.Config { return c.Ops }

// Secrets implements process.Config.
func (c Config) Secrets() []secret.Secret {
	return []secret.Secret{c.StoreRedis.Secret("StoreRedis")}
}

// Guarded implements process.Config.
func (c Config) Guarded() error { return c.TLS.Guards(c.ListenOn) }
