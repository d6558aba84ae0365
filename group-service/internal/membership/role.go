package membership

import (
	"im-backend/common/utils/errs"
	"im-backend/group-service/internal/store"
)

// checkRole checks a role that is to be given to a member. Errors: INVALID_ARGUMENT.
func checkRole(role *string) error {
	if role == nil {
		return nil
	}
	switch store.RoleOf(*role) {
	case store.Admin, store.Ordinary:
		return nil
	case store.Owner:
		return errs.InvalidField("role", "must be admin or member: a group is handed over by another call")
	case store.NoRole:
	}
	return errs.InvalidField("role", "must be admin or member")
}

// giveRole is the part of UpdateMember that makes a member an admin, or an admin a member.
func (g *Groups) giveRole(l *store.Locked, me store.Member, other *store.Member, role store.Role) (changed bool, err error) {
	if err := mayTo(l.Group, me.Role, other.Role, changeRole); err != nil {
		return false, err
	}
	if other.Role == role {
		return false, nil
	}
	if role == store.Admin {
		if err := g.roomForAdmin(l); err != nil {
			return false, err
		}
	}
	other.Role = role
	tellRole(l, me.User, *other)
	return true, endInvites(l, *other)
}

// roomForAdmin sees that a group may have one more admin. Errors: ADMIN_LIMIT_REACHED.
func (g *Groups) roomForAdmin(l *store.Locked) error {
	admins, err := l.CountRole(store.Admin)
	if err == nil && admins >= g.config.MaxAdmins {
		err = errs.ErrAdminLimitReached
	}
	return err
}
