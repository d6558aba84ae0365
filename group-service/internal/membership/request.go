package membership

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/label"
	"im-backend/common/utils/page"
	"im-backend/group-service/internal/store"
)

// maxMessage is the length of what is said with a request, in characters.
const maxMessage = 200

// A request to join:
//
//	          ┌── accept (admin) ─────────────────────────────────────▶ accepted
//	pending ──┼── reject (admin) ─────────────────────────────────────▶ rejected
//	          └── joining otherwise, a ban, the group's dismissal ────▶ obsolete

// joinRequested stands in the notifications of the admins, and of the asker once there is an answer.
type joinRequested struct {
	Event      string              `json:"event"`
	GroupID    string              `json:"groupId"`
	RequestID  string              `json:"requestId"`
	UserID     string              `json:"userId"` // who asked
	Message    string              `json:"message"`
	Status     store.RequestStatus `json:"status"`
	OperatorID string              `json:"operatorId,omitempty"` // who answered
}

func tellRequest(l *store.Locked, r store.Request, whom ...model.UserID) {
	content := joinRequested{
		Event: "group.join_request", GroupID: l.ID.String(), RequestID: strconv.FormatInt(r.ID, 10), UserID: r.User.String(),
		Message: r.Message, Status: r.Status,
	}
	if r.HandledBy != 0 {
		content.OperatorID = r.HandledBy.String()
	}
	for _, user := range whom {
		l.Notify(user, content)
	}
}

func checkMessage(message string) error {
	if fault := label.TextFault(message, maxMessage); fault != "" {
		return errs.InvalidField("message", fault)
	}
	return nil
}

// ask makes a request to join, or answers the one that is pending. Errors: JOIN_REQUEST_LIMIT_REACHED, RATE_LIMITED, USER_NOT_FOUND.
func (g *Groups) ask(l *store.Locked, user model.UserID, message string) (store.Request, error) {
	r, found, err := l.PendingOf(user)
	if err != nil || found {
		return r, err
	}
	if err := g.mayAsk(l, user); err != nil {
		return r, err
	}
	if r, err = l.AddRequest(g.ids.Next(), user, message); err != nil {
		return r, err
	}
	admins, err := l.Admins()
	tellRequest(l, r, admins...)
	return r, err
}

// mayAsk sees that one more may wait for an answer, and that its account is not gone.
func (g *Groups) mayAsk(l *store.Locked, user model.UserID) error {
	waiting, err := l.CountRequests()
	if err == nil && waiting >= g.config.MaxRequests {
		err = errs.ErrJoinRequestLimitReached
	}
	if err != nil {
		return err
	}
	unfit, err := g.unfit(l, []model.UserID{user})
	if err == nil && unfit[user] != nil && unfit[user].Kind == errs.NotFound { // whether there is room shows when it joins
		err = unfit[user]
	}
	if err != nil {
		return err
	}
	return g.spend(l, user, joins, 1)
}

// AcceptRequest makes the asker a member. The first answer counts. Errors: GROUP_NOT_FOUND, NOT_GROUP_ADMIN, REQUEST_NOT_FOUND,
// REQUEST_ALREADY_HANDLED, GROUP_FULL, GROUP_LIMIT_REACHED.
func (g *Groups) AcceptRequest(ctx context.Context, id model.GroupID, user model.UserID, requestID int64) (store.Request, error) {
	name, gone, err := g.asker(ctx, id, requestID)
	if err != nil {
		return store.Request{}, fmt.Errorf("accept join request: %w", err)
	}
	r, err := g.answer(ctx, id, user, requestID, func(l *store.Locked, r store.Request) (store.Request, error) {
		if gone {
			return l.CloseRequest(r, store.Obsolete, 0)
		}
		r, err := l.CloseRequest(r, store.Accepted, user)
		if err == nil {
			err = g.admitOne(l, user, store.Member{User: r.User, Role: store.Ordinary, Name: name, Inviter: user})
		}
		return r, err
	})
	if err == nil && gone {
		err = errs.ErrRequestAlreadyHandled.Saying("the account was deleted")
	}
	if err != nil {
		return store.Request{}, fmt.Errorf("accept join request: %w", err)
	}
	return r, nil
}

