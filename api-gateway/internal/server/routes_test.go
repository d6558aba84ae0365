package server

import (
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"im-backend/common/proto/gen/authpb"
	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/proto/gen/friendpb"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/common/proto/gen/logpb"
	"im-backend/common/proto/gen/userpb"
)

// route is one call: what is sent, the RPC that it makes, what that answers and what the client gets.
type route struct {
	call, body string
	rpc        string
	asked      proto.Message
	reply      proto.Message
	status     int
	want       string // JSON; empty: no body
}

var (
	ann     = &userpb.User{UserId: 8, Username: "ann", Nickname: "Ann <3", CreatedAt: 5}
	annJSON = `{"userId":"8","username":"ann","nickname":"Ann <3","avatarUrl":"","bio":"","gender":"","createdAt":5}`
	gone    = `{"userId":"9","username":"","nickname":"","avatarUrl":"","bio":"","gender":"","createdAt":0}`

	tokens     = &authpb.Tokens{AccessToken: "a", AccessExpiresAt: 1, RefreshToken: "r", RefreshExpiresAt: 2}
	tokensJSON = `{"accessToken":"a","accessExpiresAt":1,"refreshToken":"r","refreshExpiresAt":2}`

	session = &authpb.Session{
		SessionId: 70, Device: &authpb.Device{DeviceId: "phone", Platform: "ios", Name: "mine"}, Ip: "1.2.3.4", CreatedAt: 3, LastSeenAt: 4,
	}
	sessionJSON = `{"sessionId":"70","deviceId":"phone","platform":"ios","name":"mine","ip":"1.2.3.4","createdAt":3,"lastSeenAt":4,"current":true}`
	deviceJSON  = `{"deviceId":"phone","platform":"ios","name":"mine"}`

	request     = &friendpb.FriendRequest{RequestId: 60, FromUserId: 7, ToUserId: 8, Message: "hi", Status: "pending", CreatedAt: 9, ExpiresAt: 10}
	requestJSON = `{"requestId":"60","fromUserId":"7","toUserId":"8","message":"hi","status":"pending","createdAt":9,"handledAt":0,"expiresAt":10}`

	team     = &grouppb.Group{GroupId: 50, Name: "team", OwnerId: 7, JoinPolicy: "invite_only", MemberCount: 2, MyRole: "owner", CreatedAt: 6, AnnouncedBy: 8, AnnouncedAt: 9, InviteRole: "admin", EditRole: "member", MentionAllRole: "owner", SlowModeSeconds: 10, MaxMembers: 11, Version: 12}
	teamJSON = `{"groupId":"50","name":"team","avatarUrl":"","announcement":"","ownerId":"7","joinPolicy":"invite_only","memberCount":2,"historyVisible":false,"mutedAllUntil":0,"myRole":"owner","createdAt":6,"announcedBy":"8","announcedAt":9,"inviteRole":"admin","editRole":"member","mentionAllRole":"owner","slowModeSeconds":10,"maxMembers":11,"version":12}`

	profile     = &userpb.Profile{User: ann, Phone: "1", Email: "e", Settings: &userpb.Settings{ShowLastSeen: true, FriendRequestsFrom: "everyone"}}
	profileJSON = annJSON[:len(annJSON)-1] + `,"phone":"1","email":"e","settings":{"findableByPhone":false,"findableByEmail":false,"findableByName":false,"showLastSeen":true,"friendRequestsFrom":"everyone"}}`

	entry = &logpb.Entry{
		ConversationId: "s:7:8", Seq: 2, MessageId: 90, ClientMsgId: "c", SenderId: 8, Type: "text", Content: []byte(`{"text":"1 < 2"}`), CreatedAt: 11,
	}
	entryJSON        = `{"conversationId":"s:7:8","seq":2,"messageId":"90","clientMsgId":"c","senderId":"8","type":"text","content":{"text":"1 < 2"},"createdAt":11}`
	conversation     = &chatpb.Conversation{ConversationId: "s:7:8", Type: "single", Peer: &chatpb.PeerSummary{UserId: 8, Username: "ann"}, MaxSeq: 2, MinSeq: 1, ReadSeq: 1, Unread: 1, LastMessage: entry, UpdatedAt: 11, Archived: true, MarkedUnread: true, Hidden: true, PeerReadSeq: 1, PeerDeliveredSeq: 2, Version: 12}
	conversationJSON = `{"conversationId":"s:7:8","type":"single","peer":{"userId":"8","username":"ann","nickname":"","avatarUrl":""},"maxSeq":2,"minSeq":1,"readSeq":1,"unread":1,"mentioned":false,"mentionCount":0,"pinned":false,"mutedUntil":0,"draft":"","lastMessage":` + entryJSON + `,"updatedAt":11,"archived":true,"markedUnread":true,"hidden":true,"peerReadSeq":1,"peerDeliveredSeq":2,"version":12}`
)

