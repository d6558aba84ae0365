package errs

import (
	"maps"
	"slices"
)

// byReason holds every declared reason; it is filled while this package initialises and only read afterwards.
var byReason = map[string]*Error{}

// The reasons of the project, in one list. docs and clients rely on the names.
var (
	ErrInternal = newError(Internal, "INTERNAL", "internal error")

	ErrInvalidArgument = newError(Invalid, "INVALID_ARGUMENT", "the request is not valid")

	ErrUnauthenticated    = newError(Unauthenticated, "UNAUTHENTICATED", "a valid credential is needed")
	ErrTokenExpired       = newError(Unauthenticated, "TOKEN_EXPIRED", "the access token has expired")
	ErrSessionRevoked     = newError(Unauthenticated, "SESSION_REVOKED", "the session has ended")
	ErrInvalidCredentials = newError(Unauthenticated, "INVALID_CREDENTIALS", "the username or the password is wrong")
	ErrRefreshTokenReused = newError(Unauthenticated, "REFRESH_TOKEN_REUSED", "the refresh token was used before; the session has ended")

	ErrForbidden      = newError(Forbidden, "FORBIDDEN", "this is not allowed")
	ErrNotFriends     = newError(Forbidden, "NOT_FRIENDS", "you are not friends")
	ErrBlocked        = newError(Forbidden, "BLOCKED", "the other side does not accept this from you")
	ErrNotGroupMember = newError(Forbidden, "NOT_GROUP_MEMBER", "you are not a member of the group")
	ErrNotGroupAdmin  = newError(Forbidden, "NOT_GROUP_ADMIN", "only an admin or the owner may do this")
	ErrNotGroupOwner  = newError(Forbidden, "NOT_GROUP_OWNER", "only the owner may do this")
	ErrMuted          = newError(Forbidden, "MUTED", "you are muted")
	ErrUserBanned     = newError(Forbidden, "USER_BANNED", "the account is banned")

	ErrFriendRequestsRefused = newError(Forbidden, "FRIEND_REQUESTS_REFUSED", "the user takes no friend requests")

	ErrNotFound             = newError(NotFound, "NOT_FOUND", "there is nothing here")
	ErrUserNotFound         = newError(NotFound, "USER_NOT_FOUND", "no such user")
	ErrGroupNotFound        = newError(NotFound, "GROUP_NOT_FOUND", "no such group")
	ErrConversationNotFound = newError(NotFound, "CONVERSATION_NOT_FOUND", "no such conversation")
	ErrMessageNotFound      = newError(NotFound, "MESSAGE_NOT_FOUND", "no such message")
	ErrRequestNotFound      = newError(NotFound, "REQUEST_NOT_FOUND", "no such request")

	ErrScheduledNotFound    = newError(NotFound, "SCHEDULED_NOT_FOUND", "no such scheduled message")
	ErrAlreadySent          = newError(Conflict, "ALREADY_SENT", "the message is being sent or was sent already")
	ErrScheduleLimitReached = newError(Conflict, "SCHEDULE_LIMIT_REACHED", "as many of your messages wait for their time as may wait")

	ErrUsernameTaken         = newError(Conflict, "USERNAME_TAKEN", "the username is taken")
	ErrPhoneTaken            = newError(Conflict, "PHONE_TAKEN", "the phone number belongs to another account")
	ErrEmailTaken            = newError(Conflict, "EMAIL_TAKEN", "the email address belongs to another account")
	ErrAlreadyFriends        = newError(Conflict, "ALREADY_FRIENDS", "you are friends already")
	ErrAlreadyMember         = newError(Conflict, "ALREADY_MEMBER", "the user is a member already")
	ErrRequestAlreadyHandled = newError(Conflict, "REQUEST_ALREADY_HANDLED", "the request was handled before")
	ErrGroupFull             = newError(Conflict, "GROUP_FULL", "the group is full")
	ErrRequestExpired        = newError(Conflict, "REQUEST_EXPIRED", "the request was not answered in time")
	ErrClientMsgIDReused     = newError(Conflict, "CLIENT_MSG_ID_REUSED", "the clientMsgId was used for another message")

	ErrRecallWindowPassed   = newError(Conflict, "RECALL_WINDOW_PASSED", "the message is too old to be recalled")
	ErrEditWindowPassed     = newError(Conflict, "EDIT_WINDOW_PASSED", "the message is too old to be edited")
	ErrMessageRecalled      = newError(Conflict, "MESSAGE_RECALLED", "the message was recalled")
	ErrMessageExpires       = newError(Conflict, "MESSAGE_EXPIRES", "the message is not to outlive its time")
	ErrReactionLimitReached = newError(Conflict, "REACTION_LIMIT_REACHED", "a message has only so many kinds of reactions")
	ErrPinLimitReached      = newError(Conflict, "PIN_LIMIT_REACHED", "a conversation has only so many pinned messages")

	ErrFriendLimitReached        = newError(Conflict, "FRIEND_LIMIT_REACHED", "you have as many friends as you may have")
	ErrPeerFriendLimitReached    = newError(Conflict, "PEER_FRIEND_LIMIT_REACHED", "the other side has as many friends as it may have")
	ErrFriendRequestLimitReached = newError(Conflict, "FRIEND_REQUEST_LIMIT_REACHED", "too many of your friend requests wait for an answer")
	ErrTagLimitReached           = newError(Conflict, "TAG_LIMIT_REACHED", "a friend has only so many tags")
	ErrBlockLimitReached         = newError(Conflict, "BLOCK_LIMIT_REACHED", "you block as many users as you may block")

	ErrGroupLimitReached  = newError(Conflict, "GROUP_LIMIT_REACHED", "the user is in as many groups as a user may be in")
	ErrAdminLimitReached  = newError(Conflict, "ADMIN_LIMIT_REACHED", "the group has as many admins as it may have")
	ErrInviteLimitReached = newError(Conflict, "INVITE_LIMIT_REACHED", "the group has as many open invites as it may have")

	ErrBanLimitReached         = newError(Conflict, "BAN_LIMIT_REACHED", "the group keeps as many users out as it may")
	ErrJoinRequestLimitReached = newError(Conflict, "JOIN_REQUEST_LIMIT_REACHED", "as many users wait to join this group as may wait")

	ErrPayloadTooLarge  = newError(TooLarge, "PAYLOAD_TOO_LARGE", "the request is too large")
	ErrMethodNotAllowed = newError(MethodNotAllowed, "METHOD_NOT_ALLOWED", "this method is not allowed here")
	ErrRateLimited      = newError(RateLimited, "RATE_LIMITED", "too many requests")

	ErrUnavailable = newError(Unavailable, "UNAVAILABLE", "the service is not available now; try again")
	ErrTimeout     = newError(Timeout, "TIMEOUT", "the answer took too long; try again")
)

// Reasons lists the names of all reasons, in alphabetical order.
func Reasons() []string { return slices.Sorted(maps.Keys(byReason)) }

// ByReason answers the declared error of a reason, ErrInternal for a reason nobody declared.
func ByReason(reason string) *Error {
	if e, ok := byReason[reason]; ok {
		return e
	}
	return ErrInternal
}
