// Package store keeps groups and their members in the service's database. It knows the tables and no rules; package membership
// calls it.
package store

import (
	"context"
	"fmt"
	"time"

	"im-backend/common/model"
	"im-backend/common/model/imgroup"
	"im-backend/common/utils/dbx"
)

// timeout bounds one read or transaction that nobody else bounds: a caller has less time.
const timeout = 10 * time.Second

// Store is the database of group-service. It is safe for concurrent use.
type Store struct {
	db *dbx.DB
}

// New makes a store on an open database, which the caller closes.
func New(db *dbx.DB) *Store { return &Store{db: db} }

// Status says whether a group lives.
type Status int8

// The states of a group.
const (
	Active    Status = 0
	Dismissed Status = 2
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

	AnnouncedBy     model.UserID
	AnnouncedAt     int64
	InviteRole      Role         // the lowest that may add members and make invites
	EditRole        Role         // the lowest that may change name, avatar and announcement
	MentionAllRole  Role         // the lowest that may mention all
	SlowModeSeconds int32        // between two messages of one member
	HandedBy        model.UserID // who made the owner the owner; zero: nobody
	MembersSince    int64        // who left at this version or before may be forgotten
}

// Gone reports whether the group is dismissed.
func (g Group) Gone() bool { return g.Status != Active }

func groupOf(row imgroup.Group) Group {
	return Group{
		ID: model.GroupID(row.ID), Name: row.Name, AvatarURL: row.AvatarURL, Announcement: row.Announcement,
		Owner: model.UserID(row.OwnerID), JoinPolicy: row.JoinPolicy, HistoryVisible: row.HistoryVisible,
		MutedAllUntil: row.MutedAllUntil, MaxMembers: row.MaxMembers, MemberCount: row.MemberCount,
		Status: Status(row.Status), Version: row.Version, CreatedAt: row.CreatedAt,
		AnnouncedBy: model.UserID(row.AnnouncedBy), AnnouncedAt: row.AnnouncedAt, InviteRole: Role(row.InviteRole),
		EditRole: Role(row.EditRole), MentionAllRole: Role(row.MentionAllRole), SlowModeSeconds: row.SlowModeSeconds,
		MembersSince: row.MembersSince, HandedBy: model.UserID(row.HandedBy),
	}
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
