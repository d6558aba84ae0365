package membership

import (
	"im-backend/common/utils/errs"
	"im-backend/group-service/internal/store"
)

// action is something that members do to each other or to their group.
type action int

const (
	editInfo       action = iota // name and avatar
	announce                     // replace the announcement
	changeSettings               // join policy, history, slow mode, and which roles may do what
	muteAll                      // let only admins and the owner write
	addMembers                   // add members and make invites
	manageInvites                // see all invites and end those of others
	handleRequests               // see and decide join requests
	kick                         // remove members of a lower role
	ban                          // keep users of a lower role out, let them in again, see who is kept out
	muteMember                   // mute members of a lower role
	renameMember                 // change the nicknames of members of a lower role; one's own is one's own
	changeRole                   // make members admins, and admins members
	transfer                     // hand the group over
	dismiss                      // end the group
	leave                        // remove oneself
	actions                      // how many there are
)

// grant is whether a role may do something.
type grant int

const (
	no        grant = iota
	yes             // in every group
	bySetting       // where the group's setting for the action allows it
)

// right is who may do something, from the highest role on, and what the others are told.
type right struct {
	owner, admin, ordinary grant
	setting                func(store.Group) store.Role // the lowest role that may; nil: no setting
	refusal                error                        // unless a setting asks for the owner
}

func byEditRole(g store.Group) store.Role   { return g.EditRole }
func byInviteRole(g store.Group) store.Role { return g.InviteRole }

var errOwnerLeaves = errs.ErrForbidden.Saying("hand the group over or dismiss it first")

// rights is the whole table of roles and actions. What one does to another member needs, on top of it, a role above the other's.
var rights = [actions]right{
	editInfo:       {yes, bySetting, bySetting, byEditRole, errs.ErrNotGroupAdmin},
	announce:       {yes, bySetting, bySetting, byEditRole, errs.ErrNotGroupAdmin},
	changeSettings: {yes, yes, no, nil, errs.ErrNotGroupAdmin},
	muteAll:        {yes, yes, no, nil, errs.ErrNotGroupAdmin},
	addMembers:     {yes, bySetting, bySetting, byInviteRole, errs.ErrNotGroupAdmin},
	manageInvites:  {yes, yes, no, nil, errs.ErrNotGroupAdmin},
	handleRequests: {yes, yes, no, nil, errs.ErrNotGroupAdmin},
	kick:           {yes, yes, no, nil, errs.ErrNotGroupAdmin},
	ban:            {yes, yes, no, nil, errs.ErrNotGroupAdmin},
	muteMember:     {yes, yes, no, nil, errs.ErrNotGroupAdmin},
	renameMember:   {yes, yes, no, nil, errs.ErrNotGroupAdmin},
	changeRole:     {yes, no, no, nil, errs.ErrNotGroupOwner},
	transfer:       {yes, no, no, nil, errs.ErrNotGroupOwner},
	dismiss:        {yes, no, no, nil, errs.ErrNotGroupOwner},
	leave:          {no, yes, yes, nil, errOwnerLeaves},
}

// may answers nil when a role allows an action in a group. Errors: NOT_GROUP_ADMIN, NOT_GROUP_OWNER; FORBIDDEN to an owner who
// leaves.
func may(g store.Group, role store.Role, do action) error {
	r := rights[do]
	switch r.of(role) {
	case yes:
		return nil
	case bySetting:
		switch lowest := r.setting(g); {
		case !lowest.Above(role):
			return nil
		case lowest == store.Owner:
			return errs.ErrNotGroupOwner
		}
	case no:
	}
	return r.refusal
}

func (r right) of(role store.Role) grant {
	switch role {
	case store.Owner:
		return r.owner
	case store.Admin:
		return r.admin
	case store.Ordinary:
		return r.ordinary
	case store.NoRole:
	}
	return no
}

var errNotAbove = errs.ErrForbidden.Saying("only a higher role may do this to a member")

// mayTo is may for what one member does to another, or to somebody who is none. Errors: FORBIDDEN where the other's role is not
// below.
func mayTo(g store.Group, role, other store.Role, do action) error {
	if err := may(g, role, do); err != nil {
		return err
	}
	if other != store.NoRole && !role.Above(other) {
		return errNotAbove
	}
	return nil
}
