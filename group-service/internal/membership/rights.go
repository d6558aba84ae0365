package membership

import (
	"im-backend/common/utils/errs"
	"im-backend/group-service/internal/store"
)

// action is something that members do to a group.
type action int

const (
	edit       action = iota // name, avatar, join policy, history
	invite                   // add members
	inviteOpen               // add members to a group that is open
	kick                     // remove members of a lower role
	leave                    // remove oneself
	dismiss                  // end the group
	decide                   // who comes in and who stays out: join requests, bans, the invites of others
)

// right says who may do something, and what the others are told.
type right struct {
	allowed []store.Role
	refusal error
}

// rights is the whole table of roles and actions. That a kick needs a role above the other's comes on top of it.
var rights = map[action]right{
	edit:       {[]store.Role{store.Owner, store.Admin}, errs.ErrNotGroupAdmin},
	invite:     {[]store.Role{store.Owner, store.Admin}, errs.ErrNotGroupAdmin},
	inviteOpen: {[]store.Role{store.Owner, store.Admin, store.Ordinary}, errs.ErrForbidden},
	kick:       {[]store.Role{store.Owner, store.Admin}, errs.ErrNotGroupAdmin},
	leave:      {[]store.Role{store.Admin, store.Ordinary}, errs.ErrForbidden.Saying("hand the group over or dismiss it first")},
	dismiss:    {[]store.Role{store.Owner}, errs.ErrNotGroupOwner},
	decide:     {[]store.Role{store.Owner, store.Admin}, errs.ErrNotGroupAdmin},
}

// may answers nil when a role allows an action.
func may(role store.Role, do action) error {
	for _, allowed := range rights[do].allowed {
		if role == allowed {
			return nil
		}
	}
	return rights[do].refusal
}
