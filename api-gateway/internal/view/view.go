// Package view makes the JSON forms of what the services answer. Ids become strings, and lists are never null.
package view

import (
	"strconv"

	"im-backend/api-gateway/internal/types"
	"im-backend/common/proto/gen/authpb"
	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/proto/gen/friendpb"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/common/proto/gen/userpb"
)

// ID is the decimal form of an id.
func ID(id int64) string { return strconv.FormatInt(id, 10) }

// OptionalID is ID, with an empty text for none.
func OptionalID(id int64) string {
	if id == 0 {
		return ""
	}
	return ID(id)
}

// List maps items; the result is never nil.
func List[P, T any](items []P, item func(P) T) []T {
	out := make([]T, 0, len(items))
	for _, p := range items {
		out = append(out, item(p))
	}
	return out
}

// User is a public profile.
func User(u *userpb.User) types.User {
	return types.User{
		UserId: ID(u.GetUserId()), Username: u.GetUsername(), Nickname: u.GetNickname(), AvatarUrl: u.GetAvatarUrl(),
		Bio: u.GetBio(), Gender: u.GetGender(), CreatedAt: u.GetCreatedAt(), Deleted: u.GetDeleted(),
	}
}

// Presence is whether a user is online.
func Presence(p *chatpb.Presence) types.Presence {
	return types.Presence{
		UserId: ID(p.GetUserId()), Online: p.GetOnline(), Platforms: append([]string{}, p.GetPlatforms()...), LastSeenAt: p.GetLastSeenAt(),
	}
}

// Profile is the caller's own profile.
func Profile(p *userpb.Profile) *types.Profile {
	s := p.GetSettings()
	return &types.Profile{
		User: User(p.GetUser()), Phone: p.GetPhone(), Email: p.GetEmail(),
		Settings: types.Settings{
			FindableByPhone: s.GetFindableByPhone(), FindableByEmail: s.GetFindableByEmail(),
			FindableByName: s.GetFindableByName(), ShowLastSeen: s.GetShowLastSeen(),
			FriendRequestsFrom: s.GetFriendRequestsFrom(),
		},
	}
}

// Session is one signed-in device; current is the session of the caller.
func Session(s *authpb.Session, current int64) types.Session {
	d := s.GetDevice()
	return types.Session{
		SessionId: ID(s.GetSessionId()), DeviceId: d.GetDeviceId(), Platform: d.GetPlatform(), Name: d.GetName(),
		Ip: s.GetIp(), CreatedAt: s.GetCreatedAt(), LastSeenAt: s.GetLastSeenAt(), Current: s.GetSessionId() == current,
	}
}

// Tokens are an access token and a refresh token.
func Tokens(t *authpb.Tokens) types.Tokens {
	return types.Tokens{
		AccessToken: t.GetAccessToken(), AccessExpiresAt: t.GetAccessExpiresAt(),
		RefreshToken: t.GetRefreshToken(), RefreshExpiresAt: t.GetRefreshExpiresAt(),
	}
}

// FriendRequest is a friend request.
func FriendRequest(r *friendpb.FriendRequest) types.FriendRequest {
	return types.FriendRequest{
		RequestId: ID(r.GetRequestId()), FromUserId: ID(r.GetFromUserId()), ToUserId: ID(r.GetToUserId()),
		Message: r.GetMessage(), Status: r.GetStatus(), CreatedAt: r.GetCreatedAt(), HandledAt: r.GetHandledAt(),
		ExpiresAt: r.GetExpiresAt(),
	}
}

// Friend is a friend with the profile of the user.
func Friend(f *friendpb.Friend, user types.User) types.Friend {
	return types.Friend{
		User: user, Remark: f.GetRemark(), Starred: f.GetStarred(), CreatedAt: f.GetCreatedAt(),
		Tags: append([]string{}, f.GetTags()...),
	}
}

// Group is a group as the caller sees it.
func Group(g *grouppb.Group) types.Group {
	return types.Group{
		GroupId: ID(g.GetGroupId()), Name: g.GetName(), AvatarUrl: g.GetAvatarUrl(), Announcement: g.GetAnnouncement(),
		OwnerId: ID(g.GetOwnerId()), JoinPolicy: g.GetJoinPolicy(), MemberCount: g.GetMemberCount(),
		HistoryVisible: g.GetHistoryVisible(), MutedAllUntil: g.GetMutedAllUntil(), MyRole: g.GetMyRole(),
		CreatedAt: g.GetCreatedAt(), AnnouncedBy: OptionalID(g.GetAnnouncedBy()), AnnouncedAt: g.GetAnnouncedAt(),
		InviteRole: g.GetInviteRole(), EditRole: g.GetEditRole(), MentionAllRole: g.GetMentionAllRole(),
		SlowModeSeconds: g.GetSlowModeSeconds(), MaxMembers: g.GetMaxMembers(), Version: g.GetVersion(),
	}
}

// Member is a member of a group.
func Member(m *grouppb.Member) types.Member {
	return types.Member{
		UserId: ID(m.GetUserId()), Role: m.GetRole(), Nickname: m.GetNickname(), MutedUntil: m.GetMutedUntil(),
		JoinedAt: m.GetJoinedAt(),
	}
}

// AddFailure is a user who could not be added to a group.
func AddFailure(f *grouppb.AddFailure) types.AddFailure {
	return types.AddFailure{UserId: ID(f.GetUserId()), Reason: f.GetReason()}
}

// JoinRequest is a request to join a group.
func JoinRequest(r *grouppb.JoinRequest) types.JoinRequest {
	return types.JoinRequest{
		RequestId: ID(r.GetRequestId()), GroupId: ID(r.GetGroupId()), UserId: ID(r.GetUserId()), Message: r.GetMessage(),
		Status: r.GetStatus(), CreatedAt: r.GetCreatedAt(), HandledAt: r.GetHandledAt(), HandledBy: ID(r.GetHandledBy()),
	}
}

// Invite is an invite to a group, without its code.
func Invite(i *grouppb.Invite) types.Invite {
	return types.Invite{
		InviteId: ID(i.GetInviteId()), GroupId: ID(i.GetGroupId()), CreatedBy: ID(i.GetCreatedBy()), CreatedAt: i.GetCreatedAt(),
		ExpiresAt: i.GetExpiresAt(), MaxUses: i.GetMaxUses(), Uses: i.GetUses(),
	}
}

// Ban is a user who is kept out of a group.
func Ban(b *grouppb.Ban) types.Ban {
	return types.Ban{UserId: ID(b.GetUserId()), BannedBy: ID(b.GetBannedBy()), CreatedAt: b.GetCreatedAt()}
}
