// Made from openapi.json by scripts/generate.mjs; edit neither. eslint and prettier leave it alone.

import type { Args, CallOptions, Caller, Result } from "../calls.js";

/** Every operation of the HTTP API. Arguments are the parameters of path and query and the members of the body together. */
export class Calls {
  constructor(private readonly caller: Caller) {}

  /** Public keys of the access tokens. `GET /.well-known/jwks.json` */
  getJwks(args: Args<"getJwks"> = {}, options?: CallOptions): Promise<Result<"getJwks">> {
    return this.caller.call({ verb: "GET", path: "/.well-known/jwks.json", query: [], body: false, auth: false }, args, options);
  }

  /** Sign a device in. `POST /v1/auth/login` */
  login(args: Args<"login">, options?: CallOptions): Promise<Result<"login">> {
    return this.caller.call({ verb: "POST", path: "/v1/auth/login", query: [], body: true, auth: false }, args, options);
  }

  /** End this session. `POST /v1/auth/logout` */
  logout(args: Args<"logout"> = {}, options?: CallOptions): Promise<Result<"logout">> {
    return this.caller.call({ verb: "POST", path: "/v1/auth/logout", query: [], body: false, auth: true }, args, options);
  }

  /** Set another password and end all other sessions. `POST /v1/auth/password` */
  changePassword(args: Args<"changePassword">, options?: CallOptions): Promise<Result<"changePassword">> {
    return this.caller.call({ verb: "POST", path: "/v1/auth/password", query: [], body: true, auth: true }, args, options);
  }

  /** Rotate a refresh token. `POST /v1/auth/refresh` */
  refresh(args: Args<"refresh">, options?: CallOptions): Promise<Result<"refresh">> {
    return this.caller.call({ verb: "POST", path: "/v1/auth/refresh", query: [], body: true, auth: false }, args, options);
  }

  /** Create an account and sign its first device in. `POST /v1/auth/register` */
  register(args: Args<"register">, options?: CallOptions): Promise<Result<"register">> {
    return this.caller.call({ verb: "POST", path: "/v1/auth/register", query: [], body: true, auth: false }, args, options);
  }

  /** List one's sessions. `GET /v1/auth/sessions` */
  listSessions(args: Args<"listSessions"> = {}, options?: CallOptions): Promise<Result<"listSessions">> {
    return this.caller.call({ verb: "GET", path: "/v1/auth/sessions", query: ["limit","cursor"], body: false, auth: true }, args, options);
  }

  /** End all other sessions. `POST /v1/auth/sessions/revoke-others` */
  revokeOtherSessions(args: Args<"revokeOtherSessions"> = {}, options?: CallOptions): Promise<Result<"revokeOtherSessions">> {
    return this.caller.call({ verb: "POST", path: "/v1/auth/sessions/revoke-others", query: [], body: false, auth: true }, args, options);
  }

  /** End one of one's sessions. `DELETE /v1/auth/sessions/{sessionId}` */
  revokeSession(args: Args<"revokeSession">, options?: CallOptions): Promise<Result<"revokeSession">> {
    return this.caller.call({ verb: "DELETE", path: "/v1/auth/sessions/{sessionId}", query: [], body: false, auth: true }, args, options);
  }

  /** Make a single-use ticket for a WebSocket. `POST /v1/auth/ws-ticket` */
  createTicket(args: Args<"createTicket"> = {}, options?: CallOptions): Promise<Result<"createTicket">> {
    return this.caller.call({ verb: "POST", path: "/v1/auth/ws-ticket", query: [], body: false, auth: true }, args, options);
  }

  /** List blocked users. `GET /v1/blocks` */
  listBlocks(args: Args<"listBlocks"> = {}, options?: CallOptions): Promise<Result<"listBlocks">> {
    return this.caller.call({ verb: "GET", path: "/v1/blocks", query: ["limit","cursor"], body: false, auth: true }, args, options);
  }

