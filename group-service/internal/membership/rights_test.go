package membership

import (
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/utils/errs"
	"im-backend/group-service/internal/store"
)

var roles = []store.Role{store.Owner, store.Admin, store.Ordinary, store.NoRole}

// TestEveryRoleAndEveryAction has the whole table: what the owner, an admin, an ordinary member and nobody are told.
func TestEveryRoleAndEveryAction(t *testing.T) {
	t.Parallel()
	admin, owner, leaves := errs.ErrNotGroupAdmin, errs.ErrNotGroupOwner, errs.ErrForbidden
	want := map[action][4]error{
		changeSettings: {nil, nil, admin, admin},
		muteAll:        {nil, nil, admin, admin},
		manageInvites:  {nil, nil, admin, admin},
		handleRequests: {nil, nil, admin, admin},
		kick:           {nil, nil, admin, admin},
		ban:            {nil, nil, admin, admin},
		muteMember:     {nil, nil, admin, admin},
		renameMember:   {nil, nil, admin, admin},
		changeRole:     {nil, owner, owner, owner},
		transfer:       {nil, owner, owner, owner},
		dismiss:        {nil, owner, owner, owner},
		leave:          {leaves, nil, nil, leaves},
	}
	bySetting := map[action]func(*store.Group, store.Role){
		editInfo:   func(g *store.Group, lowest store.Role) { g.EditRole = lowest },
		announce:   func(g *store.Group, lowest store.Role) { g.EditRole = lowest },
		addMembers: func(g *store.Group, lowest store.Role) { g.InviteRole = lowest },
	}
	require.Len(t, rights, len(want)+len(bySetting), "every action is here")
	for do, cells := range want {
		for i, role := range roles {
			require.ErrorIs(t, may(store.Group{}, role, do), cells[i], "%v does %d", role, do)
		}
	}
	for do, set := range bySetting {
		for lowest, cells := range map[store.Role][3]error{
			store.Owner: {nil, owner, owner}, store.Admin: {nil, nil, admin}, store.Ordinary: {nil, nil, nil},
		} {
			var g store.Group
			set(&g, lowest)
			for i, role := range roles[:3] {
				require.ErrorIs(t, may(g, role, do), cells[i], "%v does %d from %v on", role, do, lowest)
			}
			require.ErrorIs(t, may(g, store.NoRole, do), admin, "nobody does %d from %v on", do, lowest)
		}
	}
}

// TestWhatIsDoneToAMemberNeedsAHigherRole has every pair of roles.
func TestWhatIsDoneToAMemberNeedsAHigherRole(t *testing.T) {
	t.Parallel()
	admin, above := errs.ErrNotGroupAdmin, errs.ErrForbidden
	for role, cells := range map[store.Role][4]error{ // towards the owner, an admin, an ordinary member, somebody who is none
		store.Owner:    {above, nil, nil, nil},
		store.Admin:    {above, above, nil, nil},
		store.Ordinary: {admin, admin, admin, admin},
	} {
		for _, do := range []action{kick, ban, muteMember, renameMember} {
			for i, other := range roles {
				require.ErrorIs(t, mayTo(store.Group{}, role, other, do), cells[i], "%v does %d to %v", role, do, other)
			}
		}
	}
}