func sessionRoutes() []route {
	return []route{
		{"POST /v1/auth/refresh", `{"refreshToken":"r0"}`, "RefreshSession", &authpb.RefreshSessionRequest{RefreshToken: "r0", Ip: "127.0.0.1"}, &authpb.RefreshSessionResponse{Tokens: tokens}, 200, `{"tokens":` + tokensJSON + `}`},
		{"POST /v1/auth/logout", "", "RevokeSession", &authpb.RevokeSessionRequest{UserId: 7, SessionId: 70}, nil, 204, ""},
		{"GET /v1/auth/sessions", "", "ListSessions", &authpb.ListSessionsRequest{UserId: 7, Limit: 50}, &authpb.ListSessionsResponse{Sessions: []*authpb.Session{session}}, 200, `{"items":[` + sessionJSON + `],"nextCursor":""}`},
		{"GET /v1/auth/sessions?limit=1&cursor=x", "", "ListSessions", &authpb.ListSessionsRequest{UserId: 7, Limit: 1, Cursor: "x"}, &authpb.ListSessionsResponse{Sessions: []*authpb.Session{session}, NextCursor: "y"}, 200, `{"items":[` + sessionJSON + `],"nextCursor":"y"}`},
		{"POST /v1/auth/password", `{"oldPassword":"o","newPassword":"n"}`, "ChangePassword", &userpb.ChangePasswordRequest{UserId: 7, OldPassword: "o", NewPassword: "n", SessionId: 70}, &userpb.ChangePasswordResponse{PasswordVersion: 3}, 204, ""},
		{"DELETE /v1/auth/sessions/71", "", "RevokeSession", &authpb.RevokeSessionRequest{UserId: 7, SessionId: 71}, nil, 204, ""},
		{"POST /v1/auth/sessions/revoke-others", "", "RevokeOtherSessions", &authpb.RevokeOtherSessionsRequest{UserId: 7, KeepSessionId: 70}, nil, 204, ""},
		{"POST /v1/auth/ws-ticket", "", "CreateTicket", &authpb.CreateTicketRequest{Identity: me}, &authpb.CreateTicketResponse{Ticket: "t", ExpiresAt: 12}, 200, `{"ticket":"t","url":"wss://chat.example/ws","expiresAt":12}`},
		{"GET /.well-known/jwks.json", "", "GetJwks", &authpb.GetJwksRequest{}, &authpb.GetJwksResponse{Jwks: []byte(`{"keys":[]}`)}, 200, `{"keys":[]}`},
	}
}

func userRoutes() []route {
	nick := "N"
	return []route{
		{"GET /v1/users/me", "", "GetProfile", &userpb.GetProfileRequest{UserId: 7}, &userpb.GetProfileResponse{Profile: profile}, 200, profileJSON},
		{"PATCH /v1/users/me", `{"nickname":"N","unknown":1}`, "UpdateProfile", &userpb.UpdateProfileRequest{UserId: 7, Nickname: &nick}, &userpb.UpdateProfileResponse{Profile: profile}, 200, profileJSON},
		{"DELETE /v1/users/me", `{"password":"p"}`, "DeleteAccount", &userpb.DeleteAccountRequest{UserId: 7, Password: "p"}, nil, 204, ""},
		{"GET /v1/users/search?q=an&limit=3&cursor=x", "", "SearchUsers", &userpb.SearchUsersRequest{UserId: 7, Query: "an", Limit: 3, Cursor: "x"}, &userpb.SearchUsersResponse{Users: []*userpb.User{ann}, NextCursor: "y"}, 200, `{"items":[` + annJSON + `],"nextCursor":"y"}`},
		{"GET /v1/users?ids=8,9", "", "BatchGetUsers", &userpb.BatchGetUsersRequest{UserIds: []int64{8, 9}, WithDeleted: true}, &userpb.BatchGetUsersResponse{Users: []*userpb.User{ann}}, 200, `{"items":[` + annJSON + `],"nextCursor":""}`},
		{"GET /v1/users/8", "", "BatchGetUsers", &userpb.BatchGetUsersRequest{UserIds: []int64{8}, WithDeleted: true}, &userpb.BatchGetUsersResponse{Users: []*userpb.User{ann}}, 200, annJSON},
		{"GET /v1/users/9", "", "BatchGetUsers", &userpb.BatchGetUsersRequest{UserIds: []int64{9}, WithDeleted: true}, &userpb.BatchGetUsersResponse{Users: []*userpb.User{{UserId: 9, CreatedAt: 5, Deleted: true}}}, 200, `{"userId":"9","username":"","nickname":"","avatarUrl":"","bio":"","gender":"","createdAt":5,"deleted":true}`},
		{"GET /v1/presence?userIds=8,9", "", "ListPresence", &chatpb.ListPresenceRequest{UserId: 7, UserIds: []int64{8, 9}}, &chatpb.ListPresenceResponse{Items: []*chatpb.Presence{
			{UserId: 8, Online: true, Platforms: []string{"ios", "web"}, LastSeenAt: 3}, {UserId: 9, LastSeenHidden: true},
		}}, 200, `{"items":[{"userId":"8","online":true,"platforms":["ios","web"],"lastSeenAt":3},{"userId":"9","online":false,"platforms":[]}]}`},
	}
}

