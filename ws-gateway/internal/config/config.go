// Package config is the service's configuration; etc/ has an example with every key.
package config

import (
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/zeromicro/go-zero/zrpc"

	"im-backend/common/utils/httpedge"
	"im-backend/common/utils/mtls"
	"im-backend/common/utils/ops"
	"im-backend/common/utils/rediskey"
	"im-backend/common/utils/redisx"
	"im-backend/common/utils/secret"
	"im-backend/ws-gateway/internal/announce"
	"im-backend/ws-gateway/internal/chatlink"
	"im-backend/ws-gateway/internal/conn"
	"im-backend/ws-gateway/internal/hub"
	"im-backend/ws-gateway/internal/limit"
	"im-backend/ws-gateway/internal/router"
)

// Config is loaded strictly: an unknown key is an error. The embedded part is the rpc server that pushes come to.
type Config struct {
	zrpc.RpcServerConf
	Ops        ops.Config         // health, readiness, metrics
	TLS        mtls.Config        // who the service is to the others, and whom it believes
	StoreRedis redisx.Config      // routes
	AuthRPC    zrpc.RpcClientConf // auth-service
	ChatRPC    zrpc.RpcClientConf // chat-service; its Etcd key is also followed, for the streams to every instance
	Socket     Socket             // the public port
	Conn       conn.Options       // bounds of one connection
	Hub        hub.Options        // heartbeat, caps, drain
	Requests   router.Options     // what a connection may have under way
	Link       chatlink.Options   // the streams to chat-service
	Announce   announce.Options   // routes in Redis
}

// Socket is the public port.
type Socket struct {
	Listen         string        // host:port of /ws
	AllowedOrigins []string      // exact origins of browsers; a request without an Origin always passes
	MaxHandshakes  int           `json:",default=10000"` // under way at a time, and sockets that wait for one; not a bound of open connections
	DrainTimeout   time.Duration `json:",default=6s"`    // how long answers under way are waited for at the end; over Link.Deadline

	TrustedProxies []string               `json:",optional"` // addresses and ranges whose X-Forwarded-For is believed; empty: nobody's
	Gate           limit.GateOptions      // connections and handshakes by address
	Admission      limit.AdmissionOptions // handshakes of everybody
}

// checkLimits checks what keeps clients within bounds.
func (c Config) checkLimits(check func(ok bool, format string, args ...any)) {
	_, err := httpedge.ParseProxies(c.Socket.TrustedProxies)
	check(err == nil, "Socket.TrustedProxies: %v", err)
	gate, admission := c.Socket.Gate, c.Socket.Admission
	check(gate.MaxConnections > 0 && gate.MaxPerAddress > 0 && gate.MaxHandshaking > 0,
		"Socket.Gate.MaxConnections, MaxPerAddress and MaxHandshaking must be positive")
	check(admission.MaxDelay > 0, "Socket.Admission.MaxDelay must be positive")
	for _, r := range []struct {
		name string
		rate limit.Rate
	}{
		{"Socket.Gate.Handshakes", limit.Rate{PerSecond: gate.Handshakes, Burst: gate.HandshakeBurst}},
		{"Socket.Admission.Rate", limit.Rate{PerSecond: admission.Rate, Burst: admission.Burst}},
		{"Conn.Rate", limit.Rate{PerSecond: c.Conn.Rate, Burst: c.Conn.Burst}},
		{"Conn.UserRate", limit.Rate{PerSecond: c.Conn.UserRate, Burst: c.Conn.UserBurst}},
		{"Conn.AddressRate", limit.Rate{PerSecond: c.Conn.AddressRate, Burst: c.Conn.AddressBurst}},
		{"Conn.UserByteRate", limit.Rate{PerSecond: c.Conn.UserByteRate, Burst: c.Conn.UserByteBurst}},
		{"Conn.AddressByteRate", limit.Rate{PerSecond: c.Conn.AddressByteRate, Burst: c.Conn.AddressByteBurst}},
		{"Conn.ControlRate", limit.Rate{PerSecond: c.Conn.ControlRate, Burst: c.Conn.ControlBurst}},
		{"Conn.ByteRate", limit.Rate{PerSecond: c.Conn.ByteRate, Burst: c.Conn.ByteBurst}},
		{"Conn.RefusedRate", limit.Rate{PerSecond: c.Conn.RefusedRate, Burst: c.Conn.RefusedLimit}},
	} {
		check(r.rate.PerSecond > 0 && r.rate.Burst >= 1, "%s must be positive, and its burst at least 1", r.name)
	}
	wire := c.Conn.WireLimit()
	check(min(c.Conn.ByteBurst, c.Conn.UserByteBurst, c.Conn.AddressByteBurst) >= float64(wire),
		"Conn.ByteBurst, UserByteBurst and AddressByteBurst must be at least %d, twice Conn.ReadLimit and 64 KiB", wire)
	check(c.Conn.Malformed > 0 && c.Conn.UserMalformed >= 1 && c.Conn.AddressMalformed >= 1,
		"Conn.Malformed, UserMalformed and AddressMalformed must be positive")
}

