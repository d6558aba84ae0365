// Package account has the rules of accounts: who may register under which name, whose password is right, what a profile may
// say, and who may be found by whom. It does not know sessions, and leaves rows and SQL to its Store.
package account

import (
	"context"
	"strings"

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

	ShowLastSeen bool // as in Settings: other services have to know it of others
}

// Settings are the owner's privacy choices.
type Settings struct {
	FindableByPhone bool
	FindableByEmail bool
	FindableByName  bool // by username and by nickname
	ShowLastSeen    bool
}

// defaultSettings hide what is private and show what one chose to be called.
var defaultSettings = Settings{FindableByName: true, ShowLastSeen: true}

// Account is all that is known of an account. Only its owner may see more than the User.
type Account struct {
	User
	Phone        string // empty: none
	Email        string // empty: none
	Settings     Settings
	Status       Status
	PasswordHash string // a PHC string
}

// Change says what of a profile changes; what is nil stays. An empty phone or email takes it away.
type Change struct {
	Nickname, AvatarURL, Bio, Gender, Phone, Email *string

	FindableByPhone, FindableByEmail, FindableByName, ShowLastSeen *bool // see Settings
}

// Store keeps the accounts. Deleted accounts exist for ByIDs and nobody else.
type Store interface {
	// Insert adds an account. Errors: USERNAME_TAKEN.
	Insert(ctx context.Context, a Account) error
	// ByUsername answers the account of a name in lower case. Errors: USER_NOT_FOUND.
	ByUsername(ctx context.Context, key string) (Account, error)
	// ByID answers one account. Errors: USER_NOT_FOUND.
	ByID(ctx context.Context, id model.UserID) (Account, error)
	// ByIDs answers the accounts that exist, in no order.
	ByIDs(ctx context.Context, ids []model.UserID) ([]Account, error)
	// Update changes an account. Errors: USER_NOT_FOUND, PHONE_TAKEN, EMAIL_TAKEN.
	Update(ctx context.Context, id model.UserID, c Change, now int64) error
	// ReplaceHash sets another hash of the same password, unless the password has changed since.
	ReplaceHash(ctx context.Context, id model.UserID, old, replacement string) error
	// Exact answers the active accounts, in order of id, that a query names exactly and that may be found in this way.
	Exact(ctx context.Context, q Query) ([]Account, error)
	// ByNickname answers active, findable accounts whose nickname starts with the query's name, in order after a position.
	ByNickname(ctx context.Context, q Query, after Position, limit int) ([]Account, error)
}

// NameKey is the form of a name in which names are compared.
func NameKey(name string) string { return strings.ToLower(name) }