func friendRoutes() []route {
	remark := "R"
	return []route{
		{"POST /v1/friend-requests", `{"toUserId":"8","message":"hi"}`, "CreateRequest", &friendpb.CreateRequestRequest{UserId: 7, ToUserId: 8, Message: "hi"}, &friendpb.CreateRequestResponse{Request: request}, 201, requestJSON},
		{"GET /v1/friend-requests?direction=outgoing&status=pending", "", "ListRequests", &friendpb.ListRequestsRequest{UserId: 7, Outgoing: true, Status: "pending", Limit: 50}, &friendpb.ListRequestsResponse{Requests: []*friendpb.FriendRequest{request}}, 200, `{"items":[` + requestJSON + `],"nextCursor":""}`},
		{"POST /v1/friend-requests/60/accept", "", "AcceptRequest", &friendpb.AcceptRequestRequest{UserId: 7, RequestId: 60}, &friendpb.AcceptRequestResponse{Request: request}, 200, requestJSON},
		{"POST /v1/friend-requests/60/accept", `{"remark":"R","id":"61"}`, "AcceptRequest", &friendpb.AcceptRequestRequest{UserId: 7, RequestId: 60, Remark: "R"}, &friendpb.AcceptRequestResponse{Request: request}, 200, requestJSON},
		{"POST /v1/friend-requests/60/reject", "{}", "RejectRequest", &friendpb.RejectRequestRequest{UserId: 7, RequestId: 60}, &friendpb.RejectRequestResponse{Request: request}, 200, requestJSON},
		{"POST /v1/friend-requests/60/cancel", "{}", "CancelRequest", &friendpb.CancelRequestRequest{UserId: 7, RequestId: 60}, &friendpb.CancelRequestResponse{Request: request}, 200, requestJSON},
		{
			"GET /v1/friends?since=4", "", "ListFriends", &friendpb.ListFriendsRequest{UserId: 7, Since: 4, Limit: 50}, &friendpb.ListFriendsResponse{Friends: []*friendpb.Friend{{UserId: 8, Remark: "R"}, {UserId: 9, Tags: []string{"t"}}}, Deleted: []int64{10}, Version: 5, Reset_: true}, 200,
			`{"items":[{"user":` + annJSON + `,"remark":"R","starred":false,"tags":[],"createdAt":0},{"user":` + gone + `,"remark":"","starred":false,"tags":["t"],"createdAt":0}],"deleted":["10"],"nextCursor":"","version":5,"reset":true}`,
		},
		{"PATCH /v1/friends/8", `{"remark":"R","tags":[]}`, "UpdateFriend", &friendpb.UpdateFriendRequest{UserId: 7, FriendId: 8, Remark: &remark, Tags: &friendpb.TagList{}}, &friendpb.UpdateFriendResponse{Friend: &friendpb.Friend{UserId: 8, Remark: "R"}}, 200, `{"user":` + annJSON + `,"remark":"R","starred":false,"tags":[],"createdAt":0}`},
		{"DELETE /v1/friends/8", "", "DeleteFriend", &friendpb.DeleteFriendRequest{UserId: 7, FriendId: 8}, nil, 204, ""},
		{"GET /v1/blocks", "", "ListBlocks", &friendpb.ListBlocksRequest{UserId: 7, Limit: 50}, &friendpb.ListBlocksResponse{Blocks: []*friendpb.Block{{UserId: 8, CreatedAt: 2}}}, 200, `{"items":[{"user":` + annJSON + `,"createdAt":2}],"nextCursor":""}`},
		{"PUT /v1/blocks/8", "", "BlockUser", &friendpb.BlockUserRequest{UserId: 7, BlockedId: 8}, nil, 204, ""},
		{"DELETE /v1/blocks/8", "", "UnblockUser", &friendpb.UnblockUserRequest{UserId: 7, BlockedId: 8}, nil, 204, ""},
	}
}

