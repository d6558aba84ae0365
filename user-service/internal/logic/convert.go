// Package logic serves the calls: each decodes, calls the room with the rule once, and encodes.
package logic

import (
	"im-backend/common/model"
	"im-backend/common/proto/gen/userpb"
	"im-backend/user-service/internal/account"
)

func userOf(u account.User) *userpb.User {
	return &userpb.User{
		UserId:    int64(u.ID),
		Username:  u.Username,
		Nickname:  u.Nickname,
		AvatarUrl: u.AvatarURL,
		Bio:       u.Bio,
		Gender:    u.Gender,
		CreatedAt: u.CreatedAt,
		Deleted:   u.Deleted,

		FriendRequestsFrom: u.FriendRequestsFrom,
		ShowLastSeen:       u.ShowLastSeen,
	}
}

func usersOf(users []account.User) []*userpb.User {
	out := make([]*userpb.User, 0, len(users))
	for _, u := range users {
		out = append(out, userOf(u))
	}
	return out
}

func profileOf(a account.Account) *userpb.Profile {
	return &userpb.Profile{
		User:  userOf(a.User),
		Phone: a.Phone,
		Email: a.Email,
		Settings: &userpb.Settings{
			FindableByPhone: a.Settings.FindableByPhone,
			FindableByEmail: a.Settings.FindableByEmail,
			FindableByName:  a.Settings.FindableByName,
			ShowLastSeen:    a.Settings.ShowLastSeen,

			FriendRequestsFrom: a.Settings.FriendRequestsFrom,
		},
	}
}

func changeOf(in *userpb.UpdateProfileRequest) account.Change {
	c := account.Change{
		Nickname: in.Nickname, AvatarURL: in.AvatarUrl, Bio: in.Bio, Gender: in.Gender, Phone: in.Phone, Email: in.Email,
	}
	if s := in.GetSettings(); s != nil {
		c.FindableByPhone, c.FindableByEmail = s.FindableByPhone, s.FindableByEmail
		c.FindableByName, c.ShowLastSeen = s.FindableByName, s.ShowLastSeen
		c.FriendRequestsFrom = s.FriendRequestsFrom
	}
	return c
}

func userIDs(ids []int64) []model.UserID {
	out := make([]model.UserID, 0, len(ids))
	for _, id := range ids {
		out = append(out, model.UserID(id))
	}
	return out
}
