package friendship

import (
	"context"
	"fmt"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/label"
	"im-backend/friend-service/internal/store"
)

// maxMessage is the length of what is said with a request, in characters.
const maxMessage = 200

// A friend request:
//
//	          ┌── accept (addressee), crossing request (addressee) ──▶ accepted
//	pending ──┼── reject (addressee), block by the addressee ────────▶ rejected
//	          ├── cancel (sender), block by the sender ──────────────▶ cancelled
//	          └── its lifetime, which nothing waits for ─────────────▶ expired

// Ask makes a friend request. A pending request of the other side is accepted instead; a pending one of the same side is
// answered again. Only a new one has to be welcome and within the limits. Errors: INVALID_ARGUMENT, USER_NOT_FOUND,
// ALREADY_FRIENDS, BLOCKED, FRIEND_REQUESTS_REFUSED, FRIEND_REQUEST_LIMIT_REACHED, FRIEND_LIMIT_REACHED,
// PEER_FRIEND_LIMIT_REACHED.
func (f *Friendships) Ask(ctx context.Context, from, to model.UserID, message string) (store.Request, error) {
	if to <= 0 || to == from {
		return store.Request{}, errs.InvalidField("toUserId", "must be another user")
	}
	if err := checkMessage(message); err != nil {
		return store.Request{}, err
	}
	welcome, err := f.directory.TakesRequests(ctx, to)
	if err != nil {
		return store.Request{}, err
	}
	var answer store.Request
	err = f.store.Change(ctx, from, to, f.now(), func(p *store.Pair) (err error) {
		answer, err = f.ask(p, from, message, welcome)
		return err
	})
	if err != nil {
		return store.Request{}, fmt.Errorf("ask to be friends: %w", err)
	}
	f.follow(ctx, from, to)
	return answer, nil
}

// checkMessage lets through what people may read without harm, on several lines if need be.
func checkMessage(message string) error {
	if fault := label.TextFault(message, maxMessage); fault != "" {
		return errs.InvalidField("message", fault)
	}
	return nil
}

func (f *Friendships) ask(p *store.Pair, from model.UserID, message string, welcome bool) (store.Request, error) {
	to := p.Peer(from)
	switch {
	case p.BlockedBy(to):
		return store.Request{}, errs.ErrBlocked
	case p.Friends():
		return store.Request{}, errs.ErrAlreadyFriends
	}
	crossing, found, err := pendingFrom(p, to)
	if err != nil {
		return store.Request{}, err
	}
	if found {
		return f.befriend(p, crossing, from, "")
	}
	repeated, found, err := pendingFrom(p, from)
	if err != nil || found {
		return repeated, err
	}
	if !welcome {
		return store.Request{}, errs.ErrFriendRequestsRefused
	}
	if err := f.mayAsk(p, from); err != nil {
		return store.Request{}, err
	}
	r, err := p.AddRequest(f.ids.Next(), from, message, f.config.RequestLifetime)
	if err == nil {
		tellRequested(p, r)
	}
	return r, err
}

// pendingFrom reads the pending request of one of the two, and closes one that has expired.
func pendingFrom(p *store.Pair, from model.UserID) (store.Request, bool, error) {
	r, found, err := p.PendingFrom(from)
	if err != nil || !found || r.Status == store.Pending {
		return r, found, err
	}
	_, err = p.CloseRequest(r, store.Expired)
	return store.Request{}, false, err
}

// mayAsk checks the limits of who asks. Errors: FRIEND_LIMIT_REACHED, FRIEND_REQUEST_LIMIT_REACHED, USER_NOT_FOUND.
func (f *Friendships) mayAsk(p *store.Pair, from model.UserID) error {
	if err := lockLists(p, from); err != nil {
		return err
	}
	if err := under(f.config.MaxFriends, errs.ErrFriendLimitReached, p.CountFriends, from); err != nil {
		return err
	}
	return under(f.config.MaxPending, errs.ErrFriendRequestLimitReached, p.CountPending, from)
}

// under reports reached unless there is room for one more.
func under(limit int64, reached error, count func(model.UserID) (int64, error), user model.UserID) error {
	n, err := count(user)
	if err == nil && n >= limit {
		err = reached
	}
	return err
}

