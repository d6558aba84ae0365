package friendship

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/page"
	"im-backend/friend-service/internal/store"
)

// RequestList asks for a page of requests.
type RequestList struct {
	User     model.UserID
	Outgoing bool
	Status   store.Status // empty: any
	Limit    int32        // zero: the default
	Cursor   string
}

// requestPosition is the last request of a page.
type requestPosition struct {
	ID int64 `json:"id"`
}

// Requests lists requests, the newest first, and answers the cursor of the next page. Errors: INVALID_ARGUMENT.
func (f *Friendships) Requests(ctx context.Context, q RequestList) ([]store.Request, string, error) {
	switch q.Status {
	case "", store.Pending, store.Accepted, store.Rejected, store.Cancelled, store.Expired:
	default:
		return nil, "", errs.InvalidField("status", "must be pending, accepted, rejected, cancelled or expired")
	}
	limit, err := page.Limit(q.Limit)
	if err != nil {
		return nil, "", err
	}
	var at requestPosition
	if err := page.Parse(q.Cursor, &at); err != nil {
		return nil, "", err
	}
	requests, err := f.store.Requests(ctx, store.RequestQuery{
		User: q.User, Outgoing: q.Outgoing, Status: q.Status, At: f.now(), Before: at.ID, Limit: limit + 1,
	})
	if err != nil || len(requests) <= limit {
		return requests, "", err
	}
	return requests[:limit], page.Cursor(requestPosition{ID: requests[limit-1].ID}), nil
}
