package account

import (
	"context"
	"fmt"

	"im-backend/common/model"
)

// SetBanned keeps a user out, or lets it in again, and answers the version of its password from then on: sessions that began
// with an earlier one are to end. Doing so twice is no error. Errors: USER_NOT_FOUND, UNAVAILABLE.
func (a *Accounts) SetBanned(ctx context.Context, id model.UserID, banned bool) (version int64, err error) {
	status := Active
	if banned {
		status = Banned
	}
	version, err = a.store.SetStatus(ctx, id, status, a.now().UnixMilli())
	if err != nil {
		return 0, fmt.Errorf("set status %s: %w", status, err)
	}
	return version, nil
}