func groupRoutes() []route {
	name, owner, admin, ordinary, empty := "new", "owner", "admin", "member", ""
	zero, never := int32(0), int64(0)
	bob := &grouppb.Member{UserId: 8, Role: "admin", Nickname: "Bob", MutedUntil: 3, JoinedAt: 1}
	bobJSON := `{"userId":"8","role":"admin","nickname":"Bob","mutedUntil":3,"joinedAt":1}`
	return []route{
		{"POST /v1/groups", `{"name":"team","memberIds":["8"]}`, "CreateGroup", &grouppb.CreateGroupRequest{UserId: 7, Name: "team", MemberIds: []int64{8}}, &grouppb.CreateGroupResponse{Group: team, Failed: []*grouppb.AddFailure{{UserId: 9, Reason: "FORBIDDEN"}}}, 201, teamJSON[:len(teamJSON)-1] + `,"failed":[{"userId":"9","reason":"FORBIDDEN"}]}`},
		{"GET /v1/groups", "", "ListGroups", &grouppb.ListGroupsRequest{UserId: 7, Limit: 50}, &grouppb.ListGroupsResponse{}, 200, `{"items":[],"nextCursor":""}`},
		{"GET /v1/groups/50", "", "GetGroup", &grouppb.GetGroupRequest{UserId: 7, GroupId: 50}, &grouppb.GetGroupResponse{Group: team}, 200, teamJSON},
		{"PATCH /v1/groups/50", `{"name":"new","announcement":""}`, "UpdateGroup", &grouppb.UpdateGroupRequest{UserId: 7, GroupId: 50, Name: &name, Announcement: &empty}, &grouppb.UpdateGroupResponse{Group: team}, 200, teamJSON},
		{"DELETE /v1/groups/50", "", "DismissGroup", &grouppb.DismissGroupRequest{UserId: 7, GroupId: 50}, nil, 204, ""},
		{"PATCH /v1/groups/50", `{"inviteRole":"member","editRole":"admin","mentionAllRole":"owner","slowModeSeconds":0}`, "UpdateGroup", &grouppb.UpdateGroupRequest{UserId: 7, GroupId: 50, InviteRole: &ordinary, EditRole: &admin, MentionAllRole: &owner, SlowModeSeconds: &zero}, &grouppb.UpdateGroupResponse{Group: team}, 200, teamJSON},
		{"POST /v1/groups", `{"name":"team","inviteRole":"member","editRole":"admin","mentionAllRole":"owner","slowModeSeconds":5}`, "CreateGroup", &grouppb.CreateGroupRequest{UserId: 7, Name: "team", InviteRole: "member", EditRole: "admin", MentionAllRole: "owner", SlowModeSeconds: 5}, &grouppb.CreateGroupResponse{Group: team}, 201, teamJSON[:len(teamJSON)-1] + `,"failed":[]}`},
		{"PUT /v1/groups/50/owner", `{"userId":"8"}`, "TransferGroup", &grouppb.TransferGroupRequest{UserId: 7, GroupId: 50, NewOwnerId: 8}, &grouppb.TransferGroupResponse{Group: team}, 204, ""},
		{"PUT /v1/groups/50/announcement", `{"text":"hi"}`, "SetAnnouncement", &grouppb.SetAnnouncementRequest{UserId: 7, GroupId: 50, Text: "hi"}, &grouppb.SetAnnouncementResponse{Group: team}, 204, ""},
		{"PUT /v1/groups/50/mute-all", `{"until":13}`, "MuteAll", &grouppb.MuteAllRequest{UserId: 7, GroupId: 50, Until: 13}, &grouppb.MuteAllResponse{Group: team}, 204, ""},
		{"GET /v1/groups/50/members?role=admin&name=a&since=4&cursor=k", "", "ListMembers", &grouppb.ListMembersRequest{UserId: 7, GroupId: 50, Limit: 50, Role: "admin", NamePrefix: "a", Since: 4, Cursor: "k"}, &grouppb.ListMembersResponse{Deleted: []int64{9}, NextCursor: "l", Version: 5, Reset_: true}, 200, `{"items":[],"deleted":["9"],"nextCursor":"l","version":5,"reset":true}`},
		{"GET /v1/groups/50/members/8", "", "GetMember", &grouppb.GetMemberRequest{UserId: 7, GroupId: 50, MemberId: 8}, &grouppb.GetMemberResponse{Member: bob}, 200, bobJSON},
		{"PATCH /v1/groups/50/members/8", `{"role":"admin","nickname":"","mutedUntil":0}`, "UpdateMember", &grouppb.UpdateMemberRequest{UserId: 7, GroupId: 50, MemberId: 8, Role: &admin, Nickname: &empty, MutedUntil: &never}, &grouppb.UpdateMemberResponse{Member: bob}, 200, bobJSON},
		{"GET /v1/groups/50/members?limit=200", "", "ListMembers", &grouppb.ListMembersRequest{UserId: 7, GroupId: 50, Limit: 200}, &grouppb.ListMembersResponse{Members: []*grouppb.Member{{UserId: 8, Role: "member", JoinedAt: 1}}}, 200, `{"items":[{"userId":"8","role":"member","nickname":"","mutedUntil":0,"joinedAt":1}],"deleted":[],"nextCursor":"","version":0,"reset":false}`},
		{"POST /v1/groups/50/members", `{"userIds":["8","9"]}`, "AddMembers", &grouppb.AddMembersRequest{UserId: 7, GroupId: 50, UserIds: []int64{8, 9}}, &grouppb.AddMembersResponse{Added: []int64{8}, Failed: []*grouppb.AddFailure{{UserId: 9, Reason: "BLOCKED"}}}, 200, `{"added":["8"],"failed":[{"userId":"9","reason":"BLOCKED"}]}`},
		{"DELETE /v1/groups/50/members/me", "", "LeaveGroup", &grouppb.LeaveGroupRequest{UserId: 7, GroupId: 50}, nil, 204, ""},
		{"DELETE /v1/groups/50/members/8", "", "RemoveMember", &grouppb.RemoveMemberRequest{UserId: 7, GroupId: 50, MemberId: 8}, nil, 204, ""},
	}
}

