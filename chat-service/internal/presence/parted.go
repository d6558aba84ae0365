package presence

import (
	"context"
	"time"

	"github.com/zeromicro/go-zero/core/logx"

	"im-backend/common/model"
	"im-backend/common/utils/rediskey"
	"im-backend/common/utils/routes"
)

// partTimeout bounds what telling the gateways may add to a block or an unfriending.
const partTimeout = 500 * time.Millisecond

// Part tells the gateways that two users may not see each other any more. It is a hint: a gateway that misses it goes on until
// the next presence.subscribe of the connection, where the relation is looked at again.
func (p *Presence) Part(ctx context.Context, a, b model.UserID) {
	ctx, cancel := context.WithTimeout(ctx, partTimeout)
	defer cancel()
	notice := routes.Notice{Users: []model.UserID{a, b}, Parted: true}
	if err := p.rdb.Publish(ctx, rediskey.PresenceChannel, notice.String()).Err(); err != nil {
		logx.WithContext(ctx).Infof("gateways are not told that two users are parted: %v", err)
	}
}
