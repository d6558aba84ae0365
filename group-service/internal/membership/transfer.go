package membership

import (
	"context"
	"fmt"

	"im-backend/common/model"
	"im-backend/group-service/internal/store"
)

// Transfer hands a group over to another member; the former owner becomes an admin. It answers when chat-service knows it. After an
// UNAVAILABLE the change is committed and the same call succeeds later, as it does as long as the new owner is the owner. Errors:
// GROUP_NOT_FOUND, NOT_GROUP_OWNER, USER_NOT_FOUND, UNAVAILABLE, ADMIN_LIMIT_REACHED: the new owner is none of the admins, who
// are as many as may be.
func (g *Groups) Transfer(ctx context.Context, id model.GroupID, user, target model.UserID) (store.Membership, error) {
	var role store.Role
	var since int64
	group, err := g.change(ctx, id, user, func(l *store.Locked, me store.Member) error {
		if role, since = me.Role, 0; l.HandedBy == user && l.Owner == target {
			return nil
		}
		if err := may(l.Group, me.Role, transfer); err != nil {
			return err
		}
		other, err := another(l, me, target)
		if err != nil || target == user {
			return err
		}
		if other.Role != store.Admin {
			if err := g.roomForAdmin(l); err != nil {
				return err
			}
		}
		role, since = store.Admin, l.At.UnixMilli()
		return handOver(l, me, other)
	})
	if err != nil {
		return store.Membership{}, fmt.Errorf("transfer group: %w", err)
	}
	return store.Membership{Group: group, Role: role}, g.confirm(ctx, id, since)
}

// handOver makes another member the owner. It may write from then on: nobody is left who could unmute it.
func handOver(l *store.Locked, from, to store.Member) error {
	from.Role, to.Role, to.MutedUntil = store.Admin, store.Owner, 0
	l.Owner, l.HandedBy = to.User, from.User
	tellOwner(l, from, to)
	if err := endInvites(l, from); err != nil {
		return err
	}
	if err := l.Change(from); err != nil {
		return err
	}
	return l.Change(to)
}
