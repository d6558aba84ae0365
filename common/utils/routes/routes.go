// Package routes reads from Redis what the gateways announce of their connections, as the presence of users: who has a device
// online, on which platforms, and when a user was seen last. It also has what is told on the channel of changes. Gateways write
// the routes; chat-service and the gateways read them here. It decides for nobody what may be seen.
package routes

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/rediskey"
)

// State is what the routes say of a user.
type State struct {
	User       model.UserID
	Platforms  []string // of the connections on living gateways, sorted, each once; none: offline
	LastSeenAt int64    // unix milliseconds; zero: not known
	Gateways   []string // ids of all gateways that the routes name, the dead ones too, sorted, each once
}

// Online reports whether a user has a device on a living gateway.
func (s State) Online() bool { return len(s.Platforms) > 0 }

// Answer is the state of several users at one time.
type Answer struct {
	States []State         // in the order asked
	Unsure map[string]bool // ids of living gateways that have not announced all they hold
}

// Reader reads states. It is safe for concurrent use.
type Reader struct {
	rdb    redis.UniversalClient
	living atomic.Pointer[map[string]bool]
}

// NewReader makes a reader to which no gateway lives yet.
func NewReader(rdb redis.UniversalClient) *Reader {
	r := &Reader{rdb: rdb}
	r.living.Store(&map[string]bool{})
	return r
}

// SetLiving says which gateways live, by id. The reader keeps the map.
func (r *Reader) SetLiving(ids map[string]bool) { r.living.Store(&ids) }

// GatewayIDs are the ids in what gateways register in Etcd, "gatewayId@host:port".
func GatewayIDs(values []string) map[string]bool {
	ids := make(map[string]bool, len(values))
	for _, v := range values {
		if id, _, ok := strings.Cut(v, "@"); ok {
			ids[id] = true
		}
	}
	return ids
}

const (
	batch   = 500 // users of one pipeline
	timeout = time.Second
)

// Read answers the states of users. Errors: UNAVAILABLE when Redis does not answer, in which case nothing is known of anybody.
func (r *Reader) Read(ctx context.Context, users []model.UserID) (Answer, error) {
	answer := Answer{States: make([]State, 0, len(users)), Unsure: map[string]bool{}}
	for some := range slices.Chunk(users, batch) {
		if err := r.read(ctx, some, &answer); err != nil {
			return Answer{}, err
		}
	}
	return answer, nil
}

func (r *Reader) read(ctx context.Context, users []model.UserID, into *Answer) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	living := *r.living.Load()
	pipe := r.rdb.Pipeline()
	marked := make(map[string]*redis.IntCmd, len(living))
	for id := range living {
		marked[id] = pipe.Exists(ctx, rediskey.Gateway(id))
	}
	values := make([]*redis.StringSliceCmd, len(users))
	seen := make([]*redis.StringCmd, len(users))
	for i, u := range users {
		values[i] = pipe.HVals(ctx, rediskey.Route(u))
		seen[i] = pipe.Get(ctx, rediskey.Seen(u))
	}
	cmds, _ := pipe.Exec(ctx) // each command has its own error
	for _, cmd := range cmds {
		if err := cmd.Err(); err != nil && !errors.Is(err, redis.Nil) {
			return errs.ErrUnavailable.Because(err)
		}
	}
	for id, answer := range marked {
		if answer.Val() == 0 {
			into.Unsure[id] = true
		}
	}
	for i, u := range users {
		s := stateOf(u, values[i].Val(), living)
		s.LastSeenAt, _ = seen[i].Int64() // zero when there is none
		into.States = append(into.States, s)
	}
	return nil
}

// stateOf makes a state of the values of a user's routes.
func stateOf(user model.UserID, values []string, living map[string]bool) State {
	s := State{User: user}
	for _, v := range values {
		gateway, session, _ := strings.Cut(v, "|")
		_, platform, _ := strings.Cut(session, "|")
		s.Gateways = append(s.Gateways, gateway)
		if living[gateway] {
			s.Platforms = append(s.Platforms, platform)
		}
	}
	slices.Sort(s.Gateways)
	slices.Sort(s.Platforms)
	s.Gateways, s.Platforms = slices.Compact(s.Gateways), slices.Compact(s.Platforms)
	return s
}
