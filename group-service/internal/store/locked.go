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
	"im-backend/common/utils/failpoint"
	"im-backend/common/utils/outbox"
)

// Locked is a group under its lock. It is valid inside the function that it is given to, which may change Group; the version
// and the member count move by themselves.
type Locked struct {
	Group
	At    time.Time // the time of every change made through it
	db    *dbx.DB
	tx    *gorm.DB
	items []outbox.Item

	counted map[model.UserID]bool // whose counts of groups are locked
	notices []outbox.Item         // what users are told, after the log
}

// next is the version that the changes made through the Locked get.
func (l *Locked) next() int64 { return l.Version + 1 }

// Where a test may have this process fail.
var (
	beforeCommit = failpoint.New("group-service/store/before-commit")
	afterCommit  = failpoint.New("group-service/store/after-commit")
)

// Create stores a new group, with what fn does through the Locked, in one transaction.
func (s *Store) Create(ctx context.Context, g Group, at time.Time, fn func(l *Locked) error) (Group, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var made Group
	err := s.db.Tx(ctx, func(tx *gorm.DB) error {
		l := Locked{Group: g, At: at, db: s.db, tx: tx, counted: map[model.UserID]bool{}}
		l.CreatedAt = at.UnixMilli()
		row := imgroup.Group{
			ID: int64(l.ID), Name: l.Name, AvatarURL: l.AvatarURL, OwnerID: int64(l.Owner), JoinPolicy: l.JoinPolicy,
			HistoryVisible: l.HistoryVisible, MaxMembers: l.MaxMembers, CreatedAt: l.CreatedAt, UpdatedAt: l.CreatedAt,
			InviteRole: int8(l.InviteRole), EditRole: int8(l.EditRole), MentionAllRole: int8(l.MentionAllRole),
			SlowModeSeconds: l.SlowModeSeconds,
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
	if err == nil {
		err = afterCommit.Hit(made.ID)
	}
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
		l := Locked{Group: groupOf(row), At: at, db: s.db, tx: tx, counted: map[model.UserID]bool{}}
		if err := fn(&l); err != nil {
			return err
		}
		err = l.save()
		g = l.Group
		return err
	})
	if err == nil {
		err = afterCommit.Hit(id)
	}
	return g, found, dbx.Typed(err)
}

// save writes the group when its log has to be told something, and notes what is told to the log and to users. Every change of the
// group and of its members is told to the log.
func (l *Locked) save() error {
	if len(l.items) > 0 {
		if err := l.saveGroup(); err != nil {
			return err
		}
	}
	if err := outbox.Put(l.tx, l.Conversation(), l.At, append(l.items, l.notices...)...); err != nil {
		return err
	}
	return beforeCommit.Hit(l.ID)
}

func (l *Locked) saveGroup() error {
	l.Version = l.next()
	err := l.tx.Model(&imgroup.Group{}).Where("id = ?", l.ID).Updates(map[string]any{
		"name": l.Name, "avatar_url": l.AvatarURL, "join_policy": l.JoinPolicy, "history_visible": l.HistoryVisible,
		"announcement": l.Announcement, "announced_by": l.AnnouncedBy, "announced_at": l.AnnouncedAt,
		"invite_role": int8(l.InviteRole), "edit_role": int8(l.EditRole), "mention_all_role": int8(l.MentionAllRole),
		"slow_mode_seconds": l.SlowModeSeconds, "muted_all_until": l.MutedAllUntil,
		"owner_id": l.Owner, "handed_by": l.HandedBy, "member_count": l.MemberCount, "members_since": l.MembersSince,
		"status": int8(l.Status), "version": l.Version, "updated_at": l.At.UnixMilli(),
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
