package announce

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"im-backend/common/model"
	"im-backend/common/utils/rediskey"
	"im-backend/common/utils/routes"
	"im-backend/ws-gateway/internal/hub"
)

// op is one change to be written.
type op struct {
	route   hub.Route
	room    string // set: a room; empty: the route
	gone    bool
	barrier chan struct{} // set: nothing to write, closed when all before is done
}

// pipe writes operations in one round trip.
func (a *Announcer) pipe(ops []op) error {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	_, err := a.redis.Pipelined(ctx, func(p redis.Pipeliner) error {
		for _, o := range ops {
			a.put(ctx, p, o)
		}
		return nil
	})
	return err //nolint:wrapcheck // distrust says what could not be done
}

func (a *Announcer) put(ctx context.Context, p redis.Pipeliner, o op) {
	switch {
	case o.barrier != nil:
	case o.room != "":
		key := rediskey.Room(model.ConversationID(o.room))
		if o.gone {
			p.SRem(ctx, key, a.id)
			return
		}
		p.SAdd(ctx, key, a.id)
		p.Expire(ctx, key, rediskey.Announcement)
	default:
		key := rediskey.Route(o.route.User)
		p.Set(ctx, rediskey.Seen(o.route.User), time.Now().UnixMilli(), rediskey.SeenLifetime)
		if o.gone {
			p.HDel(ctx, key, o.route.ConnectionID)
			return
		}
		p.HSet(ctx, key, o.route.ConnectionID, routeValue(a.id, o.route))
		p.Expire(ctx, key, rediskey.Announcement)
	}
}

// routeValue is "gatewayId|sessionId|platform", which chat-service reads.
func routeValue(gatewayID string, r hub.Route) string {
	return gatewayID + "|" + strconv.FormatInt(r.Session, 10) + "|" + r.Platform
}

// usersOf answers, each once, the users whose routes some operations changed.
func usersOf(ops []op) []model.UserID {
	users := map[model.UserID]struct{}{}
	for _, o := range ops {
		if o.barrier == nil && o.room == "" {
			users[o.route.User] = struct{}{}
		}
	}
	return slices.Collect(maps.Keys(users))
}

// tell says whose routes have changed. They are written by now: whoever hears it reads them as they are.
func (a *Announcer) tell(users []model.UserID) {
	for some := range slices.Chunk(users, batch) {
		a.notify(routes.Notice{Users: some})
	}
}

// notify sends a notice. One that could not be sent has everything announced again, and that told.
func (a *Announcer) notify(n routes.Notice) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	if err := a.redis.Publish(ctx, rediskey.PresenceChannel, n.String()).Err(); err != nil {
		a.distrust(err)
	}
}
