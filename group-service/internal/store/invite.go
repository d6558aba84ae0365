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

// Invite lets whoever has its code join a group; times are unix milliseconds.
type Invite struct {
	ID        int64
	Group     model.GroupID
	By        model.UserID
	CreatedAt int64
	ExpiresAt int64
	MaxUses   int32 // zero: no bound
	Uses      int32
	Revoked   bool
}

// Open reports whether the invite may be used at a time.
func (i Invite) Open(at int64) bool {
	return !i.Revoked && at < i.ExpiresAt && (i.MaxUses == 0 || i.Uses < i.MaxUses)
}

// open is the same about rows.
func open(query *gorm.DB, id model.GroupID, at int64) *gorm.DB {
	return query.Where("group_id = ? AND revoked_at = 0 AND expires_at > ? AND (max_uses = 0 OR uses < max_uses)", id, at)
}

func inviteOf(row imgroup.Invite) Invite {
	return Invite{
		ID: row.ID, Group: model.GroupID(row.GroupID), By: model.UserID(row.CreatedBy), CreatedAt: row.CreatedAt,
		ExpiresAt: row.ExpiresAt, MaxUses: row.MaxUses, Uses: row.Uses, Revoked: row.RevokedAt > 0,
	}
}

// takeInvite answers false when there is none.
func takeInvite(query *gorm.DB) (Invite, bool, error) {
	var row imgroup.Invite
	err := query.Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return Invite{}, false, nil
	}
	if err != nil {
		return Invite{}, false, fmt.Errorf("read invite: %w", err)
	}
	return inviteOf(row), true, nil
}

// InviteByHash reads the invite whose code has a SHA-256, in hex; false when there is none.
func (s *Store) InviteByHash(ctx context.Context, hash string) (Invite, bool, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	i, found, err := takeInvite(s.db.WithContext(ctx).Where("code_hash = ?", hash))
	return i, found, dbx.Typed(err)
}

// Invites lists the invites of a group that are open at a time, the newest first, with ids below before (zero: from the newest).
func (s *Store) Invites(ctx context.Context, id model.GroupID, at, before int64, limit int) ([]Invite, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	query := open(s.db.WithContext(ctx), id, at).Order("id DESC").Limit(limit)
	if before > 0 {
		query = query.Where("id < ?", before)
	}
	var rows []imgroup.Invite
	if err := query.Find(&rows).Error; err != nil {
		return nil, dbx.Typed(fmt.Errorf("list invites: %w", err))
	}
	invites := make([]Invite, 0, len(rows))
	for _, row := range rows {
		invites = append(invites, inviteOf(row))
	}
	return invites, nil
}

// Invite reads an invite of this group; false when there is none.
func (l *Locked) Invite(inviteID int64) (Invite, bool, error) {
	return takeInvite(l.tx.Where("id = ? AND group_id = ?", inviteID, l.ID))
}

// CountInvites counts the open invites.
func (l *Locked) CountInvites() (int64, error) {
	var n int64
	if err := open(l.tx.Model(&imgroup.Invite{}), l.ID, l.At.UnixMilli()).Count(&n).Error; err != nil {
		return 0, fmt.Errorf("count invites: %w", err)
	}
	return n, nil
}

// AddInvite stores an invite of this group with the SHA-256 of its code, in hex, and drops those that nobody can use any more.
func (l *Locked) AddInvite(i Invite, hash string) (Invite, error) {
	err := l.tx.Where("group_id = ? AND (revoked_at > 0 OR expires_at <= ? OR (max_uses > 0 AND uses >= max_uses))", l.ID, l.At.UnixMilli()).
		Delete(&imgroup.Invite{}).Error
	if err != nil {
		return Invite{}, fmt.Errorf("drop invites: %w", err)
	}
	row := imgroup.Invite{
		ID: i.ID, GroupID: int64(l.ID), CodeHash: hash, CreatedBy: int64(i.By), CreatedAt: l.At.UnixMilli(), ExpiresAt: i.ExpiresAt,
		MaxUses: i.MaxUses,
	}
	if err := l.tx.Create(&row).Error; err != nil {
		return Invite{}, fmt.Errorf("add invite: %w", err)
	}
	return inviteOf(row), nil
}

// UseInvite counts one use.
func (l *Locked) UseInvite(inviteID int64) error {
	err := l.tx.Model(&imgroup.Invite{}).Where("id = ?", inviteID).Update("uses", gorm.Expr("uses + 1")).Error
	if err != nil {
		return fmt.Errorf("use invite: %w", err)
	}
	return nil
}

// RevokeInvitesOf ends the open invites that a user made.
func (l *Locked) RevokeInvitesOf(user model.UserID) error {
	err := open(l.tx.Model(&imgroup.Invite{}), l.ID, l.At.UnixMilli()).Where("created_by = ?", user).
		Update("revoked_at", l.At.UnixMilli()).Error
	if err != nil {
		return fmt.Errorf("revoke invites: %w", err)
	}
	return nil
}

// InviteMakers answers who made invites that are open, with their roles.
func (l *Locked) InviteMakers() (map[model.UserID]Role, error) {
	var rows []imgroup.GroupMember
	err := l.tx.Select("user_id", "role").Where("group_id = ? AND left_at = 0 AND user_id IN (?)", l.ID,
		open(l.tx.Model(&imgroup.Invite{}), l.ID, l.At.UnixMilli()).Select("created_by")).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read makers of invites: %w", err)
	}
	makers := make(map[model.UserID]Role, len(rows))
	for _, row := range rows {
		makers[model.UserID(row.UserID)] = Role(row.Role)
	}
	return makers, nil
}

// RevokeInvite ends an invite.
func (l *Locked) RevokeInvite(inviteID int64) error {
	err := l.tx.Model(&imgroup.Invite{}).Where("id = ?", inviteID).Update("revoked_at", l.At.UnixMilli()).Error
	if err != nil {
		return fmt.Errorf("revoke invite: %w", err)
	}
	return nil
}
