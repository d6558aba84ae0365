// Package session has the rules of signed-in devices: which sessions a login ends, how refresh tokens rotate, what a ticket
// is good for, and who is told when a session ends. What it decides is atomic in its Store.
package session

import (
	"context"
	"time"

	"im-backend/auth-service/internal/token"
	"im-backend/common/model"
)

// Session is one signed-in device of a user.
type Session struct {
	ID         int64
	User       model.UserID
	Device     Device
	IP         string
	CreatedAt  int64 // unix milliseconds
	LastSeenAt int64 // unix milliseconds, exact to Config.SeenEvery
}

func (s Session) identity() token.Identity {
	return token.Identity{User: s.User, Session: s.ID, DeviceID: s.Device.ID, Platform: s.Device.Platform}
}

// Login is a user who has proved who it is, on a device.
type Login struct {
	User            model.UserID
	Device          Device
	IP              string
	PasswordVersion int64 // of the password that was right
}

// Tokens are the credentials of a session; times are unix milliseconds.
type Tokens struct {
	Access           string
	AccessExpiresAt  int64
	Refresh          string
	RefreshExpiresAt int64
}

// Lineage is what a session keeps of its refresh tokens: a secret of its own, from which and the token before each token
// follows, and the hash of the current one. No token can be made from what is kept.
type Lineage struct {
	Secret  []byte
	Current string // SHA-256 of the current token, in hex
}

// Rotation is one use of a refresh token.
type Rotation struct {
	User      model.UserID
	Session   int64
	Presented string // hash of the token that was used
	Successor string // hash of the one that follows it
	IP        string
	Now       int64         // unix milliseconds
	Grace     time.Duration // how long a repeated use gets the same successor
	Lifetime  time.Duration // of the successor
}

// Outcome is what a use of a refresh token came to.
type Outcome string

// The outcomes.
const (
	Rotated  Outcome = "rotated"  // the successor is the current token now
	Repeated Outcome = "repeated" // the same use again: the successor was current already
	Reused   Outcome = "reused"   // used before, and more than repeated: the session has been ended
	Gone     Outcome = "gone"     // there is no such session
)

// Result is the outcome of a rotation. But for Gone and Reused it says since when the successor is current, and whose it is.
type Result struct {
	Outcome   Outcome
	RotatedAt int64 // unix milliseconds
	ExpiresAt int64 // unix milliseconds
	Identity  token.Identity
}

// Store keeps the sessions; each method is one atomic step. All errors but those named are UNAVAILABLE.
type Store interface {
	// Create adds a session and ends those that the quota leaves no room for, and any of the same device; it answers the ended.
	// Errors: INVALID_CREDENTIALS when the password version is older than EndOthers said.
	Create(ctx context.Context, s Session, l Lineage, q Quota, lifetime time.Duration, passwordVersion int64) (ended []int64, err error)
	// Secret answers the lineage secret of a session, nil when there is no such session.
	Secret(ctx context.Context, user model.UserID, session int64) ([]byte, error)
	// Rotate uses a refresh token. It ends the session of a reused one.
	Rotate(ctx context.Context, r Rotation) (Result, error)
	// Touch reports whether a session is alive and notes that it was seen, at most once in every.
	Touch(ctx context.Context, id token.Identity, ip string, now int64, every time.Duration) (alive bool, err error)
	// End ends a session and reports whether it was alive.
	End(ctx context.Context, user model.UserID, session int64) (bool, error)
	// EndOthers ends all sessions of a user but one, and answers the ended. Logins under way with an older password than
	// passwordVersion get no session either; zero: any may.
	EndOthers(ctx context.Context, user model.UserID, keep, passwordVersion int64) ([]int64, error)
	// List answers the live sessions of a user, in no order.
	List(ctx context.Context, user model.UserID) ([]Session, error)
	// Alive answers the ids of those sessions that are alive, and whose of them were not seen after a time in unix milliseconds.
	Alive(ctx context.Context, ids []token.Identity, seenBy int64) (alive []int64, stale []token.Identity, err error)
	// PutTicket keeps whose a ticket is, by its hash.
	PutTicket(ctx context.Context, hash string, id token.Identity, lifetime time.Duration) error
	// TakeTicket uses a ticket up; ok is false when there is none.
	TakeTicket(ctx context.Context, hash string) (id token.Identity, ok bool, err error)
}

// Reason is why sessions ended.
type Reason int

// The reasons.
const (
	Revoked  Reason = iota + 1 // by the user or for the user's safety
	Replaced                   // by a login under the device policy
)

// Gateways hold the live connections of sessions.
type Gateways interface {
	// EndSessions closes the connections of sessions everywhere. It returns when the gateways know, or soon after all the same:
	// a gateway that it did not reach finds out by itself.
	EndSessions(ctx context.Context, user model.UserID, sessions []int64, reason Reason)
}
