package store

import (
	"context"
	"errors"
	"fmt"

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
	Confirmed bool // whoever accepted it got the answer
	CreatedAt int64
	HandledAt int64 // zero while pending
}

func requestOf(row imfriend.FriendRequest) Request {
	return Request{
		ID: row.ID, From: model.UserID(row.FromUserID), To: model.UserID(row.ToUserID), Message: row.Message,
		Status: Status(row.Status), Confirmed: row.Confirmed, CreatedAt: row.CreatedAt, HandledAt: row.HandledAt,
	}
}

// takeRequest answers false when there is none.
func takeRequest(query *gorm.DB) (Request, bool, error) {
	var row imfriend.FriendRequest
	err := query.Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return Request{}, false, nil
	}
	if err != nil {
		return Request{}, false, fmt.Errorf("read friend request: %w", err)
	}
	return requestOf(row), true, nil
}

// Request reads one request; false when there is none.
func (s *Store) Request(ctx context.Context, id int64) (Request, bool, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	r, ok, err := takeRequest(s.db.WithContext(ctx).Where("id = ?", id))
	return r, ok, dbx.Typed(err)
}

// Requests lists a user's requests, the newest first: incoming or outgoing ones, of one status or (empty) of any, with ids
// below before (zero: from the newest).
func (s *Store) Requests(ctx context.Context, user model.UserID, outgoing bool, status Status, before int64, limit int) ([]Request, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	query := s.db.WithContext(ctx).Order("id DESC").Limit(limit)
	if outgoing {
		query = query.Where("from_user_id = ?", user)
	} else {
		query = query.Where("to_user_id = ?", user)
	}
	if status != "" {
		query = query.Where("status = ?", status)
	}
	if before > 0 {
		query = query.Where("id < ?", before)
	}
	var rows []imfriend.FriendRequest
	if err := query.Find(&rows).Error; err != nil {
		return nil, dbx.Typed(fmt.Errorf("list friend requests: %w", err))
	}
	requests := make([]Request, 0, len(rows))
	for _, row := range rows {
		requests = append(requests, requestOf(row))
	}
	return requests, nil
}

// ConfirmRequest notes that whoever accepted a request got the answer.
func (s *Store) ConfirmRequest(ctx context.Context, id int64) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	err := s.db.Tx(ctx, func(tx *gorm.DB) error {
		return tx.Model(&imfriend.FriendRequest{}).Where("id = ?", id).Update("confirmed", true).Error
	})
	if err != nil {
		return dbx.Typed(fmt.Errorf("confirm friend request: %w", err))
	}
	return nil
}

// Request reads one request again, under the lock of its pair.
func (p *Pair) Request(id int64) (Request, bool, error) {
	return takeRequest(p.tx.Where("id = ?", id))
}

// PendingFrom reads the pending request of one of the two to the other.
func (p *Pair) PendingFrom(from model.UserID) (Request, bool, error) {
	return takeRequest(p.tx.Where("from_user_id = ? AND to_user_id = ? AND pending = ?", from, p.Peer(from), true))
}

// AddRequest stores a new pending request.
func (p *Pair) AddRequest(id int64, from model.UserID, message string) (Request, error) {
	pending := true
	row := imfriend.FriendRequest{
		ID: id, FromUserID: int64(from), ToUserID: int64(p.Peer(from)), Message: message,
		Status: string(Pending), Pending: &pending, CreatedAt: p.At.UnixMilli(),
	}
	if err := p.tx.Create(&row).Error; err != nil {
		return Request{}, fmt.Errorf("add friend request: %w", err)
	}
	return requestOf(row), nil
}

// CloseRequest gives a pending request its outcome.
func (p *Pair) CloseRequest(r Request, outcome Status) (Request, error) {
	r.Status, r.HandledAt = outcome, p.At.UnixMilli()
	err := p.tx.Model(&imfriend.FriendRequest{}).Where("id = ?", r.ID).
		Updates(map[string]any{"status": string(outcome), "pending": nil, "handled_at": r.HandledAt}).Error
	if err != nil {
		return Request{}, fmt.Errorf("close friend request: %w", err)
	}
	return r, nil
}
