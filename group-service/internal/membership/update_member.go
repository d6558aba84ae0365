package membership

import (
	"context"
	"fmt"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/group-service/internal/store"
)

// MemberChanges are new values of a member's fields; nil leaves a field alone.
type MemberChanges struct {
	Role       *string // admin or member
	Nickname   *string // empty: none
	MutedUntil *int64  // unix milliseconds; one that is past unmutes
}

// check trims the nickname and checks what needs no look at the group. Errors: INVALID_ARGUMENT.
func (c *MemberChanges) check() (err error) {
	if err := checkRole(c.Role); err != nil {
		return err
	}
	c.Nickname, err = trimNickname(c.Nickname)
	return err
}

// UpdateMember changes a member: all that is asked or nothing, with an entry for each thing that is new. It answers when chat-service
// knows it. After an UNAVAILABLE the change is committed and the same call succeeds later. Errors: GROUP_NOT_FOUND,
// USER_NOT_FOUND, NOT_GROUP_ADMIN, NOT_GROUP_OWNER, FORBIDDEN, MUTED, INVALID_ARGUMENT, ADMIN_LIMIT_REACHED, UNAVAILABLE.
func (g *Groups) UpdateMember(ctx context.Context, id model.GroupID, user, target model.UserID, c MemberChanges) (store.Member, error) {
	if err := c.check(); err != nil {
		return store.Member{}, err
	}
	var after store.Member
	var since int64
	_, err := g.change(ctx, id, user, func(l *store.Locked, me store.Member) error {
		other, err := another(l, me, target)
		if err != nil {
			return err
		}
		changed, err := g.applyTo(l, me, &other, c)
		if since = 0; changed || (c.Role == nil && c.MutedUntil == nil) {
			since = l.At.UnixMilli()
		}
		if err == nil && changed {
			err = l.Change(other)
		}
		after = other
		return err
	})
	if err != nil {
		return store.Member{}, fmt.Errorf("update member: %w", err)
	}
	return after, g.confirm(ctx, id, since)
}

// another reads and locks the member to whom something is done, who may be who does it. Errors: USER_NOT_FOUND.
func another(l *store.Locked, me store.Member, target model.UserID) (store.Member, error) {
	if target == me.User {
		return me, nil
	}
	other, found, err := l.Member(target)
	if err == nil && (!found || other.Left) {
		err = errs.ErrUserNotFound
	}
	return other, err
}

// applyTo makes the changes of a member that are asked for and allowed. What me may do, it may do whatever c changes first.
func (g *Groups) applyTo(l *store.Locked, me store.Member, other *store.Member, c MemberChanges) (changed bool, err error) {
	steps := []func() (bool, error){}
	if c.Role != nil {
		steps = append(steps, func() (bool, error) { return g.giveRole(l, me, other, store.RoleOf(*c.Role)) })
	}
	if c.MutedUntil != nil {
		steps = append(steps, func() (bool, error) { return mute(l, me, other, *c.MutedUntil) })
	}
	if c.Nickname != nil {
		steps = append(steps, func() (bool, error) { return rename(l, me, other, *c.Nickname) })
	}
	for _, step := range steps {
		done, err := step()
		if err != nil {
			return false, err
		}
		changed = changed || done
	}
	return changed, nil
}