  /** Take a block back. `DELETE /v1/blocks/{userId}` */
  unblockUser(args: Args<"unblockUser">, options?: CallOptions): Promise<Result<"unblockUser">> {
    return this.caller.call({ verb: "DELETE", path: "/v1/blocks/{userId}", query: [], body: false, auth: true }, args, options);
  }

  /** Block a user. `PUT /v1/blocks/{userId}` */
  blockUser(args: Args<"blockUser">, options?: CallOptions): Promise<Result<"blockUser">> {
    return this.caller.call({ verb: "PUT", path: "/v1/blocks/{userId}", query: [], body: false, auth: true }, args, options);
  }

  /** List conversations, pinned ones first, then the newest first; archived ones apart. `GET /v1/conversations` */
  listConversations(args: Args<"listConversations"> = {}, options?: CallOptions): Promise<Result<"listConversations">> {
    return this.caller.call({ verb: "GET", path: "/v1/conversations", query: ["limit","cursor","archived"], body: false, auth: true }, args, options);
  }

  /** Take the history up to now away from oneself alone. `DELETE /v1/conversations/{id}` */
  clearConversation(args: Args<"clearConversation">, options?: CallOptions): Promise<Result<"clearConversation">> {
    return this.caller.call({ verb: "DELETE", path: "/v1/conversations/{id}", query: [], body: false, auth: true }, args, options);
  }

  /** One conversation. `GET /v1/conversations/{id}` */
  getConversation(args: Args<"getConversation">, options?: CallOptions): Promise<Result<"getConversation">> {
    return this.caller.call({ verb: "GET", path: "/v1/conversations/{id}", query: [], body: false, auth: true }, args, options);
  }

  /** Change one's own settings of a conversation. `PATCH /v1/conversations/{id}` */
  updateConversation(args: Args<"updateConversation">, options?: CallOptions): Promise<Result<"updateConversation">> {
    return this.caller.call({ verb: "PATCH", path: "/v1/conversations/{id}", query: [], body: true, auth: true }, args, options);
  }

  /** Leave a conversation out of one's lists until its next entry. `POST /v1/conversations/{id}/hide` */
  hideConversation(args: Args<"hideConversation">, options?: CallOptions): Promise<Result<"hideConversation">> {
    return this.caller.call({ verb: "POST", path: "/v1/conversations/{id}/hide", query: [], body: false, auth: true }, args, options);
  }

  /** Take up to 100 messages away from oneself alone. `DELETE /v1/conversations/{id}/messages` */
  deleteMessages(args: Args<"deleteMessages">, options?: CallOptions): Promise<Result<"deleteMessages">> {
    return this.caller.call({ verb: "DELETE", path: "/v1/conversations/{id}/messages", query: [], body: true, auth: true }, args, options);
  }

  /** A page of the history, ascending by seq. `GET /v1/conversations/{id}/messages` */
  listMessages(args: Args<"listMessages">, options?: CallOptions): Promise<Result<"listMessages">> {
    return this.caller.call({ verb: "GET", path: "/v1/conversations/{id}/messages", query: ["beforeSeq","afterSeq","limit","cursor"], body: false, auth: true }, args, options);
  }

  /** Put another text in place of one's own, for a day. `PATCH /v1/conversations/{id}/messages/{seq}` */
  editMessage(args: Args<"editMessage">, options?: CallOptions): Promise<Result<"editMessage">> {
    return this.caller.call({ verb: "PATCH", path: "/v1/conversations/{id}/messages/{seq}", query: [], body: true, auth: true }, args, options);
  }

  /** All that a message has said, the present text last; for its author and admins. `GET /v1/conversations/{id}/messages/{seq}/edits` */
  listEdits(args: Args<"listEdits">, options?: CallOptions): Promise<Result<"listEdits">> {
    return this.caller.call({ verb: "GET", path: "/v1/conversations/{id}/messages/{seq}/edits", query: [], body: false, auth: true }, args, options);
  }

  /** Take one's reaction back. `DELETE /v1/conversations/{id}/messages/{seq}/reactions/{emoji}` */
  removeReaction(args: Args<"removeReaction">, options?: CallOptions): Promise<Result<"removeReaction">> {
    return this.caller.call({ verb: "DELETE", path: "/v1/conversations/{id}/messages/{seq}/reactions/{emoji}", query: [], body: false, auth: true }, args, options);
  }

