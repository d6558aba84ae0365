package friendship

import (
	"context"
	"fmt"
	"unicode/utf8"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/page"
	"im-backend/friend-service/internal/store"
)

// The lengths of texts, in characters.
const (
	maxMessage = 200
	maxRemark  = 64
)

// A friend request:
//
//	          ┌── accept (addressee), crossing request (addressee) ──▶ accepted
//	pending ──┼── reject (addressee), block by the addressee ────────▶ rejected
//	          └── cancel (sender), block by the sender ──────────────▶ cancelled

// Ask makes a friend request. A pending request of the other side is accepted instead; a pending one of the same side is
// answered again. Errors: INVALID_ARGUMENT, USER_NOT_FOUND, ALREADY_FRIENDS, BLOCKED.
func (f *Friendships) Ask(ctx context.Context, from, to model.UserID, message string) (store.Request, error) {
	if to <= 0 || to == from {
		return store.Request{}, errs.InvalidField("toUserId", "must be another user")
	}
	if utf8.RuneCountInString(message) > maxMessage {
		return store.Request{}, errs.InvalidField("message", "must be at most 200 characters")
	}
	if err := f.mustExist(ctx, to); err != nil {
		return store.Request{}, err
	}
	var answer store.Request
	err := f.store.Change(ctx, from, to, f.now(), func(p *store.Pair) error {
		var err error
		answer, err = f.ask(p, from, message)
		return err
	})
	if err != nil {
		return store.Request{}, fmt.Errorf("ask to be friends: %w", err)
	}
	f.follow(ctx, from, to)
	return answer, nil
}

func (f *Friendships) ask(p *store.Pair, from model.UserID, message string) (store.Request, error) {
	to := p.Peer(from)
	switch {
	case p.BlockedBy(to):
		return store.Request{}, errs.ErrBlocked
	case p.Friends():
		return store.Request{}, errs.ErrAlreadyFriends
	}
	crossing, found, err := p.PendingFrom(to)
	if err != nil {
		return store.Request{}, err
	}
	if found {
		return befriend(p, crossing, "")
	}
	repeated, found, err := p.PendingFrom(from)
	if err != nil || found {
		return repeated, err
	}
	r, err := p.AddRequest(f.ids.Next(), from, message)
	if err == nil {
		tellRequested(p, r)
	}
	return r, err
}

// befriend accepts a pending request. remark is what the addressee calls the sender.
func befriend(p *store.Pair, r store.Request, remark string) (store.Request, error) {
	r, err := p.CloseRequest(r, store.Accepted)
	if err != nil {
		return store.Request{}, err
	}
	if err := p.Befriend(map[model.UserID]string{r.To: remark}); err != nil {
		return store.Request{}, err
	}
	tellAdded(p)
	tellAccepted(p, r)
	return r, nil
}

// Accept makes both friends. It answers when chat-service knows it, so that both may write at once. After an UNAVAILABLE the
// change is committed and the same call succeeds later. Errors: REQUEST_NOT_FOUND, REQUEST_ALREADY_HANDLED, BLOCKED,
// INVALID_ARGUMENT, UNAVAILABLE.
func (f *Friendships) Accept(ctx context.Context, user model.UserID, requestID int64, remark string) (store.Request, error) {
	if utf8.RuneCountInString(remark) > maxRemark {
		return store.Request{}, errs.InvalidField("remark", "must be at most 64 characters")
	}
	r, err := f.handle(ctx, requestID, func(p *store.Pair, r store.Request) (store.Request, error) {
		switch {
		case r.To != user:
			return r, errs.ErrRequestNotFound
		case r.Status == store.Accepted && !r.Confirmed:
			return r, nil // an earlier call committed and could not answer
		case r.Status != store.Pending:
			return r, errs.ErrRequestAlreadyHandled
		case p.BlockedBy(r.From):
			return r, errs.ErrBlocked
		}
		return befriend(p, r, remark)
	})
	if err != nil {
		return store.Request{}, fmt.Errorf("accept friend request: %w", err)
	}
	if err := f.Flush(ctx, r.From, r.To); err != nil {
		return store.Request{}, err
	}
	return r, f.store.ConfirmRequest(ctx, r.ID)
}

// Reject declines a request. Errors: REQUEST_NOT_FOUND, REQUEST_ALREADY_HANDLED.
func (f *Friendships) Reject(ctx context.Context, user model.UserID, requestID int64) (store.Request, error) {
	r, err := f.handle(ctx, requestID, func(p *store.Pair, r store.Request) (store.Request, error) {
		if r.To != user {
			return r, errs.ErrRequestNotFound
		}
		return closePending(p, r, store.Rejected)
	})
	if err != nil {
		return store.Request{}, fmt.Errorf("reject friend request: %w", err)
	}
	return r, nil
}

// Cancel takes one's own request back. Errors: REQUEST_NOT_FOUND, REQUEST_ALREADY_HANDLED.
func (f *Friendships) Cancel(ctx context.Context, user model.UserID, requestID int64) (store.Request, error) {
	r, err := f.handle(ctx, requestID, func(p *store.Pair, r store.Request) (store.Request, error) {
		if r.From != user {
			return r, errs.ErrRequestNotFound
		}
		return closePending(p, r, store.Cancelled)
	})
	if err != nil {
		return store.Request{}, fmt.Errorf("cancel friend request: %w", err)
	}
	return r, nil
}

func closePending(p *store.Pair, r store.Request, outcome store.Status) (store.Request, error) {
	if r.Status != store.Pending {
		return r, errs.ErrRequestAlreadyHandled
	}
	return p.CloseRequest(r, outcome)
}

// handle runs fn with a request under the lock of its pair.
func (f *Friendships) handle(ctx context.Context, requestID int64,
	fn func(p *store.Pair, r store.Request) (store.Request, error),
) (store.Request, error) {
	r, found, err := f.store.Request(ctx, requestID) // whose pair is it?
	if err != nil {
		return store.Request{}, err
	}
	if !found {
		return store.Request{}, errs.ErrRequestNotFound
	}
	var handled store.Request
	_, err = f.store.ChangeKnown(ctx, r.From, r.To, f.now(), func(p *store.Pair) error {
		fresh, found, err := p.Request(requestID)
		if err == nil && !found {
			err = errs.ErrRequestNotFound
		}
		if err == nil {
			handled, err = fn(p, fresh)
		}
		return err
	})
	return handled, err
}

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
	requests, err := f.store.Requests(ctx, q.User, q.Outgoing, q.Status, at.ID, limit+1)
	if err != nil || len(requests) <= limit {
		return requests, "", err
	}
	return requests[:limit], page.Cursor(requestPosition{ID: requests[limit-1].ID}), nil
}
