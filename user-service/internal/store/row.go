package store

import (
	"im-backend/common/model"
	"im-backend/common/model/imuser"
	"im-backend/common/utils/label"
	"im-backend/user-service/internal/account"
)

func rowOf(a account.Account) imuser.User {
	return imuser.User{
		ID:              int64(a.ID),
		Username:        a.Username,
		UsernameKey:     label.Key(a.Username),
		PasswordHash:    a.PasswordHash,
		Nickname:        a.Nickname,
		NicknameKey:     label.Key(a.Nickname),
		AvatarURL:       a.AvatarURL,
		Bio:             a.Bio,
		Gender:          a.Gender,
		Phone:           nullable(a.Phone),
		Email:           nullable(a.Email),
		Status:          string(a.Status),
		FindableByPhone: a.Settings.FindableByPhone,
		FindableByEmail: a.Settings.FindableByEmail,
		FindableByName:  a.Settings.FindableByName,
		ShowLastSeen:    a.Settings.ShowLastSeen,

		FriendRequestsFrom: a.Settings.FriendRequestsFrom,

		CreatedAt:       a.CreatedAt,
		UpdatedAt:       a.CreatedAt,
		PasswordVersion: a.PasswordVersion,
		DeletedAt:       a.DeletedAt,
	}
}

func accountOf(row imuser.User) account.Account {
	return account.Account{
		User: account.User{
			ID: model.UserID(row.ID), Username: row.Username, Nickname: row.Nickname, AvatarURL: row.AvatarURL, Bio: row.Bio,
			Gender: row.Gender, CreatedAt: row.CreatedAt, Deleted: row.Status == string(account.Deleted),
			FriendRequestsFrom: row.FriendRequestsFrom, ShowLastSeen: row.ShowLastSeen,
		},
		Phone: text(row.Phone),
		Email: text(row.Email),
		Settings: account.Settings{
			FindableByPhone: row.FindableByPhone, FindableByEmail: row.FindableByEmail, FindableByName: row.FindableByName,
			ShowLastSeen: row.ShowLastSeen, FriendRequestsFrom: row.FriendRequestsFrom,
		},
		Status:          account.Status(row.Status),
		PasswordHash:    row.PasswordHash,
		PasswordVersion: row.PasswordVersion,
		PasswordChange:  account.PasswordChange{At: row.PasswordChangedAt, By: row.PasswordChangedBy},
		DeletedAt:       row.DeletedAt,
	}
}

// columnsOf names the columns that a change sets.
func columnsOf(c account.Change) map[string]any {
	columns := map[string]any{}
	set := func(column string, value *string) {
		if value != nil {
			columns[column] = *value
		}
	}
	set("nickname", c.Nickname)
	set("avatar_url", c.AvatarURL)
	set("bio", c.Bio)
	set("gender", c.Gender)
	if c.Nickname != nil {
		columns["nickname_key"] = label.Key(*c.Nickname)
	}
	if c.Phone != nil {
		columns["phone"] = nullable(*c.Phone)
	}
	if c.Email != nil {
		columns["email"] = nullable(*c.Email)
	}
	if c.FriendRequestsFrom != nil {
		columns["friend_requests_from"] = *c.FriendRequestsFrom
	}
	for column, value := range map[string]*bool{
		"findable_by_phone": c.FindableByPhone, "findable_by_email": c.FindableByEmail, "findable_by_name": c.FindableByName,
		"show_last_seen": c.ShowLastSeen,
	} {
		if value != nil {
			columns[column] = *value
		}
	}
	return columns
}

// nullable is how a value that is unique when present is stored.
func nullable(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
