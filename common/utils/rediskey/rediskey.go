// Package rediskey builds the name of every Redis key, with its owner and its lifetime. Nothing else writes a key by hand.
// What stands in braces is the hash tag of a cluster: keys with the same tag share a slot.
package rediskey

import (
	"strconv"
	"time"

	"im-backend/common/model"
)

// Keys of auth-service.

// Session is the hash of one session; it lives as long as its refresh token.
func Session(user model.UserID, sessionID int64) string {
	return SessionPrefix(user) + strconv.FormatInt(sessionID, 10)
}

// SessionPrefix and a session id make the key of a session, for scripts that meet ids on the way.
func SessionPrefix(user model.UserID) string { return "session:{" + user.String() + "}:" }

// Sessions is the set of the session ids of a user; it lives as long as the youngest of them.
func Sessions(user model.UserID) string { return "sessions:{" + user.String() + "}" }

// PasswordVersion is the version that the password of a user was changed to lately; it lives for ten minutes.
func PasswordVersion(user model.UserID) string { return "password:{" + user.String() + "}" }

// AttemptsAt counts the failed attempts at an account from one address, AttemptsOn those from all addresses; the account is named
// by its hash. They live until nothing of them counts any more.
func AttemptsAt(account, address string) string { return "attempts:{" + account + "}:" + address }

// AttemptsOn is explained at AttemptsAt.
func AttemptsOn(account string) string { return "attempts:{" + account + "}" }

// AttemptsKnown marks an address from which an account was signed in to; it lives as long as the configuration says.
func AttemptsKnown(account, address string) string {
	return "attempts-known:{" + account + "}:" + address
}

// AttemptsFrom counts the attempts of one kind from an address; it lives until nothing of them counts any more.
func AttemptsFrom(kind, address string) string { return "attempts-from:{" + address + "}:" + kind }

// Ticket is a WebSocket ticket, named by its hash; it lives for 30 seconds or until it is redeemed.
func Ticket(hash string) string { return "ticket:{" + hash + "}" }

// SigningKeys is the hash of the access token keys by kid; it has no end.
func SigningKeys() string { return "signing-keys" }

// Keys of ws-gateway, read by chat-service and by other gateways.

// Announcement is how long a gateway's routes, rooms and marker live without being announced again.
const Announcement = 90 * time.Second

// Route is the hash connection id → "gatewayId|sessionId|platform" of a user's live connections.
func Route(user model.UserID) string { return "route:{" + user.String() + "}" }

// SeenLifetime is how long it is kept when a user was last seen.
const SeenLifetime = 90 * 24 * time.Hour

// Seen is when a user last had a connection, in unix milliseconds; while one is open it is at most Announcement old.
func Seen(user model.UserID) string { return "seen:{" + user.String() + "}" }

// PresenceChannel carries notices of routes that changed, see package routes.
const PresenceChannel = "presence"

// Room is the set of the gateways that have members of a group online; it may name too many, never too few.
func Room(conversation model.ConversationID) string { return "room:{" + string(conversation) + "}" }

// Gateway marks a gateway whose routes and rooms are all announced. While it is missing the gateway must be sent everything.
func Gateway(gatewayID string) string { return "gateway:{" + gatewayID + "}" }

// Announcing is there from when a gateway begins to announce everything until it is done.
func Announcing(gatewayID string) string { return Gateway(gatewayID) + ":announcing" }

// Keys of chat-service.

// RecentLifetime is how long the newest entries of a quiet conversation stay cached.
const RecentLifetime = 24 * time.Hour

// Recent is the sorted set of a conversation's newest entries by seq.
func Recent(conversation model.ConversationID) string {
	return "conv:{" + string(conversation) + "}:recent"
}

// InboxLifetime is how long an inbox lives without an entry.
const InboxLifetime = 7 * 24 * time.Hour

// Inbox is the sorted set of the conversations that moved for a user, by the time of delivery.
func Inbox(user model.UserID) string { return "inbox:{" + user.String() + "}" }

// LargeInbox is the same set for the groups that are too large for an entry in every member's inbox.
func LargeInbox() string { return "inbox:{large}" }

// Keys of friend-service.

// ListLifetime is how long the lists of friends, blocks, groups and members stay cached.
const ListLifetime = 10 * time.Minute

// Friends is the cached friend list of a user.
func Friends(user model.UserID) string { return "friends:{" + user.String() + "}" }

// Blocks is the cached list of the users whom a user blocks.
func Blocks(user model.UserID) string { return "blocks:{" + user.String() + "}" }

// Keys of group-service.

// Members is the cached member list of a group.
func Members(id model.GroupID) string { return "members:{" + id.String() + "}" }
