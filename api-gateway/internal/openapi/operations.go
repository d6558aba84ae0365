// Package openapi is the description of the HTTP API: an OpenAPI 3 document made from one table of operations and from the
// very Go types that requests and answers have, so that it cannot say otherwise. A test holds it against the routes.
package openapi

import (
	"net/http"

	"im-backend/api-gateway/internal/export"
	"im-backend/api-gateway/internal/types"
	"im-backend/common/utils/wire"
)

// Operation is one route.
type Operation struct {
	Method, Path string // the path with :name for parameters, as in the router
	ID           string // the handler's name
	Tag          string
	Summary      string
	Public       bool // needs no credential
	Request      any  // nil: none
	Status       int  // of a success
	Response     any  // nil: no body
}

// Answer is another success of an operation.
type Answer struct {
	Status   int
	Response any
}

// others are the operations, by id, that succeed in two ways.
var others = map[string]Answer{
	"joinGroup":   {created, types.JoinRequest{}},
	"sendMessage": {ok, types.SentMessage{}},
}

const (
	get    = http.MethodGet
	post   = http.MethodPost
	put    = http.MethodPut
	patch  = http.MethodPatch
	remove = http.MethodDelete

	ok        = http.StatusOK
	created   = http.StatusCreated
	noContent = http.StatusNoContent
)

// Operations lists every route of the API.
func Operations() []Operation {
	var all []Operation
	for _, part := range [][]Operation{sessions(), users(), friends(), groups(), joining(), conversations()} {
		all = append(all, part...)
	}
	return all
}

func sessions() []Operation {
	const tag = "Accounts and sessions"
	return []Operation{
		{post, "/v1/auth/register", "register", tag, "Create an account and sign its first device in", true, types.RegisterRequest{}, created, types.RegisterResponse{}},
		{post, "/v1/auth/login", "login", tag, "Sign a device in", true, types.LoginRequest{}, ok, types.LoginResponse{}},
		{post, "/v1/auth/refresh", "refresh", tag, "Rotate a refresh token", true, types.RefreshRequest{}, ok, types.RefreshResponse{}},
		{post, "/v1/auth/logout", "logout", tag, "End this session", false, nil, noContent, nil},
		{get, "/v1/auth/sessions", "listSessions", tag, "List one's sessions", false, types.ListSessionsRequest{}, ok, types.SessionList{}},
		{remove, "/v1/auth/sessions/:sessionId", "revokeSession", tag, "End one of one's sessions", false, types.SessionPath{}, noContent, nil},
		{post, "/v1/auth/sessions/revoke-others", "revokeOtherSessions", tag, "End all other sessions", false, nil, noContent, nil},
		{post, "/v1/auth/password", "changePassword", tag, "Set another password and end all other sessions", false, types.ChangePasswordRequest{}, noContent, nil},
		{post, "/v1/auth/ws-ticket", "createTicket", tag, "Make a single-use ticket for a WebSocket", false, nil, ok, types.Ticket{}},
		{get, "/.well-known/jwks.json", "getJwks", tag, "Public keys of the access tokens", true, nil, ok, map[string]any{}},
	}
}

func users() []Operation {
	const tag = "Users"
	return []Operation{
		{get, "/v1/users/me", "getProfile", tag, "One's own profile", false, nil, ok, types.Profile{}},
		{patch, "/v1/users/me", "updateProfile", tag, "Change the fields that are present", false, types.UpdateProfileRequest{}, ok, types.Profile{}},
		{get, "/v1/users/me/export", "exportData", tag, "One's own data as JSON lines; the last one has the kind end and says whether it is complete", false, types.ExportDataRequest{}, ok, export.Line{}},
		{remove, "/v1/users/me", "deleteAccount", tag, "End one's account for good", false, types.DeleteAccountRequest{}, noContent, nil},
		{get, "/v1/users/search", "searchUsers", tag, "Find users by username, phone, email or nickname prefix", false, types.SearchUsersRequest{}, ok, types.UserList{}},
		{get, "/v1/users", "getUsers", tag, "Public profiles of up to 200 users, ids with commas", false, types.GetUsersRequest{}, ok, types.UserList{}},
		{get, "/v1/users/:userId", "getUser", tag, "Public profile of a user", false, types.UserPath{}, ok, types.User{}},
		{get, "/v1/presence", "getPresence", tag, "Which of up to 200 friends are online, ids with commas; others are left out", false, types.GetPresenceRequest{}, ok, types.PresenceList{}},
	}
}

