// Package account has the rules of accounts: who may register under which name, whose password is right, what a profile may
// say, and who may be found by whom. It does not know sessions, and leaves rows and SQL to its Store.
package account

import (
	"context"

	"im-backend/common/model"
)

// Status is the state of an account.
type Status string

// The states of an account.
const (
	Active  Status = "active"
	Banned  Status = "banned"  // may not log in and is not found
	Deleted Status = "deleted" // is gone for everybody
)

// User is what anybody signed in may see of an account.
type User struct {
	ID        model.UserID
	Username  string // as its owner writes it; unique without case
	Nickname  string
	AvatarURL string
	Bio       string
	Gender    string
	CreatedAt int64 // unix milliseconds
	Deleted   bool  // only the id is left

	// Of the settings what other services have to know of others.
	FriendRequestsFrom string
	ShowLastSeen       bool
}

// Settings are the owner's privacy choices.
type Settings struct {
	FindableByPhone bool
	FindableByEmail bool
	FindableByName  bool // by username and by nickname
	ShowLastSeen    bool
	// FriendRequestsFrom is who may ask to be friends: Everyone or Nobody. friend-service keeps to it.
	FriendRequestsFrom string
}

// Who may ask to be friends.
const (
	Everyone = "everyone"
	Nobody   = "nobody"
)

// defaultSettings hide what is private and show what one chose to be called.
var defaultSettings = Settings{FindableByName: true, ShowLastSeen: true, FriendRequestsFrom: Everyone}

// Account is all that is known of an account. Only its owner may see more than the User.
type Account struct {
	User
	Phone        string // empty: none
	Email        string // empty: none
	Settings     Settings
	Status       Status
	PasswordHash string // a PHC string
	// PasswordVersion grows with every change of the password, so that a login can tell that it checked an older one.
	PasswordVersion int64
	PasswordChange  PasswordChange
	DeletedAt       int64 // unix milliseconds; zero: not deleted
}

// PasswordChange is when a password was changed last, in unix milliseconds, and by which session.
type PasswordChange struct{ At, By int64 }

// Change says what of a profile changes; what is nil stays. An empty phone or email takes it away.
type Change struct {
	Nickname, AvatarURL, Bio, Gender, Phone, Email *string

	// See Settings.
	FindableByPhone, FindableByEmail, FindableByName, ShowLastSeen *bool
	FriendRequestsFrom                                             *string
}

// Store keeps the accounts. Deleted accounts exist for ByIDs and nobody else.
type Store interface {
	// Insert adds an account. Errors: USERNAME_TAKEN.
	Insert(ctx context.Context, a Account) error
	// ByUsername answers the account of a name's label.Key. Errors: USER_NOT_FOUND.
	ByUsername(ctx context.Context, key string) (Account, error)
	// ByID answers one account. Errors: USER_NOT_FOUND.
	ByID(ctx context.Context, id model.UserID) (Account, error)
	// ByIDs answers the accounts that exist, in no order.
	ByIDs(ctx context.Context, ids []model.UserID) ([]Account, error)
	// Update changes an account, and has told what other services have to know of it. Errors: USER_NOT_FOUND, PHONE_TAKEN, EMAIL_TAKEN.
	Update(ctx context.Context, id model.UserID, c Change, now int64) error
	// SetPassword sets the hash of another password for a session and answers its version; ok is false when the hash is not the old
	// one any more.
	SetPassword(ctx context.Context, id model.UserID, session int64, old, replacement string, now int64) (version int64, ok bool, err error)
	// SetStatus bans an account that is not deleted, or lets it in again, and answers the version of its password, which grows:
	// a login that saw the account before does not get in. Errors: USER_NOT_FOUND.
	SetStatus(ctx context.Context, id model.UserID, status Status, now int64) (version int64, err error)
	// Delete marks an account deleted, wipes all that is personal but the name, which stays taken, and has other services told; ok is
	// false when the hash is not the one given any more.
	Delete(ctx context.Context, id model.UserID, hash string, now int64) (ok bool, err error)
	// FreeName takes the name from an account that was deleted at a time or before.
	FreeName(ctx context.Context, id model.UserID, deletedBy int64) error
	// ReplaceHash sets another hash of the same password, unless the password has changed since.
	ReplaceHash(ctx context.Context, id model.UserID, old, replacement string) error
	// Exact answers the active accounts, in order of id, that a query names exactly and that may be found in this way.
	Exact(ctx context.Context, q Query) ([]Account, error)
	// ByNickname answers active, findable accounts whose nickname starts with the query's name, in order after a position.
	ByNickname(ctx context.Context, q Query, after Position, limit int) ([]Account, error)
}
