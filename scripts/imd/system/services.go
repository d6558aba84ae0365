package system

import (
	"context"
	"fmt"
	"maps"
	"net"
	"strconv"

	apiapp "im-backend/api-gateway/app"
	apietc "im-backend/api-gateway/etc"
	authapp "im-backend/auth-service/app"
	authetc "im-backend/auth-service/etc"
	chatapp "im-backend/chat-service/app"
	chatetc "im-backend/chat-service/etc"
	"im-backend/common/utils/confx"
	friendapp "im-backend/friend-service/app"
	friendetc "im-backend/friend-service/etc"
	groupapp "im-backend/group-service/app"
	groupetc "im-backend/group-service/etc"
	"im-backend/scripts/imd/embedded"
	userapp "im-backend/user-service/app"
	useretc "im-backend/user-service/etc"
	wsapp "im-backend/ws-gateway/app"
	wsetc "im-backend/ws-gateway/etc"
)

// service is what every service's package app offers.
type service interface {
	part
	Ready(ctx context.Context) error
}

// kind is one of the seven services.
type kind struct {
	name   string
	prefix string // of the names in its configuration
	schema string // its database, if it has one
	build  func(values map[string]string) (service, error)
}

var (
	user   = &kind{"user-service", "USER", "im_user", builder(useretc.YAML, userapp.New)}
	auth   = &kind{"auth-service", "AUTH", "", builder(authetc.YAML, authapp.New)}
	friend = &kind{"friend-service", "FRIEND", "im_friend", builder(friendetc.YAML, friendapp.New)}
	group  = &kind{"group-service", "GROUP", "im_group", builder(groupetc.YAML, groupapp.New)}
	chat   = &kind{"chat-service", "CHAT", "im_chat", builder(chatetc.YAML, chatapp.New)}
	api    = &kind{"api-gateway", "API", "", builder(apietc.YAML, apiapp.New)}

	gateway = &kind{"ws-gateway", "WSPUSH", "", builder(wsetc.YAML, wsapp.New)}
)

// stopOrder is who is stopped when: first those in front, then those whose changes still go to chat-service, then the rest.
var stopOrder = [][]*kind{{api, gateway}, {friend, group}, {user, auth, chat}}

// builder makes a service from its own configuration file, with other values in it.
func builder[C any, A service](yaml []byte, build func(C) A) func(map[string]string) (service, error) {
	return func(values map[string]string) (service, error) {
		var c C
		if err := confx.Load(yaml, confx.Values(values), &c); err != nil {
			return nil, fmt.Errorf("load configuration: %w", err)
		}
		splitLists(&c)
		return build(c), nil
	}
}

// embeddedPartitions is for topics in the embedded broker: every partition costs each consumer a connection.
const embeddedPartitions = "16"

// make builds a service that is not started yet, on addresses of its own, and puts it on the list.
func (s *System) make(k *kind) (*instance, error) {
	values := map[string]string{
		"ETCD_ADDR":     s.stores.addresses.Etcd,
		"REDIS_ADDR":    s.stores.addresses.Redis,
		"KAFKA_ADDR":    s.stores.addresses.Kafka,
		"WS_PUBLIC_URL": wsURL(s.wsAddr),
		"WS_ORIGIN":     s.APIURL(),
		// Who tries the system out may use any password; services on their own refuse the common ones.
		"PASSWORD_ALLOW_COMMON": "true",
	}
	for _, name := range []string{
		"WS_MAX_PER_ADDRESS", "WS_MAX_HANDSHAKING", "WS_HANDSHAKE_BURST", "WS_ADDRESS_RATE", "WS_ADDRESS_BURST",
		"REGISTER_ADDRESS_FREE",
	} {
		values[name] = "1000000" // all clients of a system on one machine may have one address
	}
	for _, name := range []string{"WS_ADDRESS_BYTE_RATE", "WS_ADDRESS_BYTE_BURST"} {
		values[name] = "1000000000"
	}
	if _, port, err := net.SplitHostPort(s.apiAddr); err == nil {
		values["WS_ORIGIN_LOCALHOST"] = "http://localhost:" + port
	}
	if s.options.MySQL == "" {
		values["CHAT_LANES"] = "1" // SQLite has one writer
	}
	if s.options.Kafka == "" {
		values["KAFKA_PARTITIONS"] = embeddedPartitions
	}
	if k.schema != "" {
		values[k.prefix+"_DSN"] = s.stores.addresses.DSN[k.schema]
	}
	i := &instance{kind: k}
	if err := s.place(i, values); err != nil {
		return nil, err
	}
	maps.Copy(values, s.options.Overrides)
	var err error
	if i.app, err = k.build(values); err != nil {
		return nil, err
	}
	i.life, i.end = context.WithCancel(s.life)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.services = append(s.services, i)
	return i, nil
}

// place chooses the addresses of an instance.
func (s *System) place(i *instance, values map[string]string) (err error) {
	if i.ops, err = embedded.FreeAddr(); err != nil {
		return err
	}
	if i.addr, err = embedded.FreeAddr(); err != nil {
		return err
	}
	values[i.kind.prefix+"_OPS"] = i.ops
	switch i.kind {
	case api:
		i.addr = s.apiAddr
		values["API_LISTEN"] = i.addr
	case gateway:
		values["WS_OPS"], values["WSPUSH_LISTEN"] = i.ops, i.addr
		if i.addr, err = s.nextGatewayAddr(); err != nil {
			return err
		}
		values["WS_LISTEN"] = i.addr
	default:
		values[i.kind.prefix+"_LISTEN"] = i.addr
	}
	return nil
}

// nextGatewayAddr is the address that was asked for, for the first gateway, and a free one for the others. It is the first
// one's again when that has been stopped.
func (s *System) nextGatewayAddr() (string, error) {
	for _, i := range s.running(gateway) {
		if i.addr == s.wsAddr {
			return embedded.FreeAddr()
		}
	}
	return s.wsAddr, nil
}

// resolve chooses the port where an address leaves it open.
func resolve(addr string) (string, error) {
	if addr == "" {
		return embedded.FreeAddr()
	}
	host, text, err := net.SplitHostPort(addr)
	if err != nil {
		return "", fmt.Errorf("address %q: %w", addr, err)
	}
	if text != "0" {
		return addr, nil
	}
	port, err := embedded.FreePort()
	if err != nil {
		return "", err
	}
	return net.JoinHostPort(host, strconv.Itoa(port)), nil
}

// reachable is an address that a client on this machine can use: a listener on all of them is on loopback too.
func reachable(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if ip := net.ParseIP(host); err == nil && (host == "" || (ip != nil && ip.IsUnspecified())) {
		return net.JoinHostPort("127.0.0.1", port)
	}
	return addr
}