  /** React to a message with one emoji or :name:. `PUT /v1/conversations/{id}/messages/{seq}/reactions/{emoji}` */
  addReaction(args: Args<"addReaction">, options?: CallOptions): Promise<Result<"addReaction">> {
    return this.caller.call({ verb: "PUT", path: "/v1/conversations/{id}/messages/{seq}/reactions/{emoji}", query: [], body: false, auth: true }, args, options);
  }

  /** Who has read a message; counts alone in groups of more than 500. `GET /v1/conversations/{id}/messages/{seq}/readers` */
  listReaders(args: Args<"listReaders">, options?: CallOptions): Promise<Result<"listReaders">> {
    return this.caller.call({ verb: "GET", path: "/v1/conversations/{id}/messages/{seq}/readers", query: ["limit","cursor"], body: false, auth: true }, args, options);
  }

  /** Empty a message for all; one's own for two minutes, admins of a group anyone's. `POST /v1/conversations/{id}/messages/{seq}/recall` */
  recallMessage(args: Args<"recallMessage">, options?: CallOptions): Promise<Result<"recallMessage">> {
    return this.caller.call({ verb: "POST", path: "/v1/conversations/{id}/messages/{seq}/recall", query: [], body: false, auth: true }, args, options);
  }

  /** The pinned messages, the latest pin first. `GET /v1/conversations/{id}/pins` */
  listPins(args: Args<"listPins">, options?: CallOptions): Promise<Result<"listPins">> {
    return this.caller.call({ verb: "GET", path: "/v1/conversations/{id}/pins", query: [], body: false, auth: true }, args, options);
  }

  /** Take a pin away. `DELETE /v1/conversations/{id}/pins/{seq}` */
  unpinMessage(args: Args<"unpinMessage">, options?: CallOptions): Promise<Result<"unpinMessage">> {
    return this.caller.call({ verb: "DELETE", path: "/v1/conversations/{id}/pins/{seq}", query: [], body: false, auth: true }, args, options);
  }

  /** Pin a message for all; in groups admins only. `PUT /v1/conversations/{id}/pins/{seq}` */
  pinMessage(args: Args<"pinMessage">, options?: CallOptions): Promise<Result<"pinMessage">> {
    return this.caller.call({ verb: "PUT", path: "/v1/conversations/{id}/pins/{seq}", query: [], body: false, auth: true }, args, options);
  }

  /** Move one's read position forward. `POST /v1/conversations/{id}/read` */
  markRead(args: Args<"markRead">, options?: CallOptions): Promise<Result<"markRead">> {
    return this.caller.call({ verb: "POST", path: "/v1/conversations/{id}/read", query: [], body: true, auth: true }, args, options);
  }

  /** List friend requests. `GET /v1/friend-requests` */
  listFriendRequests(args: Args<"listFriendRequests"> = {}, options?: CallOptions): Promise<Result<"listFriendRequests">> {
    return this.caller.call({ verb: "GET", path: "/v1/friend-requests", query: ["direction","status","limit","cursor"], body: false, auth: true }, args, options);
  }

  /** Ask another user to be friends. `POST /v1/friend-requests` */
  createFriendRequest(args: Args<"createFriendRequest">, options?: CallOptions): Promise<Result<"createFriendRequest">> {
    return this.caller.call({ verb: "POST", path: "/v1/friend-requests", query: [], body: true, auth: true }, args, options);
  }

  /** Accept a request. `POST /v1/friend-requests/{id}/accept` */
  acceptFriendRequest(args: Args<"acceptFriendRequest">, options?: CallOptions): Promise<Result<"acceptFriendRequest">> {
    return this.caller.call({ verb: "POST", path: "/v1/friend-requests/{id}/accept", query: [], body: true, auth: true }, args, options);
  }