func friends() []Operation {
	const tag = "Friends"
	return []Operation{
		{post, "/v1/friend-requests", "createFriendRequest", tag, "Ask another user to be friends", false, types.CreateFriendRequestRequest{}, created, types.CreatedFriendRequest{}},
		{get, "/v1/friend-requests", "listFriendRequests", tag, "List friend requests", false, types.ListFriendRequestsRequest{}, ok, types.FriendRequestList{}},
		{post, "/v1/friend-requests/:id/accept", "acceptFriendRequest", tag, "Accept a request", false, types.AcceptFriendRequestRequest{}, ok, types.FriendRequest{}},
		{post, "/v1/friend-requests/:id/reject", "rejectFriendRequest", tag, "Reject a request", false, types.FriendRequestPath{}, ok, types.FriendRequest{}},
		{post, "/v1/friend-requests/:id/cancel", "cancelFriendRequest", tag, "Take one's own request back", false, types.FriendRequestPath{}, ok, types.FriendRequest{}},
		{get, "/v1/friends", "listFriends", tag, "List friends, or what changed since a version", false, types.ListFriendsRequest{}, ok, types.FriendList{}},
		{patch, "/v1/friends/:userId", "updateFriend", tag, "Change one's notes about a friend", false, types.UpdateFriendRequest{}, ok, types.Friend{}},
		{remove, "/v1/friends/:userId", "deleteFriend", tag, "End a friendship", false, types.FriendPath{}, noContent, nil},
		{get, "/v1/blocks", "listBlocks", tag, "List blocked users", false, types.ListBlocksRequest{}, ok, types.BlockList{}},
		{put, "/v1/blocks/:userId", "blockUser", tag, "Block a user", false, types.FriendPath{}, noContent, nil},
		{remove, "/v1/blocks/:userId", "unblockUser", tag, "Take a block back", false, types.FriendPath{}, noContent, nil},
	}
}

func groups() []Operation {
	const tag = "Groups"
	return []Operation{
		{post, "/v1/groups", "createGroup", tag, "Make a group", false, types.CreateGroupRequest{}, created, types.CreatedGroup{}},
		{get, "/v1/groups", "listGroups", tag, "List one's groups", false, types.ListGroupsRequest{}, ok, types.GroupList{}},
		{get, "/v1/groups/:groupId", "getGroup", tag, "One group", false, types.GroupPath{}, ok, types.Group{}},
		{patch, "/v1/groups/:groupId", "updateGroup", tag, "Change the fields that are present", false, types.UpdateGroupRequest{}, ok, types.Group{}},
		{remove, "/v1/groups/:groupId", "dismissGroup", tag, "End a group", false, types.GroupPath{}, noContent, nil},
		{put, "/v1/groups/:groupId/owner", "transferGroup", tag, "Hand a group over to another member", false, types.TransferGroupRequest{}, noContent, nil},
		{put, "/v1/groups/:groupId/announcement", "setAnnouncement", tag, "Replace the announcement", false, types.SetAnnouncementRequest{}, noContent, nil},
		{put, "/v1/groups/:groupId/mute-all", "muteAll", tag, "Let only admins write until a time; zero ends it", false, types.MuteAllRequest{}, noContent, nil},
		{get, "/v1/groups/:groupId/members", "listMembers", tag, "List members, those of a role, those with a name, or what changed since a version", false, types.ListMembersRequest{}, ok, types.MemberList{}},
		{post, "/v1/groups/:groupId/members", "addMembers", tag, "Add members", false, types.AddMembersRequest{}, ok, types.AddMembersResponse{}},
		{get, "/v1/groups/:groupId/members/:userId", "getMember", tag, "One member", false, types.MemberPath{}, ok, types.Member{}},
		{patch, "/v1/groups/:groupId/members/:userId", "updateMember", tag, "Change a member's role, nickname or mute", false, types.UpdateMemberRequest{}, ok, types.Member{}},
		{remove, "/v1/groups/:groupId/members/me", "leaveGroup", tag, "Leave a group", false, types.GroupPath{}, noContent, nil},
		{remove, "/v1/groups/:groupId/members/:userId", "removeMember", tag, "Kick a member", false, types.MemberPath{}, noContent, nil},
	}
}