// mayBefriend checks the limits of both; user is who made the command.
func (f *Friendships) mayBefriend(p *store.Pair, user model.UserID) error {
	for _, one := range []model.UserID{p.Low, p.High} {
		if err := lockLists(p, one); err != nil {
			return err
		}
	}
	if err := under(f.config.MaxFriends, errs.ErrFriendLimitReached, p.CountFriends, user); err != nil {
		return err
	}
	return under(f.config.MaxFriends, errs.ErrPeerFriendLimitReached, p.CountFriends, p.Peer(user))
}

// befriend accepts a pending request on behalf of its addressee. remark is what the addressee calls the sender.
func (f *Friendships) befriend(p *store.Pair, r store.Request, user model.UserID, remark string) (store.Request, error) {
	if err := f.mayBefriend(p, user); err != nil {
		return store.Request{}, err
	}
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
// change is committed and the same call succeeds later; while the friendship stands, so does any repeat. Errors: REQUEST_NOT_FOUND, REQUEST_ALREADY_HANDLED,
// REQUEST_EXPIRED, USER_NOT_FOUND: the sender's account is deleted, BLOCKED, FRIEND_LIMIT_REACHED,
// PEER_FRIEND_LIMIT_REACHED, INVALID_ARGUMENT, UNAVAILABLE.
func (f *Friendships) Accept(ctx context.Context, user model.UserID, requestID int64, remark string) (store.Request, error) {
	remark, err := checkRemark(remark)
	if err != nil {
		return store.Request{}, err
	}
	if err := f.senderExists(ctx, user, requestID); err != nil {
		return store.Request{}, fmt.Errorf("accept friend request: %w", err)
	}
	r, err := f.handle(ctx, requestID, func(p *store.Pair, r store.Request) (store.Request, error) {
		switch {
		case r.To != user:
			return r, errs.ErrRequestNotFound
		case r.Status == store.Accepted && p.Friends():
			return r, nil // the answer was lost, or was UNAVAILABLE
		case p.BlockedBy(r.From) && r.Status == store.Pending:
			return r, errs.ErrBlocked
		}
		if err := open(r); err != nil {
			return r, err
		}
		return f.befriend(p, r, user, remark)
	})
	if err != nil {
		return store.Request{}, fmt.Errorf("accept friend request: %w", err)
	}
	if err := f.Flush(ctx, r.From, r.To); err != nil {
		return store.Request{}, err
	}
	return r, nil
}

// senderExists refuses to make friends with somebody who is gone; requests outlive the accounts of their senders. What else may be
// wrong with a request, the command itself finds out. Errors: USER_NOT_FOUND.
func (f *Friendships) senderExists(ctx context.Context, user model.UserID, requestID int64) error {
	r, found, err := f.store.Request(ctx, requestID, f.now())
	if err != nil || !found || r.To != user || r.Status != store.Pending {
		return err
	}
	return f.mustExist(ctx, r.From)
}

// open reports why nobody can answer a request any more.
func open(r store.Request) error {
	switch r.Status {
	case store.Pending:
		return nil
	case store.Expired:
		return errs.ErrRequestExpired
	case store.Accepted, store.Rejected, store.Cancelled:
	}
	return errs.ErrRequestAlreadyHandled
}

// Reject declines a request; one that was rejected already is answered again. Errors: REQUEST_NOT_FOUND, REQUEST_ALREADY_HANDLED, REQUEST_EXPIRED.
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

// Cancel takes one's own request back; one that was cancelled already is answered again. Errors: REQUEST_NOT_FOUND, REQUEST_ALREADY_HANDLED, REQUEST_EXPIRED.
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

// closePending closes a request; one that has the outcome already is answered as it is, as the first answer may have been lost.
func closePending(p *store.Pair, r store.Request, outcome store.Status) (store.Request, error) {
	if r.Status == outcome {
		return r, nil
	}
	if err := open(r); err != nil {
		return r, err
	}
	return p.CloseRequest(r, outcome)
}

// handle runs fn with a request under the lock of its pair.
func (f *Friendships) handle(ctx context.Context, requestID int64,
	fn func(p *store.Pair, r store.Request) (store.Request, error),
) (store.Request, error) {
	r, found, err := f.store.Request(ctx, requestID, f.now()) // whose pair is it?
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
