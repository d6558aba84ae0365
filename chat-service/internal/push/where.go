package push

import (
	"context"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/zeromicro/go-zero/core/logx"

	"im-backend/common/model"
	"im-backend/common/proto/gen/wsgatewaypb"
	"im-backend/common/utils/rediskey"
)

// Ask names the users and rooms that a delivery goes to.
type Ask struct {
	Users map[int64]bool
	Rooms map[string]bool
}

// Where says which living gateways hold whom.
type Where struct {
	Known bool // false: Redis did not answer, so every gateway may hold everybody

	links     map[string]*link
	unsure    []*link // gateways that have not announced all they hold: they get everything
	userLinks map[int64][]*link
	roomLinks map[string][]*link
}

// awayPause is how long nobody waits for a Redis that did not answer: a hanging one would slow every delivery down.
const awayPause = time.Second

// Locate reads routes and rooms in one round trip; also adds commands to the same pipeline, whose answers nobody needs.
func (g *Gateways) Locate(ctx context.Context, ask Ask, also func(redis.Pipeliner)) *Where {
	w := &Where{links: g.all(), userLinks: map[int64][]*link{}, roomLinks: g.joining.links(ask.Rooms)} // before Redis is asked
	if time.Now().UnixMilli() < g.awayUntil.Load() {
		return w
	}
	pipe := g.rdb.Pipeline()
	announced := map[string]*redis.IntCmd{}
	for id := range w.links {
		announced[id] = pipe.Exists(ctx, rediskey.Gateway(id))
	}
	routes := make(map[int64]*redis.StringSliceCmd, len(ask.Users))
	for user := range ask.Users {
		routes[user] = pipe.HVals(ctx, rediskey.Route(model.UserID(user)))
	}
	rooms := make(map[string]*redis.StringSliceCmd, len(ask.Rooms))
	for room := range ask.Rooms {
		rooms[room] = pipe.SMembers(ctx, rediskey.Room(model.ConversationID(room)))
	}
	also(pipe)
	if _, err := pipe.Exec(ctx); err != nil {
		logx.WithContext(ctx).Infof("routes are not known, every gateway gets everything: %v", err)
		if ctx.Err() == nil {
			g.awayUntil.Store(time.Now().Add(awayPause).UnixMilli())
		}
		return w
	}
	w.Known = true
	for id, answer := range announced {
		if answer.Val() == 0 {
			w.unsure = append(w.unsure, w.links[id])
		}
	}
	for user, answer := range routes {
		for _, route := range answer.Val() {
			id, _, _ := strings.Cut(route, "|")
			w.userLinks[user] = addLink(w.userLinks[user], w.links[id])
		}
	}
	for room, answer := range rooms {
		for _, id := range answer.Val() {
			w.roomLinks[room] = addLink(w.roomLinks[room], w.links[id])
		}
	}
	return w
}

// addLink adds a link once; nil, a dead gateway, is left out.
func addLink(links []*link, l *link) []*link {
	if l == nil {
		return links
	}
	for _, known := range links {
		if known == l {
			return links
		}
	}
	return append(links, l)
}

// Online reports whether a user has a device on a living gateway, as far as is known.
func (w *Where) Online(user int64) bool { return len(w.userLinks[user]) > 0 }

func (w *Where) linksFor(item *wsgatewaypb.PushItem) []*link {
	var links []*link
	if !w.Known {
		for _, l := range w.links {
			links = append(links, l)
		}
		return links
	}
	for _, user := range item.GetUserIds() {
		for _, l := range w.userLinks[user] {
			links = addLink(links, l)
		}
	}
	if item.GetRoom() != "" {
		for _, l := range w.roomLinks[item.GetRoom()] {
			links = addLink(links, l)
		}
	}
	for _, l := range w.unsure {
		links = addLink(links, l)
	}
	return links
}
