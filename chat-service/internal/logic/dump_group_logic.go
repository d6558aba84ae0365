package logic

import (
	"cmp"
	"context"

	"im-backend/chat-service/internal/svc"
	"im-backend/common/proto/gen/chatpb"
)

// DumpGroupLogic serves one call.
type DumpGroupLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewDumpGroupLogic is called by the generated server for every call.
func NewDumpGroupLogic(ctx context.Context, svcCtx *svc.ServiceContext) *DumpGroupLogic {
	return &DumpGroupLogic{ctx: ctx, svcCtx: svcCtx}
}

// DumpGroup answers chat-service's projection of a group, its present members by user id; for the reconciler. Errors:
// CONVERSATION_NOT_FOUND.
func (l *DumpGroupLogic) DumpGroup(in *chatpb.DumpGroupRequest) (*chatpb.DumpGroupResponse, error) {
	dump, err := l.svcCtx.Timeline.DumpGroup(l.ctx, in.GetConversationId(), in.GetAfter(), in.GetLimit())
	if err != nil {
		return nil, err
	}
	resp := &chatpb.DumpGroupResponse{
		Dismissed: dump.Head.Dismissed, MemberCount: dump.Head.MemberCount, MemberVersion: dump.Head.MemberVersion,
		Members: make([]*chatpb.DumpedMember, 0, len(dump.Members)),
		Settings: &chatpb.GroupSettings{
			MutedAllUntil: dump.Head.MutedAllUntil, SlowModeSeconds: dump.Head.SlowModeSeconds,
			MentionAllRole: cmp.Or(dump.Head.MentionAllRole, "admin"), // empty: as groups began before it was a setting
		},
	}
	for _, m := range dump.Members {
		resp.Members = append(resp.Members, &chatpb.DumpedMember{UserId: m.UserID, Role: m.Role, MutedUntil: m.SilencedUntil})
	}
	return resp, nil
}