// joining is how people come into groups and are kept out.
func joining() []Operation {
	const tag = "Groups"
	return []Operation{
		{post, "/v1/groups/:groupId/join", "joinGroup", tag, "Join an open group (200, the group), or ask to join one that approves (201, the request)", false, types.JoinGroupRequest{}, ok, types.Group{}},
		{get, "/v1/groups/:groupId/join-requests", "listJoinRequests", tag, "List requests to join, newest first; for admins", false, types.ListJoinRequestsRequest{}, ok, types.JoinRequestList{}},
		{post, "/v1/groups/:groupId/join-requests/:id/accept", "acceptJoinRequest", tag, "Make the asker a member", false, types.JoinRequestPath{}, ok, types.JoinRequest{}},
		{post, "/v1/groups/:groupId/join-requests/:id/reject", "rejectJoinRequest", tag, "Decline a request to join", false, types.JoinRequestPath{}, ok, types.JoinRequest{}},
		{post, "/v1/groups/:groupId/invites", "createInvite", tag, "Make an invite; only this answer has its code", false, types.CreateInviteRequest{}, created, types.CreatedInvite{}},
		{get, "/v1/groups/:groupId/invites", "listInvites", tag, "List the invites that may still be used; for admins", false, types.ListInvitesRequest{}, ok, types.InviteList{}},
		{remove, "/v1/groups/:groupId/invites/:id", "deleteInvite", tag, "End an invite", false, types.InvitePath{}, noContent, nil},
		{get, "/v1/invites/:code", "getInvite", tag, "What the holder of a code may see of its group", false, types.InviteCodePath{}, ok, types.InvitedGroup{}},
		{post, "/v1/invites/:code/join", "joinByInvite", tag, "Join by a code, whatever the join policy", false, types.InviteCodePath{}, ok, types.Group{}},
		{get, "/v1/groups/:groupId/bans", "listBans", tag, "List banned users, newest first; for admins", false, types.ListBansRequest{}, ok, types.BanList{}},
		{put, "/v1/groups/:groupId/bans/:userId", "banUser", tag, "Keep a user out; a member is kicked", false, types.MemberPath{}, noContent, nil},
		{remove, "/v1/groups/:groupId/bans/:userId", "unbanUser", tag, "Let a user join again", false, types.MemberPath{}, noContent, nil},
	}
}