  /** Take one's own request back. `POST /v1/friend-requests/{id}/cancel` */
  cancelFriendRequest(args: Args<"cancelFriendRequest">, options?: CallOptions): Promise<Result<"cancelFriendRequest">> {
    return this.caller.call({ verb: "POST", path: "/v1/friend-requests/{id}/cancel", query: [], body: false, auth: true }, args, options);
  }

  /** Reject a request. `POST /v1/friend-requests/{id}/reject` */
  rejectFriendRequest(args: Args<"rejectFriendRequest">, options?: CallOptions): Promise<Result<"rejectFriendRequest">> {
    return this.caller.call({ verb: "POST", path: "/v1/friend-requests/{id}/reject", query: [], body: false, auth: true }, args, options);
  }

  /** List friends, or what changed since a version. `GET /v1/friends` */
  listFriends(args: Args<"listFriends"> = {}, options?: CallOptions): Promise<Result<"listFriends">> {
    return this.caller.call({ verb: "GET", path: "/v1/friends", query: ["since","limit","cursor"], body: false, auth: true }, args, options);
  }

  /** End a friendship. `DELETE /v1/friends/{userId}` */
  deleteFriend(args: Args<"deleteFriend">, options?: CallOptions): Promise<Result<"deleteFriend">> {
    return this.caller.call({ verb: "DELETE", path: "/v1/friends/{userId}", query: [], body: false, auth: true }, args, options);
  }

  /** Change one's notes about a friend. `PATCH /v1/friends/{userId}` */
  updateFriend(args: Args<"updateFriend">, options?: CallOptions): Promise<Result<"updateFriend">> {
    return this.caller.call({ verb: "PATCH", path: "/v1/friends/{userId}", query: [], body: true, auth: true }, args, options);
  }

  /** List one's groups. `GET /v1/groups` */
  listGroups(args: Args<"listGroups"> = {}, options?: CallOptions): Promise<Result<"listGroups">> {
    return this.caller.call({ verb: "GET", path: "/v1/groups", query: ["limit","cursor"], body: false, auth: true }, args, options);
  }

  /** Make a group. `POST /v1/groups` */
  createGroup(args: Args<"createGroup">, options?: CallOptions): Promise<Result<"createGroup">> {
    return this.caller.call({ verb: "POST", path: "/v1/groups", query: [], body: true, auth: true }, args, options);
  }

  /** End a group. `DELETE /v1/groups/{groupId}` */
  dismissGroup(args: Args<"dismissGroup">, options?: CallOptions): Promise<Result<"dismissGroup">> {
    return this.caller.call({ verb: "DELETE", path: "/v1/groups/{groupId}", query: [], body: false, auth: true }, args, options);
  }

  /** One group. `GET /v1/groups/{groupId}` */
  getGroup(args: Args<"getGroup">, options?: CallOptions): Promise<Result<"getGroup">> {
    return this.caller.call({ verb: "GET", path: "/v1/groups/{groupId}", query: [], body: false, auth: true }, args, options);
  }

  /** Change the fields that are present. `PATCH /v1/groups/{groupId}` */
  updateGroup(args: Args<"updateGroup">, options?: CallOptions): Promise<Result<"updateGroup">> {
    return this.caller.call({ verb: "PATCH", path: "/v1/groups/{groupId}", query: [], body: true, auth: true }, args, options);
  }

  /** Replace the announcement. `PUT /v1/groups/{groupId}/announcement` */
  setAnnouncement(args: Args<"setAnnouncement">, options?: CallOptions): Promise<Result<"setAnnouncement">> {
    return this.caller.call({ verb: "PUT", path: "/v1/groups/{groupId}/announcement", query: [], body: true, auth: true }, args, options);
  }

  /** List banned users, newest first; for admins. `GET /v1/groups/{groupId}/bans` */
  listBans(args: Args<"listBans">, options?: CallOptions): Promise<Result<"listBans">> {
    return this.caller.call({ verb: "GET", path: "/v1/groups/{groupId}/bans", query: ["limit","cursor"], body: false, auth: true }, args, options);
  }

