package presence

import (
	"context"
	"fmt"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/rediskey"
	"im-backend/common/utils/routes"
)

// Refresh has the gateways ask again what those who follow a user may see of it. Errors: INVALID_ARGUMENT, UNAVAILABLE: they were not
// told.
func (p *Presence) Refresh(ctx context.Context, user model.UserID) error {
	if user <= 0 {
		return errs.InvalidField("userId", "must be a user")
	}
	notice := routes.Notice{Users: []model.UserID{user}, Chosen: true}
	if err := p.rdb.Publish(ctx, rediskey.PresenceChannel, notice.String()).Err(); err != nil {
		return errs.ErrUnavailable.Because(fmt.Errorf("refresh presence: %w", err))
	}
	return nil
}
