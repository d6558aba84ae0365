// Package config is the service's configuration; etc/ has an example with every key.
package config

import (
	"errors"
	"fmt"

	"github.com/zeromicro/go-zero/zrpc"

	"im-backend/common/utils/dbx"
	"im-backend/common/utils/mtls"
	"im-backend/common/utils/ops"
	"im-backend/common/utils/secret"
	"im-backend/user-service/internal/account"
	"im-backend/user-service/internal/budget"
	"im-backend/user-service/internal/notice"
	"im-backend/user-service/internal/password"
)

// Config is loaded strictly: an unknown key is an error.
type Config struct {
	zrpc.RpcServerConf                 // where it listens, its name in Etcd, the deadline of a call in milliseconds
	Ops                ops.Config      // the operators' endpoint
	TLS                mtls.Config     // who the service is to the others, and whom it believes
	Database           dbx.Config      // im_user
	Password           password.Config // the cost of a password hash, and how many are computed
	Account            account.Config  // names
	SearchBudget       budget.Config   // how often a user may search
	Notices            notice.Config   // how other services are told of changes

	// Who is told of changes. The service starts and serves without them.
	FriendRPC zrpc.RpcClientConf // friend-service
	GroupRPC  zrpc.RpcClientConf // group-service
	ChatRPC   zrpc.RpcClientConf // chat-service
}

// errMissing is returned for a key without which the service cannot run.
var errMissing = errors.New("must be set")

// Validate reports every fault that the tags do not express.
func (c Config) Validate() error {
	faults := []error{c.RpcServerConf.Validate(), c.TLS.Validate(), c.Account.Validate(), c.SearchBudget.Validate(), c.Notices.Validate()}
	if !c.HasEtcd() {
		faults = append(faults, fmt.Errorf("Etcd.Hosts and Etcd.Key: %w", errMissing))
	}
	if c.Database.DSN == "" {
		faults = append(faults, fmt.Errorf("Database.DSN: %w", errMissing))
	}
	return errors.Join(faults...)
}

// Operators implements process.Config.
func (c Config) Operators() ops.Config { return c.Ops }

// Secrets implements process.Config.
func (c Config) Secrets() []secret.Secret {
	return c.Database.Secrets("Database")
}

// Guarded implements process.Config.
func (c Config) Guarded() error { return c.TLS.Guards(c.ListenOn) }