func joiningRoutes() []route {
	asked := &grouppb.JoinRequest{RequestId: 60, GroupId: 50, UserId: 8, Message: "hi", Status: "pending", CreatedAt: 1, HandledAt: 2, HandledBy: 7}
	askedJSON := `{"requestId":"60","groupId":"50","userId":"8","message":"hi","status":"pending","createdAt":1,"handledAt":2,"handledBy":"7"}`
	invite := &grouppb.Invite{InviteId: 61, GroupId: 50, CreatedBy: 7, CreatedAt: 1, ExpiresAt: 2, MaxUses: 3, Uses: 1}
	inviteJSON := `{"inviteId":"61","groupId":"50","createdBy":"7","createdAt":1,"expiresAt":2,"maxUses":3,"uses":1}`
	join := &grouppb.JoinGroupRequest{UserId: 7, GroupId: 50, Message: "hi"}
	return []route{
		{"POST /v1/groups/50/join", `{"message":"hi"}`, "JoinGroup", join, &grouppb.JoinGroupResponse{Outcome: &grouppb.JoinGroupResponse_Joined{Joined: team}}, 200, teamJSON},
		{"POST /v1/groups/50/join", `{"message":"hi"}`, "JoinGroup", join, &grouppb.JoinGroupResponse{Outcome: &grouppb.JoinGroupResponse_Asked{Asked: asked}}, 201, askedJSON},
		{"GET /v1/groups/50/join-requests?status=pending&limit=1&cursor=k", "", "ListJoinRequests", &grouppb.ListJoinRequestsRequest{UserId: 7, GroupId: 50, Status: "pending", Limit: 1, Cursor: "k"}, &grouppb.ListJoinRequestsResponse{Requests: []*grouppb.JoinRequest{asked}, NextCursor: "l"}, 200, `{"items":[` + askedJSON + `],"nextCursor":"l"}`},
		{"POST /v1/groups/50/join-requests/60/accept", "", "AcceptJoinRequest", &grouppb.AcceptJoinRequestRequest{UserId: 7, GroupId: 50, RequestId: 60}, &grouppb.AcceptJoinRequestResponse{Request: asked}, 200, askedJSON},
		{"POST /v1/groups/50/join-requests/60/reject", "{}", "RejectJoinRequest", &grouppb.RejectJoinRequestRequest{UserId: 7, GroupId: 50, RequestId: 60}, &grouppb.RejectJoinRequestResponse{Request: asked}, 200, askedJSON},
		{"POST /v1/groups/50/invites", `{"expiresIn":60,"maxUses":3}`, "CreateInvite", &grouppb.CreateInviteRequest{UserId: 7, GroupId: 50, ExpiresIn: 60, MaxUses: 3}, &grouppb.CreateInviteResponse{Invite: invite, Code: "CODE"}, 201, inviteJSON[:len(inviteJSON)-1] + `,"code":"CODE"}`},
		{"GET /v1/groups/50/invites", "", "ListInvites", &grouppb.ListInvitesRequest{UserId: 7, GroupId: 50, Limit: 50}, &grouppb.ListInvitesResponse{Invites: []*grouppb.Invite{invite}}, 200, `{"items":[` + inviteJSON + `],"nextCursor":""}`},
		{"DELETE /v1/groups/50/invites/61", "", "DeleteInvite", &grouppb.DeleteInviteRequest{UserId: 7, GroupId: 50, InviteId: 61}, nil, 204, ""},
		{"GET /v1/invites/CODE", "", "GetInvite", &grouppb.GetInviteRequest{UserId: 7, Code: "CODE"}, &grouppb.GetInviteResponse{GroupId: 50, Name: "team", MemberCount: 2, ExpiresAt: 3}, 200, `{"groupId":"50","name":"team","avatarUrl":"","memberCount":2,"expiresAt":3}`},
		{"POST /v1/invites/CODE/join", "", "JoinByInvite", &grouppb.JoinByInviteRequest{UserId: 7, Code: "CODE"}, &grouppb.JoinByInviteResponse{Group: team}, 200, teamJSON},
		{"GET /v1/groups/50/bans", "", "ListBans", &grouppb.ListBansRequest{UserId: 7, GroupId: 50, Limit: 50}, &grouppb.ListBansResponse{Bans: []*grouppb.Ban{{UserId: 8, BannedBy: 7, CreatedAt: 1}}}, 200, `{"items":[{"userId":"8","bannedBy":"7","createdAt":1}],"nextCursor":""}`},
		{"PUT /v1/groups/50/bans/8", "", "BanUser", &grouppb.BanUserRequest{UserId: 7, GroupId: 50, TargetId: 8}, nil, 204, ""},
		{"DELETE /v1/groups/50/bans/8", "", "UnbanUser", &grouppb.UnbanUserRequest{UserId: 7, GroupId: 50, TargetId: 8}, nil, 204, ""},
	}
}

