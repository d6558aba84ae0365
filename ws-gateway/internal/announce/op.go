package announce

import (
	"context"
	"strconv"

	"github.com/redis/go-redis/v9"

	"im-backend/common/model"
	"im-backend/common/utils/rediskey"
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
