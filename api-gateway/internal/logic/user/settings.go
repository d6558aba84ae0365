// Package user serves profiles: who calls, one RPC, the answer.
package user

import (
	"fmt"

	"im-backend/api-gateway/internal/caller"
	"im-backend/api-gateway/internal/types"
	"im-backend/common/proto/gen/userpb"
)

// settings fills the settings that a patch leaves out with what they are now; without a patch it answers nil.
func (l *UpdateProfileLogic) settings(patch *types.SettingsPatch) (*userpb.Settings, error) {
	if patch == nil {
		return nil, nil
	}
	got, err := l.svcCtx.Users.GetProfile(l.ctx, &userpb.GetProfileRequest{UserId: caller.UserID(l.ctx)})
	if err != nil {
		return nil, fmt.Errorf("get profile: %w", err)
	}
	now := got.GetProfile().GetSettings()
	return &userpb.Settings{
		FindableByPhone: either(patch.FindableByPhone, now.GetFindableByPhone()),
		FindableByEmail: either(patch.FindableByEmail, now.GetFindableByEmail()),
		FindableByName:  either(patch.FindableByName, now.GetFindableByName()),
		ShowLastSeen:    either(patch.ShowLastSeen, now.GetShowLastSeen()),

		FriendRequestsFrom: either(patch.FriendRequestsFrom, now.GetFriendRequestsFrom()),
	}, nil
}

func either[T any](wanted *T, now T) T {
	if wanted != nil {
		return *wanted
	}
	return now
}