// asker answers what the user is called whom a pending request is from, and whether the account is deleted. It is found out before
// the transaction: no lock is held over the network. What else may be wrong with a request, the command itself finds out.
func (g *Groups) asker(ctx context.Context, id model.GroupID, requestID int64) (name string, gone bool, err error) {
	r, found, err := g.store.Request(ctx, id, requestID)
	if err != nil || !found || r.Status != store.Pending {
		return "", false, err
	}
	name, err = g.nameOf(ctx, r.User)
	if errors.Is(err, errs.ErrUserNotFound) {
		return "", true, nil
	}
	return name, false, err
}

// RejectRequest declines. The first answer counts. Errors: GROUP_NOT_FOUND, NOT_GROUP_ADMIN, REQUEST_NOT_FOUND,
// REQUEST_ALREADY_HANDLED.
func (g *Groups) RejectRequest(ctx context.Context, id model.GroupID, user model.UserID, requestID int64) (store.Request, error) {
	r, err := g.answer(ctx, id, user, requestID, func(l *store.Locked, r store.Request) (store.Request, error) {
		return l.CloseRequest(r, store.Rejected, user)
	})
	if err != nil {
		return store.Request{}, fmt.Errorf("reject join request: %w", err)
	}
	return r, nil
}

// answer runs fn with a pending request under the group's lock, and tells the asker what became of it.
func (g *Groups) answer(ctx context.Context, id model.GroupID, user model.UserID, requestID int64,
	fn func(l *store.Locked, r store.Request) (store.Request, error),
) (answered store.Request, err error) {
	_, err = g.change(ctx, id, user, func(l *store.Locked, me store.Member) error {
		if err := may(l.Group, me.Role, handleRequests); err != nil {
			return err
		}
		r, found, err := l.Request(requestID)
		switch {
		case err != nil:
			return err
		case !found:
			return errs.ErrRequestNotFound
		case r.Status != store.Pending:
			return errs.ErrRequestAlreadyHandled
		}
		if answered, err = fn(l, r); err == nil && answered.Status != store.Obsolete {
			tellRequest(l, answered, answered.User)
		}
		return err
	})
	if err != nil {
		return store.Request{}, err
	}
	g.follow(ctx, id)
	return answered, nil
}

// requestPosition is the last request of a page.
type requestPosition struct {
	Before int64 `json:"before"`
}

// RequestList names a page of requests to join.
type RequestList struct {
	Group  model.GroupID
	User   model.UserID        // the caller
	Status store.RequestStatus // empty: any
	Limit  int32
	Cursor string
}

// Requests lists requests to join, the newest first, and answers the cursor of the next page. Errors: GROUP_NOT_FOUND,
// NOT_GROUP_ADMIN, INVALID_ARGUMENT.
func (g *Groups) Requests(ctx context.Context, q RequestList) ([]store.Request, string, error) {
	if q.Status != "" && !slices.Contains([]store.RequestStatus{store.Pending, store.Accepted, store.Rejected, store.Obsolete}, q.Status) {
		return nil, "", errs.InvalidField("status", "must be pending, accepted, rejected or obsolete")
	}
	var at requestPosition
	limit, err := g.pageOf(ctx, handleRequests, q.Group, q.User, q.Limit, q.Cursor, &at)
	if err != nil {
		return nil, "", err
	}
	list, err := g.store.Requests(ctx, store.RequestQuery{Group: q.Group, Status: q.Status, Before: at.Before, Limit: limit + 1})
	if err != nil || len(list) <= limit {
		return list, "", err
	}
	return list[:limit], page.Cursor(requestPosition{Before: list[limit-1].ID}), nil
}

// pageOf reads where a page of a list begins, which is for those who may do something, into the position that at points to, and
// answers its size. Errors: GROUP_NOT_FOUND, NOT_GROUP_ADMIN, INVALID_ARGUMENT.
func (g *Groups) pageOf(ctx context.Context, do action, id model.GroupID, user model.UserID, asked int32, cursor string, at any) (int, error) {
	limit, err := page.Limit(asked)
	if err != nil {
		return 0, err
	}
	if err := page.Parse(cursor, at); err != nil {
		return 0, err
	}
	me, err := g.Get(ctx, id, user)
	if err != nil {
		return 0, err
	}
	return limit, may(me.Group, me.Role, do)
}
