package store

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"im-backend/common/model"
	"im-backend/common/model/imgroup"
	"im-backend/common/utils/dbx"
)

// RequestStatus is how far a request to join has come.
type RequestStatus string

// The states of a request to join.
const (
	Pending  RequestStatus = "pending"
	Accepted RequestStatus = "accepted"
	Rejected RequestStatus = "rejected"
	Obsolete RequestStatus = "obsolete" // the asker joined otherwise or was banned, or the group was dismissed
)

// Request is one request to join and its outcome; times are unix milliseconds.
type Request struct {
	ID        int64
	Group     model.GroupID
	User      model.UserID
	Message   string
	Status    RequestStatus
	CreatedAt int64
	HandledAt int64        // zero while pending
	HandledBy model.UserID // zero while pending, and when it lapsed
}

func requestOf(row imgroup.JoinRequest) Request {
	return Request{
		ID: row.ID, Group: model.GroupID(row.GroupID), User: model.UserID(row.UserID), Message: row.Message,
		Status: RequestStatus(row.Status), CreatedAt: row.CreatedAt, HandledAt: row.HandledAt, HandledBy: model.UserID(row.HandledBy),
	}
}

// takeRequest answers false when there is none.
func takeRequest(query *gorm.DB) (Request, bool, error) {
	var row imgroup.JoinRequest
	err := query.Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return Request{}, false, nil
	}
	if err != nil {
		return Request{}, false, fmt.Errorf("read join request: %w", err)
	}
	return requestOf(row), true, nil
}

// Request reads a request to join a group; false when there is none.
func (s *Store) Request(ctx context.Context, id model.GroupID, requestID int64) (Request, bool, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	r, found, err := takeRequest(s.db.WithContext(ctx).Where("id = ? AND group_id = ?", requestID, id))
	return r, found, dbx.Typed(err)
}

// RequestQuery names the requests of a list.
type RequestQuery struct {
	Group  model.GroupID
	Status RequestStatus // empty: any
	Before int64         // only ids below; zero: from the newest
	Limit  int
}

// Requests lists requests to join, the newest first.
func (s *Store) Requests(ctx context.Context, q RequestQuery) ([]Request, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	query := s.db.WithContext(ctx).Where("group_id = ?", q.Group).Order("id DESC").Limit(q.Limit)
	if q.Status != "" {
		query = query.Where("status = ?", string(q.Status))
	}
	if q.Before > 0 {
		query = query.Where("id < ?", q.Before)
	}
	var rows []imgroup.JoinRequest
	if err := query.Find(&rows).Error; err != nil {
		return nil, dbx.Typed(fmt.Errorf("list join requests: %w", err))
	}
	requests := make([]Request, 0, len(rows))
	for _, row := range rows {
		requests = append(requests, requestOf(row))
	}
	return requests, nil
}

// Request reads a request to join this group; false when there is none.
func (l *Locked) Request(requestID int64) (Request, bool, error) {
	return takeRequest(l.tx.Where("id = ? AND group_id = ?", requestID, l.ID))
}

// PendingOf reads the request of a user that waits for an answer; false when there is none.
func (l *Locked) PendingOf(user model.UserID) (Request, bool, error) {
	return takeRequest(l.tx.Where("group_id = ? AND user_id = ? AND pending = ?", l.ID, user, true))
}

// CountRequests counts the requests that wait for an answer.
func (l *Locked) CountRequests() (int64, error) {
	var n int64
	err := l.tx.Model(&imgroup.JoinRequest{}).Where("group_id = ? AND status = ?", l.ID, string(Pending)).Count(&n).Error
	if err != nil {
		return 0, fmt.Errorf("count join requests: %w", err)
	}
	return n, nil
}

// AddRequest stores a new request to join. The user must have none pending.
func (l *Locked) AddRequest(requestID int64, user model.UserID, message string) (Request, error) {
	pending := true
	row := imgroup.JoinRequest{
		ID: requestID, GroupID: int64(l.ID), UserID: int64(user), Message: message, Status: string(Pending), Pending: &pending,
		CreatedAt: l.At.UnixMilli(),
	}
	if err := l.tx.Create(&row).Error; err != nil {
		return Request{}, fmt.Errorf("add join request: %w", err)
	}
	return requestOf(row), nil
}

// CloseRequest gives a pending request its outcome.
func (l *Locked) CloseRequest(r Request, outcome RequestStatus, by model.UserID) (Request, error) {
	r.Status, r.HandledAt, r.HandledBy = outcome, l.At.UnixMilli(), by
	return r, l.close(l.tx.Where("id = ?", r.ID), outcome, by)
}

// LapseRequests makes the pending requests of users obsolete; of nobody in particular: all of them.
func (l *Locked) LapseRequests(users ...model.UserID) error {
	query := l.tx.Where("group_id = ? AND pending = ?", l.ID, true)
	if len(users) > 0 {
		query = query.Where("user_id IN ?", users)
	}
	return l.close(query, Obsolete, 0)
}

func (l *Locked) close(query *gorm.DB, outcome RequestStatus, by model.UserID) error {
	err := query.Model(&imgroup.JoinRequest{}).Updates(map[string]any{
		"status": string(outcome), "pending": nil, "handled_at": l.At.UnixMilli(), "handled_by": int64(by),
	}).Error
	if err != nil {
		return fmt.Errorf("close join request: %w", err)
	}
	return nil
}

// Admins answers the owner and the admins, who decide about requests.
func (l *Locked) Admins() ([]model.UserID, error) {
	var ids []model.UserID
	err := l.tx.Model(&imgroup.GroupMember{}).Where("group_id = ? AND role IN ? AND left_at = 0", l.ID, []int8{int8(Owner), int8(Admin)}).
		Order("role, joined_at, user_id").Pluck("user_id", &ids).Error
	if err != nil {
		return nil, fmt.Errorf("read admins: %w", err)
	}
	return ids, nil
}
