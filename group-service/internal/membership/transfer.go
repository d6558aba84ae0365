package membership

import (
	"context"
	"fmt"

	"im-backend/common/model"
	"im-backend/group-service/internal/store"
)

// Transfer hands a group over to another member; the former owner becomes an admin. Errors: GROUP_NOT_FOUND, NOT_GROUP_OWNER,
// USER_NOT_FOUND, ADMIN_LIMIT_REACHED: the new owner is none of the admins, who are as many as may be.
func (g *Groups) Transfer(ctx context.Context, id model.GroupID, user, target model.UserID) (store.Membership, error) {
	var role store.Role
	group, err := g.change(ctx, id, user, func(l *store.Locked, me store.Member) error {
		role = me.Role
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
		role = store.Admin
		return handOver(l, me, other)
	})
	if err != nil {
		return store.Membership{}, fmt.Errorf("transfer group: %w", err)
	}
	g.follow(ctx, id)
	return store.Membership{Group: group, Role: role}, nil
}

// handOver makes another member the owner. It may write from then on: nobody is left who could unmute it.
func handOver(l *store.Locked, from, to store.Member) error {
	from.Role, to.Role, to.MutedUntil = store.Admin, store.Owner, 0
	l.Owner = to.User
	tellOwner(l, from, to)
	if err := l.Change(from); err != nil {
		return err
	}
	return l.Change(to)
}