func conversations() []Operation {
	const tag = "Conversations and messages"
	return []Operation{
		{post, "/v1/messages", "sendMessage", tag, "Store a message (200 when it was already there)", false, types.SendMessageRequest{}, created, types.SentMessage{}},
		{get, "/v1/conversations", "listConversations", tag, "List conversations, pinned ones first, then the newest first; archived ones apart", false, types.ListConversationsRequest{}, ok, types.ConversationList{}},
		{get, "/v1/messages/search", "searchMessages", tag, "Find messages by what they say, the newest first", false, types.SearchMessagesRequest{}, ok, types.FoundMessages{}},
		{post, "/v1/scheduled-messages", "scheduleMessage", tag, "Send a message later, once", false, types.ScheduleMessageRequest{}, created, types.CreatedScheduledMessage{}},
		{get, "/v1/scheduled-messages", "listScheduledMessages", tag, "List what waits for its time or was refused", false, types.ListScheduledRequest{}, ok, types.ScheduledMessageList{}},
		{remove, "/v1/scheduled-messages/:id", "cancelScheduledMessage", tag, "Forget a message that waits for its time", false, types.ScheduledPath{}, noContent, nil},
		{get, "/v1/conversations/:id", "getConversation", tag, "One conversation", false, types.ConversationPath{}, ok, wire.Conversation{}},
		{patch, "/v1/conversations/:id", "updateConversation", tag, "Change one's own settings of a conversation", false, types.UpdateConversationRequest{}, ok, wire.Conversation{}},
		{remove, "/v1/conversations/:id", "clearConversation", tag, "Take the history up to now away from oneself alone", false, types.ConversationPath{}, noContent, nil},
		{post, "/v1/conversations/:id/hide", "hideConversation", tag, "Leave a conversation out of one's lists until its next entry", false, types.ConversationPath{}, noContent, nil},
		{remove, "/v1/conversations/:id/messages", "deleteMessages", tag, "Take up to 100 messages away from oneself alone", false, types.DeleteMessagesRequest{}, noContent, nil},
		{get, "/v1/conversations/:id/messages/:seq/readers", "listReaders", tag, "Who has read a message; counts alone in groups of more than 500", false, types.ListReadersRequest{}, ok, types.ReaderList{}},
		{post, "/v1/conversations/:id/read", "markRead", tag, "Move one's read position forward", false, types.MarkReadRequest{}, noContent, nil},
		{get, "/v1/conversations/:id/messages", "listMessages", tag, "A page of the history, ascending by seq", false, types.ListMessagesRequest{}, ok, types.MessageList{}},
		{post, "/v1/conversations/:id/messages/:seq/recall", "recallMessage", tag, "Empty a message for all; one's own for two minutes, admins of a group anyone's", false, types.MessagePath{}, ok, types.SentMessage{}},
		{patch, "/v1/conversations/:id/messages/:seq", "editMessage", tag, "Put another text in place of one's own, for a day", false, types.EditMessageRequest{}, ok, types.SentMessage{}},
		{get, "/v1/conversations/:id/messages/:seq/edits", "listEdits", tag, "All that a message has said, the present text last; for its author and admins", false, types.MessagePath{}, ok, types.VersionList{}},
		{put, "/v1/conversations/:id/messages/:seq/reactions/:emoji", "addReaction", tag, "React to a message with one emoji or :name:", false, types.ReactionPath{}, noContent, nil},
		{remove, "/v1/conversations/:id/messages/:seq/reactions/:emoji", "removeReaction", tag, "Take one's reaction back", false, types.ReactionPath{}, noContent, nil},
		{put, "/v1/conversations/:id/pins/:seq", "pinMessage", tag, "Pin a message for all; in groups admins only", false, types.MessagePath{}, noContent, nil},
		{remove, "/v1/conversations/:id/pins/:seq", "unpinMessage", tag, "Take a pin away", false, types.MessagePath{}, noContent, nil},
		{get, "/v1/conversations/:id/pins", "listPins", tag, "The pinned messages, the latest pin first", false, types.ConversationPath{}, ok, types.PinList{}},
		{post, "/v1/messages/forward", "forwardMessages", tag, "Send copies of up to 100 messages to up to 20 conversations, one by one or merged", false, types.ForwardMessagesRequest{}, ok, types.ForwardedList{}},
		{get, "/v1/sync", "sync", tag, "What changed since a token", false, types.SyncRequest{}, ok, wire.SyncPage{}},
	}
}
