package account

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/zeromicro/go-zero/core/logc"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/label"
	"im-backend/user-service/internal/password"
)

// MaxBatch is how many users one call may ask for.
const MaxBatch = 200

// Config is what can be set of accounts.
type Config struct {
	NameHold time.Duration `json:",default=720h"` // how long the name of a deleted account stays taken; zero: not at all
}

// errConfig is returned for values that make no sense.
var errConfig = errors.New("bad value")

// Validate reports every fault that the tags do not express.
func (c Config) Validate() error {
	if c.NameHold < 0 {
		return fmt.Errorf("Account.NameHold: %w: must not be negative", errConfig)
	}
	return nil
}

// Accounts applies the rules. It is safe for concurrent use.
type Accounts struct {
	config Config
	store  Store
	hasher *password.Hasher
	nextID func() int64
	wake   func()
	now    func() time.Time
}

// New makes Accounts on a store; nextID makes the ids of new users. wake is called when something was stored that other services
// have to be told, and does not wait.
func New(c Config, store Store, hasher *password.Hasher, nextID func() int64, wake func()) *Accounts {
	return &Accounts{config: c, store: store, hasher: hasher, nextID: nextID, wake: wake, now: time.Now}
}

// Registration is what a new user chooses.
type Registration struct {
	Username string
	Password string
	Nickname string // empty: the username
}

// Register creates an account. Of racing registrations of one name one wins. Errors: INVALID_ARGUMENT with every bad field,
// USERNAME_TAKEN.
func (a *Accounts) Register(ctx context.Context, r Registration) (User, error) {
	r, err := r.checked(a.hasher.TooCommon)
	if err != nil {
		return User{}, err
	}
	if err := a.free(ctx, r.Username); err != nil { // known before the costly hash; the unique key decides races
		return User{}, fmt.Errorf("register: %w", err)
	}
	hash, err := a.hasher.Hash(ctx, r.Password)
	if err != nil {
		return User{}, fmt.Errorf("register: %w", err)
	}
	account := Account{
		User: User{
			ID: model.UserID(a.nextID()), Username: r.Username, Nickname: r.Nickname, CreatedAt: a.now().UnixMilli(),
			FriendRequestsFrom: defaultSettings.FriendRequestsFrom, ShowLastSeen: defaultSettings.ShowLastSeen,
		},
		Settings: defaultSettings, Status: Active, PasswordHash: hash,
	}
	if err := a.store.Insert(ctx, account); err != nil {
		return User{}, fmt.Errorf("register: %w", err)
	}
	return account.User, nil
}

// free reports whether a name can be registered, and takes it from an account that was deleted long enough ago. Errors:
// USERNAME_TAKEN.
func (a *Accounts) free(ctx context.Context, username string) error {
	holder, err := a.named(ctx, username)
	switch {
	case errors.Is(err, errs.ErrUserNotFound):
		return nil
	case err != nil:
		return err
	}
	deletedBy := a.now().Add(-a.config.NameHold).UnixMilli()
	if holder.Status != Deleted || holder.DeletedAt > deletedBy {
		return errs.ErrUsernameTaken
	}
	return a.store.FreeName(ctx, holder.ID, deletedBy)
}

// VerifyPassword answers the user of a name and its password, and the version of that. An unknown name, a deleted account and a
// wrong password are told apart by nothing, time included; a ban is told only to who knows the password. Errors:
// INVALID_CREDENTIALS, USER_BANNED, UNAVAILABLE.
func (a *Accounts) VerifyPassword(ctx context.Context, username, secret string) (User, int64, error) {
	account, err := a.named(ctx, username)
	known := err == nil && account.Status != Deleted
	if err != nil && !errors.Is(err, errs.ErrUserNotFound) {
		return User{}, 0, fmt.Errorf("verify password: %w", err)
	}
	hash := a.hasher.Dummy()
	if known {
		hash = account.PasswordHash
	}
	right, err := a.hasher.Verify(ctx, hash, secret)
	switch {
	case err != nil:
		return User{}, 0, fmt.Errorf("verify password: %w", err)
	case !known || !right:
		return User{}, 0, errs.ErrInvalidCredentials
	case account.Status == Banned:
		return User{}, 0, errs.ErrUserBanned
	}
	if a.hasher.Outdated(hash) {
		a.rehash(ctx, account, secret)
	}
	return account.User, account.PasswordVersion, nil
}

// named answers the account of a username, in any case. What can be no username is not asked of the store.
func (a *Accounts) named(ctx context.Context, username string) (Account, error) {
	if !usernamePattern.MatchString(username) {
		return Account{}, errs.ErrUserNotFound
	}
	return a.store.ByUsername(ctx, label.Key(username))
}

// rehash moves a password to the current cost. The login succeeds without it too; the next one tries again.
func (a *Accounts) rehash(ctx context.Context, account Account, secret string) {
	hash, err := a.hasher.Hash(ctx, secret)
	if err == nil {
		err = a.store.ReplaceHash(ctx, account.ID, account.PasswordHash, hash)
	}
	if err != nil {
		logc.Errorw(ctx, "rehash password", logc.Field("uid", account.ID.String()), logc.Field("error", err.Error()))
	}
}

// Profile answers all that its owner may see. Errors: USER_NOT_FOUND.
func (a *Accounts) Profile(ctx context.Context, id model.UserID) (Account, error) {
	account, err := a.store.ByID(ctx, id)
	if err != nil {
		return Account{}, fmt.Errorf("get profile: %w", err)
	}
	return account, nil
}

// UpdateProfile changes a profile and answers it. Errors: INVALID_ARGUMENT with every bad field, USER_NOT_FOUND, PHONE_TAKEN,
// EMAIL_TAKEN.
func (a *Accounts) UpdateProfile(ctx context.Context, id model.UserID, c Change) (Account, error) {
	c, err := c.checked()
	if err != nil {
		return Account{}, err
	}
	if err := a.store.Update(ctx, id, c, a.now().UnixMilli()); err != nil {
		return Account{}, fmt.Errorf("update profile: %w", err)
	}
	a.wake()
	return a.Profile(ctx, id)
}

// Batch answers the users that exist, each once, in the order asked, and the deleted ones too if that is asked for. Errors:
// INVALID_ARGUMENT for more than MaxBatch.
func (a *Accounts) Batch(ctx context.Context, ids []model.UserID, withDeleted bool) ([]User, error) {
	if len(ids) > MaxBatch {
		return nil, errs.InvalidField("ids", fmt.Sprintf("at most %d users can be asked for", MaxBatch))
	}
	found, err := a.store.ByIDs(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("get users: %w", err)
	}
	byID := make(map[model.UserID]Account, len(found))
	for _, account := range found {
		if account.Status != Deleted || withDeleted {
			byID[account.ID] = account
		}
	}
	users := make([]User, 0, len(byID))
	for _, id := range ids {
		if account, ok := byID[id]; ok {
			users = append(users, account.User)
			delete(byID, id)
		}
	}
	return users, nil
}
