// Package user serves profiles: who calls, one RPC, the answer.
package user

import (
	"im-backend/api-gateway/internal/types"
	"im-backend/common/proto/gen/userpb"
)

// settingsOf is a patch as user-service takes it; without a patch it answers nil.
func settingsOf(patch *types.SettingsPatch) *userpb.SettingsChange {
	if patch == nil {
		return nil
	}
	return &userpb.SettingsChange{
		FindableByPhone: patch.FindableByPhone, FindableByEmail: patch.FindableByEmail, FindableByName: patch.FindableByName,
		ShowLastSeen: patch.ShowLastSeen, FriendRequestsFrom: patch.FriendRequestsFrom,
	}
}
