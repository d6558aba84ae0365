// Package config is the service's configuration; etc/ has an example with every key.
package config

import (
	"errors"

	"github.com/zeromicro/go-zero/core/discov"
	"github.com/zeromicro/go-zero/zrpc"

	"im-backend/chat-service/internal/committer"
	"im-backend/chat-service/internal/delivery"
	"im-backend/chat-service/internal/expiry"
	"im-backend/chat-service/internal/export"
	"im-backend/chat-service/internal/position"
	"im-backend/chat-service/internal/retention"
	"im-backend/chat-service/internal/schedule"
	"im-backend/chat-service/internal/search"
	"im-backend/common/utils/dbx"
	"im-backend/common/utils/kafkax"
	"im-backend/common/utils/mtls"
	"im-backend/common/utils/ops"
	"im-backend/common/utils/redisx"
	"im-backend/common/utils/secret"
)

// Config is loaded strictly: an unknown key is an error.
type Config struct {
	zrpc.RpcServerConf
	Ops        ops.Config         // the operators' endpoint
	TLS        mtls.Config        // who the service is to the others, and whom it believes
	Database   dbx.Config         // im_chat
	StoreRedis redisx.Config      // recent entries, inboxes, routes
	Kafka      kafkax.Config      // im.message and the topics beside it
	Committer  committer.Config   // storing
	Delivery   delivery.Config    // spreading what is stored
	Position   position.Config    // storing read and delivered positions
	Search     search.Config      // finding messages
	Schedule   schedule.Config    // messages that are sent later
	Expiry     expiry.Config      // messages that are recalled after they were read
	Retention  retention.Config   // how long entries are kept
	Export     export.Config      // how often a user takes its data out
	UserRPC    zrpc.RpcClientConf // for names and pictures, and whether a user exists
	FriendRPC  zrpc.RpcClientConf // asked about single conversations not known yet
	GroupRPC   zrpc.RpcClientConf // asked about groups not known yet, and for names and pictures
	Gateways   discov.EtcdConf    // where the ws-gateways register
}

// Validate reports every bad value at once.
func (c Config) Validate() error {
	var faults []error
	if c.Committer.Lanes < 1 || c.Committer.Queue < 1 || c.Committer.Batch < 1 {
		faults = append(faults, errors.New("Committer: Lanes, Queue and Batch must be at least 1"))
	}
	if c.Committer.Batch > 1000 {
		faults = append(faults, errors.New("Committer.Batch: at most 1000 entries fit one statement"))
	}
	if c.Committer.RecallWindow < 0 || c.Committer.EditWindow < 0 {
		faults = append(faults, errors.New("Committer: RecallWindow and EditWindow must not be negative"))
	}
	if n := c.Committer.ReactionKinds; n < 1 || n > 100 {
		faults = append(faults, errors.New("Committer.ReactionKinds: 1 to 100"))
	}
	if n := c.Committer.Pins; n < 1 || n > 200 {
		faults = append(faults, errors.New("Committer.Pins: 1 to 200"))
	}
	if len(c.Kafka.Brokers) == 0 {
		faults = append(faults, errors.New("Kafka.Brokers: at least one"))
	}
	return errors.Join(append(faults, c.Position.Validate(), c.Search.Validate(), c.Schedule.Validate(), c.Expiry.Validate(),
		c.Retention.Validate(), c.Export.Validate(), c.RpcServerConf.Validate(), c.TLS.Validate())...)
}

// Operators implements process.Config.
func (c Config) Operators() ops.Config { return c.Ops }

// Secrets implements process.Config.
func (c Config) Secrets() []secret.Secret {
	return append(c.Database.Secrets("Database"), c.StoreRedis.Secret("StoreRedis"), c.Kafka.Secret("Kafka"))
}

// Guarded implements process.Config.
func (c Config) Guarded() error { return c.TLS.Guards(c.ListenOn) }
