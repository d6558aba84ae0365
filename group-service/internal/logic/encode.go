// Package logic has one adapter per call: decode, one call of the room, encode.
package logic

import (
	"im-backend/common/model"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/group-service/internal/membership"
)

func userIDs(ids []int64) []model.UserID {
	users := make([]model.UserID, 0, len(ids))
	for _, id := range ids {
		users = append(users, model.UserID(id))
	}
	return users
}

func groupPB(g membership.Group) *grouppb.Group {
	return &grouppb.Group{
		GroupId: int64(g.ID), Name: g.Name, AvatarUrl: g.AvatarURL, Announcement: g.Announcement, OwnerId: int64(g.Owner),
		JoinPolicy: g.JoinPolicy, MemberCount: g.MemberCount, HistoryVisible: g.HistoryVisible,
		MutedAllUntil: g.MutedAllUntil, CreatedAt: g.CreatedAt, Dismissed: g.Gone(),
		AnnouncedBy: int64(g.AnnouncedBy), AnnouncedAt: g.AnnouncedAt, InviteRole: g.InviteRole.String(),
		EditRole: g.EditRole.String(), MentionAllRole: g.MentionAllRole.String(), SlowModeSeconds: g.SlowModeSeconds,
		MaxMembers: g.MaxMembers, Version: g.Version,
	}
}

func membershipPB(m membership.Membership) *grouppb.Group {
	g := groupPB(m.Group)
	g.MyRole = m.Role.String()
	return g
}

func memberPB(m membership.Member) *grouppb.Member {
	return &grouppb.Member{
		UserId: int64(m.User), Role: m.Role.String(), Nickname: m.Nickname, MutedUntil: m.MutedUntil, JoinedAt: m.JoinedAt,
	}
}

func failurePB(f membership.Failure) *grouppb.AddFailure {
	return &grouppb.AddFailure{UserId: int64(f.User), Reason: f.Reason.Reason}
}

func requestPB(r membership.Request) *grouppb.JoinRequest {
	return &grouppb.JoinRequest{
		RequestId: r.ID, GroupId: int64(r.Group), UserId: int64(r.User), Message: r.Message, Status: string(r.Status),
		CreatedAt: r.CreatedAt, HandledAt: r.HandledAt, HandledBy: int64(r.HandledBy),
	}
}

func invitePB(i membership.Invite) *grouppb.Invite {
	return &grouppb.Invite{
		InviteId: i.ID, GroupId: int64(i.Group), CreatedBy: int64(i.By), CreatedAt: i.CreatedAt, ExpiresAt: i.ExpiresAt,
		MaxUses: i.MaxUses, Uses: i.Uses,
	}
}

func banPB(b membership.Ban) *grouppb.Ban {
	return &grouppb.Ban{UserId: int64(b.User), BannedBy: int64(b.By), CreatedAt: b.CreatedAt}
}

// mapped is the wire form of every item.
func mapped[T, P any](items []T, item func(T) P) []P {
	out := make([]P, 0, len(items))
	for _, i := range items {
		out = append(out, item(i))
	}
	return out
}
