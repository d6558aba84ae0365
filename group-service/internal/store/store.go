// Package store keeps groups and their members in the service's database. It knows the tables and no rules; package membership
// calls it.
package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"im-backend/common/model"
	"im-backend/common/model/imgroup"
	"im-backend/common/utils/dbx"
	"im-backend/common/utils/outbox"
)

const timeout = 2 * time.Second // of one read or transaction

// Store is the database of group-service. It is safe for concurrent use.
type Store struct {
	db *dbx.DB
}

// New makes a store on an open database, which the caller closes.
func New(db *dbx.DB) *Store { return &Store{db: db} }

// Status says whether a group lives.
type Status int8

// The states of a group. Dismissing is dismissed, but the call that did it was not answered yet.
const (
	Active     Status = 0
	Dismissing Status = 1
	Dismissed  Status = 2
)

// Group is a group without its members; times are unix milliseconds.
type Group struct {
	ID             model.GroupID
	Name           string
	AvatarURL      string
	Announcement   string
	Owner          model.UserID
	JoinPolicy     string
	HistoryVisible bool
	MutedAllUntil  int64
	MaxMembers     int32
	MemberCount    int32
	Status         Status
	Version        int64
	CreatedAt      int64
}

// Gone reports whether the group is dismissed.
func (g Group) Gone() bool { return g.Status != Active }

func groupOf(row imgroup.Group) Group {
	return Group{
		ID: model.GroupID(row.ID), Name: row.Name, AvatarURL: row.AvatarURL, Announcement: row.Announcement,
		Owner: model.UserID(row.OwnerID), JoinPolicy: row.JoinPolicy, HistoryVisible: row.HistoryVisible,
		MutedAllUntil: row.MutedAllUntil, MaxMembers: row.MaxMembers, MemberCount: row.MemberCount,
		Status: Status(row.Status), Version: row.Version, CreatedAt: row.CreatedAt,
	}
}

// Locked is a group under its lock. It is valid inside the function that it is given to, which may change Group; the version
// and the member count move by themselves.
type Locked struct {
	Group
	At      time.Time // the time of every change made through it
	tx      *gorm.DB
	items   []outbox.Item
	notices []outbox.Item
}

// Create stores a new group, with what fn does through the Locked, in one transaction.
func (s *Store) Create(ctx context.Context, g Group, at time.Time, fn func(l *Locked) error) (Group, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var made Group
	err := s.db.Tx(ctx, func(tx *gorm.DB) error {
		l := Locked{Group: g, At: at, tx: tx}
		l.CreatedAt = at.UnixMilli()
		row := imgroup.Group{
			ID: int64(l.ID), Name: l.Name, AvatarURL: l.AvatarURL, OwnerID: int64(l.Owner), JoinPolicy: l.JoinPolicy,
			HistoryVisible: l.HistoryVisible, MaxMembers: l.MaxMembers, CreatedAt: l.CreatedAt, UpdatedAt: l.CreatedAt,
		}
		if err := tx.Create(&row).Error; err != nil {
			return fmt.Errorf("add group: %w", err)
		}
		err := fn(&l)
		if err == nil {
			err = l.save()
		}
		made = l.Group
		return err
	})
	return made, dbx.Typed(err)
}

// Change runs fn with a group under its lock, in one transaction together with what fn does through the Locked, and commits
// when fn returns nil. fn may run several times and must have no other effect. found is false when there is no such group.
func (s *Store) Change(ctx context.Context, id model.GroupID, at time.Time, fn func(l *Locked) error) (g Group, found bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	err = s.db.Tx(ctx, func(tx *gorm.DB) error {
		var row imgroup.Group
		err := s.db.ForUpdate(tx).Where("id = ?", id).Take(&row).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			found = false
			return nil
		}
		if err != nil {
			return fmt.Errorf("lock group: %w", err)
		}
		found = true
		l := Locked{Group: groupOf(row), At: at, tx: tx}
		if err := fn(&l); err != nil {
			return err
		}
		err = l.save()
		g = l.Group
		return err
	})
	return g, found, dbx.Typed(err)
}

// save writes the group when its log has to be told, and notes what is told to whom. Every change of the group and of its members
// is told in the log.
func (l *Locked) save() error {
	if len(l.items) > 0 {
		if err := l.saveGroup(); err != nil {
			return err
		}
	}
	return outbox.Put(l.tx, l.Conversation(), l.At, append(l.items, l.notices...)...)
}

func (l *Locked) saveGroup() error {
	l.Version++
	err := l.tx.Model(&imgroup.Group{}).Where("id = ?", l.ID).Updates(map[string]any{
		"name": l.Name, "avatar_url": l.AvatarURL, "join_policy": l.JoinPolicy, "history_visible": l.HistoryVisible,
		"member_count": l.MemberCount, "status": int8(l.Status), "version": l.Version, "updated_at": l.At.UnixMilli(),
	}).Error
	if err != nil {
		return fmt.Errorf("save group: %w", err)
	}
	return nil
}

// Conversation is the group's log, which is also the aggregate of its outbox rows.
func (l *Locked) Conversation() model.ConversationID { return model.GroupConversationID(l.ID) }

// Tell has an entry appended to the group's log after the commit, one for each change.
func (l *Locked) Tell(e outbox.Entry) {
	e.Conversation = l.Conversation()
	l.items = append(l.items, e)
}

// Notify has an entry appended to a user's notifications after the commit, after what the group's log gets.
func (l *Locked) Notify(user model.UserID, content any) {
	l.notices = append(l.notices, outbox.Entry{Conversation: model.NotificationID(user), Content: content})
}

// ConfirmDismissal notes that the dismissing call got its answer.
func (s *Store) ConfirmDismissal(ctx context.Context, id model.GroupID) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	err := s.db.Tx(ctx, func(tx *gorm.DB) error {
		return tx.Model(&imgroup.Group{}).Where("id = ? AND status = ?", id, int8(Dismissing)).
			Update("status", int8(Dismissed)).Error
	})
	if err != nil {
		return dbx.Typed(fmt.Errorf("confirm dismissal: %w", err))
	}
	return nil
}

// Groups reads groups by id, dismissed ones too; those that do not exist are left out.
func (s *Store) Groups(ctx context.Context, ids []model.GroupID) ([]Group, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var rows []imgroup.Group
	if err := s.db.WithContext(ctx).Where("id IN ?", ids).Order("id").Find(&rows).Error; err != nil {
		return nil, dbx.Typed(fmt.Errorf("read groups: %w", err))
	}
	groups := make([]Group, 0, len(rows))
	for _, row := range rows {
		groups = append(groups, groupOf(row))
	}
	return groups, nil
}