func chatRoutes() []route {
	after, until, draft, yes, no := int64(0), int64(5), "d", true, false
	message := &chatpb.Message{ClientMsgId: "c", ToUserId: 8, Type: "custom", Content: []byte(`{"n": 12345678901234567890, "b":1, "a":"<"}`), Mentions: []string{"all"}, ReplyToSeq: 3}
	sent := `{"messageId":"90","conversationId":"s:7:8","seq":2,"serverTime":11}`
	body := `{"clientMsgId":"c","toUserId":"8","type":"custom","content":{"n": 12345678901234567890, "b":1, "a":"<"},"mentions":["all"],"replyToSeq":3}`
	scheduled := &chatpb.ScheduledMessage{ScheduledId: 60, SendAt: 12, Message: message, Status: "failed", Reason: "BLOCKED", CreatedAt: 1}
	scheduledJSON := `{"scheduledId":"60","sendAt":12,"message":{"clientMsgId":"c","toUserId":"8","type":"custom","content":{"n":12345678901234567890,"b":1,"a":"<"},"replyToSeq":3,"mentions":["all"]},"status":"failed","reason":"BLOCKED","createdAt":1}`
	return []route{
		{"POST /v1/messages", body, "Send", &chatpb.SendRequest{SenderId: 7, Message: message}, &chatpb.SendResponse{MessageId: 90, ConversationId: "s:7:8", Seq: 2, ServerTime: 11}, 201, sent},
		{"POST /v1/messages", body, "Send", &chatpb.SendRequest{SenderId: 7, Message: message}, &chatpb.SendResponse{MessageId: 90, ConversationId: "s:7:8", Seq: 2, ServerTime: 11, RepeatedSend: true}, 200, sent},
		{"GET /v1/messages/search?q=hi&conversationId=s:7:8&senderId=8&type=text&before=9&limit=1&cursor=k", "", "SearchMessages", &chatpb.SearchMessagesRequest{UserId: 7, Query: "hi", ConversationId: "s:7:8", SenderId: 8, Type: "text", Before: 9, Limit: 1, Cursor: "k"}, &chatpb.SearchMessagesResponse{Messages: []*logpb.Entry{entry}, NextCursor: "l"}, 200, `{"items":[` + entryJSON + `],"nextCursor":"l"}`},
		{"POST /v1/scheduled-messages", `{"sendAt":12,"message":` + body + `}`, "ScheduleMessage", &chatpb.ScheduleMessageRequest{UserId: 7, SendAt: 12, Message: message}, &chatpb.ScheduleMessageResponse{Scheduled: scheduled}, 201, scheduledJSON},
		{"GET /v1/scheduled-messages?limit=1&cursor=k", "", "ListScheduledMessages", &chatpb.ListScheduledMessagesRequest{UserId: 7, Limit: 1, Cursor: "k"}, &chatpb.ListScheduledMessagesResponse{Scheduled: []*chatpb.ScheduledMessage{scheduled}, NextCursor: "l"}, 200, `{"items":[` + scheduledJSON + `],"nextCursor":"l"}`},
		{"DELETE /v1/scheduled-messages/60", "", "CancelScheduledMessage", &chatpb.CancelScheduledMessageRequest{UserId: 7, ScheduledId: 60}, &chatpb.CancelScheduledMessageResponse{}, 204, ""},
		{"GET /v1/conversations?limit=1&cursor=k", "", "ListConversations", &chatpb.ListConversationsRequest{UserId: 7, Limit: 1, Cursor: "k"}, &chatpb.ListConversationsResponse{Conversations: []*chatpb.Conversation{conversation}, NextCursor: "l"}, 200, `{"items":[` + conversationJSON + `],"nextCursor":"l"}`},
		{"GET /v1/conversations/s:7:8", "", "GetConversation", &chatpb.GetConversationRequest{UserId: 7, ConversationId: "s:7:8"}, &chatpb.GetConversationResponse{Conversation: conversation}, 200, conversationJSON},
		{"GET /v1/conversations?archived=true", "", "ListConversations", &chatpb.ListConversationsRequest{UserId: 7, Limit: 50, Archived: true}, &chatpb.ListConversationsResponse{}, 200, `{"items":[],"nextCursor":""}`},
		{"PATCH /v1/conversations/s:7:8", `{"pinned":true,"mutedUntil":5,"draft":"d","markedUnread":false,"archived":true}`, "UpdateConversation", &chatpb.UpdateConversationRequest{UserId: 7, ConversationId: "s:7:8", SessionId: 70, Pinned: &yes, MutedUntil: &until, Draft: &draft, MarkedUnread: &no, Archived: &yes}, &chatpb.UpdateConversationResponse{Conversation: conversation}, 200, conversationJSON},
		{"PATCH /v1/conversations/s:7:8", `{}`, "UpdateConversation", &chatpb.UpdateConversationRequest{UserId: 7, ConversationId: "s:7:8", SessionId: 70}, &chatpb.UpdateConversationResponse{Conversation: conversation}, 200, conversationJSON},
		{"DELETE /v1/conversations/s:7:8", "", "ClearConversation", &chatpb.ClearConversationRequest{UserId: 7, ConversationId: "s:7:8", SessionId: 70}, nil, 204, ""},
		{"POST /v1/conversations/s:7:8/hide", "", "HideConversation", &chatpb.HideConversationRequest{UserId: 7, ConversationId: "s:7:8", SessionId: 70}, nil, 204, ""},
		{"DELETE /v1/conversations/s:7:8/messages", `{"seqs":[2,1]}`, "DeleteMessages", &chatpb.DeleteMessagesRequest{UserId: 7, ConversationId: "s:7:8", SessionId: 70, Seqs: []int64{2, 1}}, nil, 204, ""},
		{"GET /v1/conversations/g:50/messages/2/readers?limit=2&cursor=k", "", "ListReaders", &chatpb.ListReadersRequest{UserId: 7, ConversationId: "g:50", Seq: 2, Limit: 2, Cursor: "k"}, &chatpb.ListReadersResponse{UserIds: []int64{8, 9}, ReadCount: 3, UnreadCount: 4, NextCursor: "l"}, 200, `{"read":["8","9"],"readCount":3,"unreadCount":4,"nextCursor":"l"}`},
		{"GET /v1/conversations/g:50/messages/2/readers", "", "ListReaders", &chatpb.ListReadersRequest{UserId: 7, ConversationId: "g:50", Seq: 2, Limit: 50}, &chatpb.ListReadersResponse{ReadCount: 1}, 200, `{"read":[],"readCount":1,"unreadCount":0,"nextCursor":""}`},
		{"POST /v1/conversations/s:7:8/read", `{"seq":2}`, "MarkRead", &chatpb.MarkReadRequest{UserId: 7, ConversationId: "s:7:8", Seq: 2, SessionId: 70}, &chatpb.MarkReadResponse{ReadSeq: 2}, 204, ""},
		{"GET /v1/conversations/s:7:8/messages?afterSeq=0&limit=1", "", "ListMessages", &chatpb.ListMessagesRequest{UserId: 7, ConversationId: "s:7:8", AfterSeq: &after, Limit: 1}, &chatpb.ListMessagesResponse{Messages: []*logpb.Entry{entry}, HasMore: true}, 200, `{"items":[` + entryJSON + `],"nextCursor":"after:2","hasMore":true}`},
		{
			"GET /v1/sync?since=k", "", "Sync", &chatpb.SyncRequest{UserId: 7, Since: "k", Limit: 50}, &chatpb.SyncResponse{Conversations: []*chatpb.SyncConversation{{Conversation: conversation, Messages: []*logpb.Entry{entry}, DeletedSeqs: []int64{1}, DeletedMore: true}}, NextSince: "l", More: true}, 200,
			`{"conversations":[` + conversationJSON[:len(conversationJSON)-1] + `,"messages":[` + entryJSON + `],"hasMore":false,"deletedSeqs":[1],"deletedMore":true}],"nextSince":"l","more":true,"reset":false}`,
		},
	}
}