  /** Let a user join again. `DELETE /v1/groups/{groupId}/bans/{userId}` */
  unbanUser(args: Args<"unbanUser">, options?: CallOptions): Promise<Result<"unbanUser">> {
    return this.caller.call({ verb: "DELETE", path: "/v1/groups/{groupId}/bans/{userId}", query: [], body: false, auth: true }, args, options);
  }

  /** Keep a user out; a member is kicked. `PUT /v1/groups/{groupId}/bans/{userId}` */
  banUser(args: Args<"banUser">, options?: CallOptions): Promise<Result<"banUser">> {
    return this.caller.call({ verb: "PUT", path: "/v1/groups/{groupId}/bans/{userId}", query: [], body: false, auth: true }, args, options);
  }

  /** List the invites that may still be used; for admins. `GET /v1/groups/{groupId}/invites` */
  listInvites(args: Args<"listInvites">, options?: CallOptions): Promise<Result<"listInvites">> {
    return this.caller.call({ verb: "GET", path: "/v1/groups/{groupId}/invites", query: ["limit","cursor"], body: false, auth: true }, args, options);
  }

  /** Make an invite; only this answer has its code. `POST /v1/groups/{groupId}/invites` */
  createInvite(args: Args<"createInvite">, options?: CallOptions): Promise<Result<"createInvite">> {
    return this.caller.call({ verb: "POST", path: "/v1/groups/{groupId}/invites", query: [], body: true, auth: true }, args, options);
  }

  /** End an invite. `DELETE /v1/groups/{groupId}/invites/{id}` */
  deleteInvite(args: Args<"deleteInvite">, options?: CallOptions): Promise<Result<"deleteInvite">> {
    return this.caller.call({ verb: "DELETE", path: "/v1/groups/{groupId}/invites/{id}", query: [], body: false, auth: true }, args, options);
  }

  /** Join an open group (200, the group), or ask to join one that approves (201, the request). `POST /v1/groups/{groupId}/join` */
  joinGroup(args: Args<"joinGroup">, options?: CallOptions): Promise<Result<"joinGroup">> {
    return this.caller.call({ verb: "POST", path: "/v1/groups/{groupId}/join", query: [], body: true, auth: true }, args, options);
  }

  /** List requests to join, newest first; for admins. `GET /v1/groups/{groupId}/join-requests` */
  listJoinRequests(args: Args<"listJoinRequests">, options?: CallOptions): Promise<Result<"listJoinRequests">> {
    return this.caller.call({ verb: "GET", path: "/v1/groups/{groupId}/join-requests", query: ["status","limit","cursor"], body: false, auth: true }, args, options);
  }

  /** Make the asker a member. `POST /v1/groups/{groupId}/join-requests/{id}/accept` */
  acceptJoinRequest(args: Args<"acceptJoinRequest">, options?: CallOptions): Promise<Result<"acceptJoinRequest">> {
    return this.caller.call({ verb: "POST", path: "/v1/groups/{groupId}/join-requests/{id}/accept", query: [], body: false, auth: true }, args, options);
  }

  /** Decline a request to join. `POST /v1/groups/{groupId}/join-requests/{id}/reject` */
  rejectJoinRequest(args: Args<"rejectJoinRequest">, options?: CallOptions): Promise<Result<"rejectJoinRequest">> {
    return this.caller.call({ verb: "POST", path: "/v1/groups/{groupId}/join-requests/{id}/reject", query: [], body: false, auth: true }, args, options);
  }

  /** List members, those of a role, those with a name, or what changed since a version. `GET /v1/groups/{groupId}/members` */
  listMembers(args: Args<"listMembers">, options?: CallOptions): Promise<Result<"listMembers">> {
    return this.caller.call({ verb: "GET", path: "/v1/groups/{groupId}/members", query: ["limit","cursor","role","name","since"], body: false, auth: true }, args, options);
  }

  /** Add members. `POST /v1/groups/{groupId}/members` */
  addMembers(args: Args<"addMembers">, options?: CallOptions): Promise<Result<"addMembers">> {
    return this.caller.call({ verb: "POST", path: "/v1/groups/{groupId}/members", query: [], body: true, auth: true }, args, options);
  }

