// Package config is what can be set of the HTTP gateway.
package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"time"

	"github.com/zeromicro/go-zero/rest"
	"github.com/zeromicro/go-zero/zrpc"

	"im-backend/common/utils/httpedge"
	"im-backend/common/utils/mtls"
	"im-backend/common/utils/ops"
	"im-backend/common/utils/secret"
)

// Config is the whole configuration. Of RestConf, Host and Port are not used: Listen says where.
type Config struct {
	rest.RestConf
	Listen         string             // host:port of the public API; port 0 takes any
	Ops            ops.Config         // the operators' endpoint
	TLS            mtls.Config        // who the service is to the others, and whom it believes
	PublicWS       string             // the WebSocket URL that clients are told with a ticket
	TrustedProxies []string           `json:",optional"`     // addresses and ranges whose X-Forwarded-For is believed; empty: nobody's
	AccessLog      bool               `json:",default=true"` // one line for each request, without query, headers and body
	Export         Export             // answers with all of a user's data
	UserRPC        zrpc.RpcClientConf // each client's Timeout is in milliseconds
	AuthRPC        zrpc.RpcClientConf
	FriendRPC      zrpc.RpcClientConf
	GroupRPC       zrpc.RpcClientConf
	ChatRPC        zrpc.RpcClientConf
}

// Export bounds the exports of users' data.
type Export struct {
	AtOnce  int           `json:",default=4"`   // under way at the same time; more are answered UNAVAILABLE
	Timeout time.Duration `json:",default=15m"` // of one; it is cut then, and says where to go on
}

// EdgeTimeout is how long one request may take.
func (c Config) EdgeTimeout() time.Duration { return time.Duration(c.Timeout) * time.Millisecond }

// Validate names every fault at once.
func (c Config) Validate() error {
	faults := []error{c.TLS.Validate()}
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		faults = append(faults, fmt.Errorf("Listen: %w", err))
	}
	if u, err := url.Parse(c.PublicWS); err != nil || (u.Scheme != "ws" && u.Scheme != "wss") || u.Host == "" {
		faults = append(faults, fmt.Errorf("PublicWS: %q is no ws:// or wss:// URL", c.PublicWS))
	}
	if _, err := httpedge.ParseProxies(c.TrustedProxies); err != nil {
		faults = append(faults, fmt.Errorf("TrustedProxies: %w", err))
	}
	if c.Timeout <= 0 || c.MaxBytes <= 0 {
		faults = append(faults, errors.New("Timeout and MaxBytes must be positive"))
	}
	if c.Export.AtOnce < 1 || c.Export.Timeout <= 0 {
		faults = append(faults, errors.New("Export: AtOnce must be at least 1 and Timeout positive"))
	}
	return errors.Join(faults...)
}

// Operators implements process.Config.
func (c Config) Operators() ops.Config { return c.Ops }

// Secrets implements process.Config: the gateway has no store.
func (c Config) Secrets() []secret.Secret { return nil }

// Guarded implements process.Config: the gateway serves no gRPC.
func (c Config) Guarded() error { return nil }
