package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"im-backend/common/model"
	"im-backend/common/model/imfriend"
	"im-backend/common/utils/dbx"
)

// Status is how far a friend request has come.
type Status string

// The states of a friend request.
const (
	Pending   Status = "pending"
	Accepted  Status = "accepted"
	Rejected  Status = "rejected"
	Cancelled Status = "cancelled"
	Expired   Status = "expired"
)

// Request is one friend request and its outcome; times are unix milliseconds.
type Request struct {
	ID        int64
	From, To  model.UserID
	Message   string
	Status    Status
	CreatedAt int64
	HandledAt int64 // zero while pending
	ExpiresAt int64 // of a pending one: from here on it has expired
}

// requestOf is a row as it stands at a time in unix milliseconds. Nothing runs when a request expires: its row stays pending
// until somebody needs the place, and reads as expired meanwhile.
func requestOf(row imfriend.FriendRequest, at int64) Request {
	r := Request{
		ID: row.ID, From: model.UserID(row.FromUserID), To: model.UserID(row.ToUserID), Message: row.Message,
		Status: Status(row.Status), CreatedAt: row.CreatedAt, HandledAt: row.HandledAt,
		ExpiresAt: row.ExpiresAt,
	}
	if r.Status == Pending && r.ExpiresAt <= at {
		r.Status, r.HandledAt = Expired, r.ExpiresAt
	}
	return r
}

// takeRequest answers false when there is none.
func takeRequest(query *gorm.DB, at int64) (Request, bool, error) {
	var row imfriend.FriendRequest
	err := query.Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return Request{}, false, nil
	}
	if err != nil {
		return Request{}, false, fmt.Errorf("read friend request: %w", err)
	}
	return requestOf(row, at), true, nil
}

// Request reads one request as it stands at a time; false when there is none.
func (s *Store) Request(ctx context.Context, id int64, at time.Time) (Request, bool, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	r, ok, err := takeRequest(s.db.WithContext(ctx).Where("id = ?", id), at.UnixMilli())
	return r, ok, dbx.Typed(err)
}

// RequestQuery names the requests of a list.
type RequestQuery struct {
	User     model.UserID
	Outgoing bool
	Status   Status    // empty: any
	At       time.Time // what has expired by then is expired
	Before   int64     // only ids below; zero: from the newest
	Limit    int
}

// Requests lists requests, the newest first.
func (s *Store) Requests(ctx context.Context, q RequestQuery) ([]Request, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	query, at := s.db.WithContext(ctx).Order("id DESC").Limit(q.Limit), q.At.UnixMilli()
	if q.Outgoing {
		query = query.Where("from_user_id = ?", q.User)
	} else {
		query = query.Where("to_user_id = ?", q.User)
	}
	switch q.Status {
	case "":
	case Pending:
		query = query.Where("status = ? AND expires_at > ?", Pending, at)
	case Expired:
		query = query.Where("(status = ? OR (status = ? AND expires_at <= ?))", Expired, Pending, at)
	default:
		query = query.Where("status = ?", q.Status)
	}
	if q.Before > 0 {
		query = query.Where("id < ?", q.Before)
	}
	var rows []imfriend.FriendRequest
	if err := query.Find(&rows).Error; err != nil {
		return nil, dbx.Typed(fmt.Errorf("list friend requests: %w", err))
	}
	requests := make([]Request, 0, len(rows))
	for _, row := range rows {
		requests = append(requests, requestOf(row, at))
	}
	return requests, nil
}

// Request reads one request again, under the lock of its pair.
func (p *Pair) Request(id int64) (Request, bool, error) {
	return takeRequest(p.tx.Where("id = ?", id), p.At.UnixMilli())
}

// PendingFrom reads the request of one of the two to the other that nobody has closed; it may have expired.
func (p *Pair) PendingFrom(from model.UserID) (Request, bool, error) {
	query := p.tx.Where("from_user_id = ? AND to_user_id = ? AND pending = ?", from, p.Peer(from), true)
	return takeRequest(query, p.At.UnixMilli())
}

// CountPending counts the requests of one of the two, to anybody, that wait for an answer. Lock the user's lists first.
func (p *Pair) CountPending(from model.UserID) (int64, error) {
	var n int64
	err := p.tx.Model(&imfriend.FriendRequest{}).
		Where("from_user_id = ? AND status = ? AND expires_at > ?", from, Pending, p.At.UnixMilli()).Count(&n).Error
	if err != nil {
		return 0, fmt.Errorf("count friend requests: %w", err)
	}
	return n, nil
}

// AddRequest stores a new request that is pending for a lifetime.
func (p *Pair) AddRequest(id int64, from model.UserID, message string, lifetime time.Duration) (Request, error) {
	pending := true
	row := imfriend.FriendRequest{
		ID: id, FromUserID: int64(from), ToUserID: int64(p.Peer(from)), Message: message,
		Status: string(Pending), Pending: &pending, CreatedAt: p.At.UnixMilli(),
		ExpiresAt: p.At.Add(lifetime).UnixMilli(),
	}
	if err := p.tx.Create(&row).Error; err != nil {
		return Request{}, fmt.Errorf("add friend request: %w", err)
	}
	return requestOf(row, p.At.UnixMilli()), nil
}

// CloseRequest gives a pending request its outcome; it expired when its time was over, whenever that is noted, and now at the
// latest.
func (p *Pair) CloseRequest(r Request, outcome Status) (Request, error) {
	r.Status, r.HandledAt = outcome, p.At.UnixMilli()
	if outcome == Expired {
		r.ExpiresAt = min(r.ExpiresAt, r.HandledAt)
		r.HandledAt = r.ExpiresAt
	}
	err := p.tx.Model(&imfriend.FriendRequest{}).Where("id = ?", r.ID).
		Updates(map[string]any{
			"status": string(outcome), "pending": nil, "handled_at": r.HandledAt, "expires_at": r.ExpiresAt,
		}).Error
	if err != nil {
		return Request{}, fmt.Errorf("close friend request: %w", err)
	}
	return r, nil
}