  /** Leave a group. `DELETE /v1/groups/{groupId}/members/me` */
  leaveGroup(args: Args<"leaveGroup">, options?: CallOptions): Promise<Result<"leaveGroup">> {
    return this.caller.call({ verb: "DELETE", path: "/v1/groups/{groupId}/members/me", query: [], body: false, auth: true }, args, options);
  }

  /** Kick a member. `DELETE /v1/groups/{groupId}/members/{userId}` */
  removeMember(args: Args<"removeMember">, options?: CallOptions): Promise<Result<"removeMember">> {
    return this.caller.call({ verb: "DELETE", path: "/v1/groups/{groupId}/members/{userId}", query: [], body: false, auth: true }, args, options);
  }

  /** One member. `GET /v1/groups/{groupId}/members/{userId}` */
  getMember(args: Args<"getMember">, options?: CallOptions): Promise<Result<"getMember">> {
    return this.caller.call({ verb: "GET", path: "/v1/groups/{groupId}/members/{userId}", query: [], body: false, auth: true }, args, options);
  }

  /** Change a member's role, nickname or mute. `PATCH /v1/groups/{groupId}/members/{userId}` */
  updateMember(args: Args<"updateMember">, options?: CallOptions): Promise<Result<"updateMember">> {
    return this.caller.call({ verb: "PATCH", path: "/v1/groups/{groupId}/members/{userId}", query: [], body: true, auth: true }, args, options);
  }

  /** Let only admins write until a time; zero ends it. `PUT /v1/groups/{groupId}/mute-all` */
  muteAll(args: Args<"muteAll">, options?: CallOptions): Promise<Result<"muteAll">> {
    return this.caller.call({ verb: "PUT", path: "/v1/groups/{groupId}/mute-all", query: [], body: true, auth: true }, args, options);
  }

  /** Hand a group over to another member. `PUT /v1/groups/{groupId}/owner` */
  transferGroup(args: Args<"transferGroup">, options?: CallOptions): Promise<Result<"transferGroup">> {
    return this.caller.call({ verb: "PUT", path: "/v1/groups/{groupId}/owner", query: [], body: true, auth: true }, args, options);
  }

  /** What the holder of a code may see of its group. `GET /v1/invites/{code}` */
  getInvite(args: Args<"getInvite">, options?: CallOptions): Promise<Result<"getInvite">> {
    return this.caller.call({ verb: "GET", path: "/v1/invites/{code}", query: [], body: false, auth: true }, args, options);
  }

  /** Join by a code, whatever the join policy. `POST /v1/invites/{code}/join` */
  joinByInvite(args: Args<"joinByInvite">, options?: CallOptions): Promise<Result<"joinByInvite">> {
    return this.caller.call({ verb: "POST", path: "/v1/invites/{code}/join", query: [], body: false, auth: true }, args, options);
  }

  /** Store a message (200 when it was already there). `POST /v1/messages` */
  sendMessage(args: Args<"sendMessage">, options?: CallOptions): Promise<Result<"sendMessage">> {
    return this.caller.call({ verb: "POST", path: "/v1/messages", query: [], body: true, auth: true }, args, options);
  }

  /** Send copies of up to 100 messages to up to 20 conversations, one by one or merged. `POST /v1/messages/forward` */
  forwardMessages(args: Args<"forwardMessages">, options?: CallOptions): Promise<Result<"forwardMessages">> {
    return this.caller.call({ verb: "POST", path: "/v1/messages/forward", query: [], body: true, auth: true }, args, options);
  }

  /** Find messages by what they say, the newest first. `GET /v1/messages/search` */
  searchMessages(args: Args<"searchMessages">, options?: CallOptions): Promise<Result<"searchMessages">> {
    return this.caller.call({ verb: "GET", path: "/v1/messages/search", query: ["q","conversationId","senderId","type","before","limit","cursor"], body: false, auth: true }, args, options);
  }