func changeRoutes() []route {
	changed := &chatpb.ChangeResponse{MessageId: 91, Seq: 3, ServerTime: 12}
	changedJSON := `{"messageId":"91","conversationId":"s:7:8","seq":3,"serverTime":12}`
	reacted := &logpb.Entry{
		ConversationId: "s:7:8", Seq: 2, MessageId: 90, SenderId: 8, Type: "text", Content: []byte(`{"text":"x"}`), CreatedAt: 11, EditedAt: 12,
		Reactions: []*logpb.Reaction{{Emoji: "👍", Count: 2, Mine: true}, {Emoji: ":a:", Count: 1}}, ReactionSeq: 5,
	}
	reactedJSON := `{"conversationId":"s:7:8","seq":2,"messageId":"90","clientMsgId":"","senderId":"8","type":"text","content":{"text":"x"},` +
		`"createdAt":11,"editedAt":12,"reactions":[{"emoji":"👍","count":2,"mine":true},{"emoji":":a:","count":1,"mine":false}],"reactionSeq":5}`
	const at = "/v1/conversations/s:7:8/messages/2"
	return []route{
		{"POST " + at + "/recall", "", "RecallMessage", &chatpb.RecallMessageRequest{UserId: 7, ConversationId: "s:7:8", Seq: 2}, changed, 200, changedJSON},
		{"PATCH " + at, `{"content":{"text":"<"},"mentions":["all"]}`, "EditMessage", &chatpb.EditMessageRequest{UserId: 7, ConversationId: "s:7:8", Seq: 2, Content: []byte(`{"text":"<"}`), Mentions: []string{"all"}}, changed, 200, changedJSON},
		{"GET " + at + "/edits", "", "ListEdits", &chatpb.ListEditsRequest{UserId: 7, ConversationId: "s:7:8", Seq: 2}, &chatpb.ListEditsResponse{Versions: []*chatpb.MessageVersion{
			{Content: []byte(`{"text":"x"}`), WrittenAt: 11}, {Content: []byte(`{"text":"<"}`), Mentions: []string{"all"}, WrittenAt: 12},
		}}, 200, `{"items":[{"content":{"text":"x"},"mentions":[],"writtenAt":11},{"content":{"text":"<"},"mentions":["all"],"writtenAt":12}]}`},
		{"PUT " + at + "/reactions/%F0%9F%91%8D", "", "ReactMessage", &chatpb.ReactMessageRequest{UserId: 7, ConversationId: "s:7:8", Seq: 2, Emoji: "👍"}, changed, 204, ""},
		{"PUT " + at + "/reactions/%23%EF%B8%8F%E2%83%A3", "", "ReactMessage", &chatpb.ReactMessageRequest{UserId: 7, ConversationId: "s:7:8", Seq: 2, Emoji: "#️⃣"}, changed, 204, ""},
		{"DELETE " + at + "/reactions/:+1:", "", "ReactMessage", &chatpb.ReactMessageRequest{UserId: 7, ConversationId: "s:7:8", Seq: 2, Emoji: ":+1:", Removed: true}, changed, 204, ""},
		{"PUT /v1/conversations/s:7:8/pins/2", "", "PinMessage", &chatpb.PinMessageRequest{UserId: 7, ConversationId: "s:7:8", Seq: 2}, changed, 204, ""},
		{"DELETE /v1/conversations/s:7:8/pins/2", "", "PinMessage", &chatpb.PinMessageRequest{UserId: 7, ConversationId: "s:7:8", Seq: 2, Removed: true}, changed, 204, ""},
		{"GET /v1/conversations/s:7:8/pins", "", "ListPins", &chatpb.ListPinsRequest{UserId: 7, ConversationId: "s:7:8"}, &chatpb.ListPinsResponse{Pins: []*chatpb.PinnedMessage{{Message: reacted, PinnedBy: 8, PinnedAt: 13}}}, 200, `{"items":[{"message":` + reactedJSON + `,"pinnedBy":"8","pinnedAt":13}]}`},
		{"GET /v1/conversations/s:7:8/pins", "", "ListPins", &chatpb.ListPinsRequest{UserId: 7, ConversationId: "s:7:8"}, &chatpb.ListPinsResponse{}, 200, `{"items":[]}`},
		{
			"POST /v1/messages/forward", `{"from":{"conversationId":"s:7:8","seqs":[2,3]},"to":["g:5","g:6"],"merge":true,"title":"t","clientMsgId":"c"}`, "ForwardMessages",
			&chatpb.ForwardMessagesRequest{UserId: 7, FromConversationId: "s:7:8", Seqs: []int64{2, 3}, ToConversationIds: []string{"g:5", "g:6"}, Merge: true, Title: "t", ClientMsgId: "c"},
			&chatpb.ForwardMessagesResponse{Items: []*chatpb.ForwardedMessage{{ConversationId: "g:5", MessageId: 90, Seq: 2}, {ConversationId: "g:6", FromSeq: 2, Failure: &chatpb.Failure{Reason: "MUTED", Message: "no"}}}}, 200,
			`{"items":[{"conversationId":"g:5","messageId":"90","seq":2},{"conversationId":"g:6","fromSeq":2,"error":{"reason":"MUTED","message":"no"}}]}`,
		},
	}
}