// drainBudget is what a drain may take: a process is given 30 s to stop and 25 s to drain, and has connections, streams and
// stores to close after the last client is gone.
const drainBudget = 20 * time.Second

// Validate reports all faults at once.
func (c Config) Validate() error {
	var faults []error
	check := func(ok bool, format string, args ...any) {
		if !ok {
			faults = append(faults, fmt.Errorf(format, args...))
		}
	}
	faults = append(faults, c.RpcServerConf.Validate(), c.TLS.Validate())
	_, _, err := net.SplitHostPort(c.Socket.Listen)
	check(err == nil, "Socket.Listen: %v", err)
	check(c.Conn.ReadLimit > 0, "Conn.ReadLimit must be positive")
	check(c.Conn.QueueFrames > 0 && c.Conn.QueueBytes > 0, "Conn.QueueFrames and Conn.QueueBytes must be positive")
	check(c.Conn.SendBuffer >= 0, "Conn.SendBuffer must not be negative")
	c.checkLimits(check)
	check(c.Conn.WriteTimeout > 0 && c.Conn.CloseTimeout > 0 && c.Conn.MessageTimeout > 0, "Conn timeouts must be positive")
	check(c.Hub.Heartbeat > 0 && c.Hub.CheckSessions > 0, "Hub.Heartbeat and Hub.CheckSessions must be positive")
	check(c.Hub.MaxPerUser > 0, "Hub.MaxPerUser must be positive")
	check(c.Requests.Syncs > 0 && c.Requests.SyncsQueued >= c.Requests.Syncs, "Requests.SyncsQueued must be at least Requests.Syncs, which is positive")
	check(c.Requests.SyncsOfUser > 0, "Requests.SyncsOfUser must be positive")
	check(c.Requests.Sends > 0 && c.Requests.Calls > 0 && c.Requests.CallTimeout > 0, "Requests must be positive")
	check(c.Link.Deadline > 0 && c.Link.Stall > 0 && c.Link.Queue > 0, "Link must be positive")
	check(c.Socket.DrainTimeout > c.Link.Deadline && c.Socket.DrainTimeout > c.Requests.CallTimeout,
		"Socket.DrainTimeout must be over Link.Deadline and Requests.CallTimeout")
	check(c.Hub.DrainSpread >= 0 && c.Hub.Reconnect >= 0, "Hub.DrainSpread and Hub.Reconnect must not be negative")
	check(2*c.Hub.DrainSpread+c.Socket.DrainTimeout+c.Conn.CloseTimeout <= drainBudget,
		"a drain (twice Hub.DrainSpread, Socket.DrainTimeout, Conn.CloseTimeout) must fit into %v", drainBudget)
	check(c.Announce.Check > 0 && c.Announce.Refresh > 0 && 2*c.Announce.Refresh < rediskey.Announcement,
		"Announce.Refresh must be under half of %v", rediskey.Announcement)
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