  /** Which of up to 200 friends are online, ids with commas; others are left out. `GET /v1/presence` */
  getPresence(args: Args<"getPresence">, options?: CallOptions): Promise<Result<"getPresence">> {
    return this.caller.call({ verb: "GET", path: "/v1/presence", query: ["userIds"], body: false, auth: true }, args, options);
  }

  /** List what waits for its time or was refused. `GET /v1/scheduled-messages` */
  listScheduledMessages(args: Args<"listScheduledMessages"> = {}, options?: CallOptions): Promise<Result<"listScheduledMessages">> {
    return this.caller.call({ verb: "GET", path: "/v1/scheduled-messages", query: ["limit","cursor"], body: false, auth: true }, args, options);
  }

  /** Send a message later, once. `POST /v1/scheduled-messages` */
  scheduleMessage(args: Args<"scheduleMessage">, options?: CallOptions): Promise<Result<"scheduleMessage">> {
    return this.caller.call({ verb: "POST", path: "/v1/scheduled-messages", query: [], body: true, auth: true }, args, options);
  }

  /** Forget a message that waits for its time. `DELETE /v1/scheduled-messages/{id}` */
  cancelScheduledMessage(args: Args<"cancelScheduledMessage">, options?: CallOptions): Promise<Result<"cancelScheduledMessage">> {
    return this.caller.call({ verb: "DELETE", path: "/v1/scheduled-messages/{id}", query: [], body: false, auth: true }, args, options);
  }

  /** What changed since a token. `GET /v1/sync` */
  sync(args: Args<"sync"> = {}, options?: CallOptions): Promise<Result<"sync">> {
    return this.caller.call({ verb: "GET", path: "/v1/sync", query: ["since","limit"], body: false, auth: true }, args, options);
  }

  /** Public profiles of up to 200 users, ids with commas. `GET /v1/users` */
  getUsers(args: Args<"getUsers">, options?: CallOptions): Promise<Result<"getUsers">> {
    return this.caller.call({ verb: "GET", path: "/v1/users", query: ["ids"], body: false, auth: true }, args, options);
  }

  /** End one's account for good. `DELETE /v1/users/me` */
  deleteAccount(args: Args<"deleteAccount">, options?: CallOptions): Promise<Result<"deleteAccount">> {
    return this.caller.call({ verb: "DELETE", path: "/v1/users/me", query: [], body: true, auth: true }, args, options);
  }

  /** One's own profile. `GET /v1/users/me` */
  getProfile(args: Args<"getProfile"> = {}, options?: CallOptions): Promise<Result<"getProfile">> {
    return this.caller.call({ verb: "GET", path: "/v1/users/me", query: [], body: false, auth: true }, args, options);
  }

  /** Change the fields that are present. `PATCH /v1/users/me` */
  updateProfile(args: Args<"updateProfile"> = {}, options?: CallOptions): Promise<Result<"updateProfile">> {
    return this.caller.call({ verb: "PATCH", path: "/v1/users/me", query: [], body: true, auth: true }, args, options);
  }

  /** One's own data as JSON lines; the last one has the kind end and says whether it is complete. `GET /v1/users/me/export` */
  exportData(args: Args<"exportData"> = {}, options?: CallOptions): Promise<Result<"exportData">> {
    return this.caller.call({ verb: "GET", path: "/v1/users/me/export", query: ["cursor"], body: false, auth: true }, args, options);
  }

  /** Find users by username, phone, email or nickname prefix. `GET /v1/users/search` */
  searchUsers(args: Args<"searchUsers">, options?: CallOptions): Promise<Result<"searchUsers">> {
    return this.caller.call({ verb: "GET", path: "/v1/users/search", query: ["q","limit","cursor"], body: false, auth: true }, args, options);
  }

  /** Public profile of a user. `GET /v1/users/{userId}` */
  getUser(args: Args<"getUser">, options?: CallOptions): Promise<Result<"getUser">> {
    return this.caller.call({ verb: "GET", path: "/v1/users/{userId}", query: [], body: false, auth: true }, args, options);
  }
}