func TestAPlaceThatIsNoneIsNotFound(t *testing.T) {
	t.Parallel()
	_, base := newGateway(t, nil, nil)
	for _, seq := range []string{"0", "-1", "01", "x", "9223372036854775808"} {
		for _, path := range []string{"POST /v1/conversations/s:7:8/messages/" + seq + "/recall", "PUT /v1/conversations/s:7:8/pins/" + seq} {
			got := call(t, base, path, "")
			require.Equal(t, 404, got.status, path)
			require.Contains(t, got.body, "MESSAGE_NOT_FOUND", path)
		}
	}
	got := call(t, base, "DELETE /v1/conversations/s:8:7/messages/1/reactions/x", "")
	require.Contains(t, got.body, "CONVERSATION_NOT_FOUND")
}

func TestEveryRouteAsksItsServiceAndAnswersAsTheContractSays(t *testing.T) {
	t.Parallel()
	for _, part := range [][]route{sessionRoutes(), userRoutes(), friendRoutes(), groupRoutes(), joiningRoutes(), chatRoutes(), changeRoutes()} {
		for _, tc := range part {
			t.Run(tc.call, func(t *testing.T) {
				t.Parallel()
				b, base := newGateway(t, map[string]string{"WS_PUBLIC_URL": "wss://chat.example/ws"}, nil)
				b.answer("RevokeOtherSessions", nil, nil)
				b.answer("BatchGetUsers", &userpb.BatchGetUsersResponse{Users: []*userpb.User{ann}}, nil) // for joins
				b.answer(tc.rpc, tc.reply, nil)
				got := call(t, base, tc.call, tc.body)
				require.Equal(t, tc.status, got.status, got.body)
				require.True(t, proto.Equal(tc.asked, b.lastAsked(tc.rpc)), "asked %v, want %v", b.lastAsked(tc.rpc), tc.asked)
				if tc.want == "" {
					require.Empty(t, got.body)
					return
				}
				require.Equal(t, "application/json", got.header.Get("Content-Type"))
				require.JSONEq(t, tc.want, got.body)
				require.NotContains(t, got.body, `\u003c`, "text must stay as it was sent")
			})
		}
	}
}

func TestRegisterAndLoginStartASession(t *testing.T) {
	t.Parallel()
	b, base := newGateway(t, nil, nil)
	b.answer("Register", &userpb.RegisterResponse{User: ann}, nil)
	b.answer("VerifyPassword", &userpb.VerifyPasswordResponse{User: ann, PasswordVersion: 2}, nil)
	b.answer("CreateSession", &authpb.CreateSessionResponse{Session: session, Tokens: tokens}, nil)
	want := `{"user":` + annJSON + `,"session":` + sessionJSON + `,"tokens":` + tokensJSON + `}`
	started := &authpb.CreateSessionRequest{UserId: 8, Device: session.GetDevice(), Ip: "127.0.0.1"}

	got := call(t, base, "POST /v1/auth/register", `{"username":"ann","password":"pw","nickname":"A","device":`+deviceJSON+`}`, "Authorization: ")
	require.Equal(t, 201, got.status, got.body)
	require.JSONEq(t, want, got.body)
	require.True(t, proto.Equal(&userpb.RegisterRequest{Username: "ann", Password: "pw", Nickname: "A"}, b.lastAsked("Register")))
	require.True(t, proto.Equal(started, b.lastAsked("CreateSession")))

	started.PasswordVersion = 2
	got = call(t, base, "POST /v1/auth/login", `{"username":"ann","password":"pw","device":`+deviceJSON+`}`, "Authorization: ")
	require.Equal(t, 200, got.status, got.body)
	require.JSONEq(t, want, got.body)
	require.True(t, proto.Equal(&userpb.VerifyPasswordRequest{Username: "ann", Password: "pw"}, b.lastAsked("VerifyPassword")))
	require.True(t, proto.Equal(started, b.lastAsked("CreateSession")))
}

func TestAPatchOfOneSettingKeepsTheOthers(t *testing.T) {
	t.Parallel()
	b, base := newGateway(t, nil, nil)
	b.answer("UpdateProfile", &userpb.UpdateProfileResponse{Profile: profile}, nil)
	require.Equal(t, 200, call(t, base, "PATCH /v1/users/me", `{"settings":{"findableByName":true,"showLastSeen":false}}`).status)
	yes, no := true, false
	require.True(t, proto.Equal(&userpb.UpdateProfileRequest{
		UserId: 7, Settings: &userpb.SettingsChange{FindableByName: &yes, ShowLastSeen: &no},
	}, b.lastAsked("UpdateProfile")))
	nobody := "nobody"
	require.Equal(t, 200, call(t, base, "PATCH /v1/users/me", `{"settings":{"friendRequestsFrom":"nobody"}}`).status)
	require.True(t, proto.Equal(&userpb.UpdateProfileRequest{
		UserId: 7, Settings: &userpb.SettingsChange{FriendRequestsFrom: &nobody},
	}, b.lastAsked("UpdateProfile")))
}
