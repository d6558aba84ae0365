package account

import (
	"context"
	"fmt"
	"time"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
)

// maxChecks bounds how often a command starts over because the hash that it checked was replaced meanwhile.
const maxChecks = 3

// repeatTime is for how long a session may repeat a change of the password whose answer was lost.
const repeatTime = 10 * time.Minute

// ChangePassword sets another password for who knows the present one, on a session, and answers its version. A session that repeats
// the change that it has just made, because the answer was lost, succeeds: the new password is the present one then. For anybody
// else the new password is no guess at the present one. Errors: INVALID_ARGUMENT, INVALID_CREDENTIALS, USER_NOT_FOUND, UNAVAILABLE.
func (a *Accounts) ChangePassword(ctx context.Context, id model.UserID, session int64, old, replacement string) (int64, error) {
	var f faults
	if f.add("newPassword", passwordFault(replacement, a.hasher.TooCommon)); f.err() != nil {
		return 0, f.err()
	}
	for range maxChecks {
		account, err := a.store.ByID(ctx, id)
		if err != nil {
			return 0, fmt.Errorf("change password: %w", err)
		}
		if err := a.prove(ctx, account, old); err != nil {
			if a.justChanged(account, session) && a.prove(ctx, account, replacement) == nil {
				return account.PasswordVersion, nil
			}
			return 0, fmt.Errorf("change password: %w", err)
		}
		hash, err := a.hasher.Hash(ctx, replacement)
		if err != nil {
			return 0, fmt.Errorf("change password: %w", err)
		}
		version, ok, err := a.store.SetPassword(ctx, id, session, account.PasswordHash, hash, a.now().UnixMilli())
		if err != nil {
			return 0, fmt.Errorf("change password: %w", err)
		}
		if ok {
			return version, nil
		}
	}
	return 0, errs.ErrUnavailable
}

// justChanged reports whether the present password was set by a session a moment ago. All other sessions ended then.
func (a *Accounts) justChanged(account Account, session int64) bool {
	last := account.PasswordChange
	return session != 0 && last.By == session && a.now().UnixMilli()-last.At < repeatTime.Milliseconds()
}

// Delete ends an account for good, for who knows its password. All that is personal is wiped at once, only the name stays taken
// for a while. Deleting a deleted account succeeds. Errors: INVALID_CREDENTIALS, USER_NOT_FOUND, UNAVAILABLE.
func (a *Accounts) Delete(ctx context.Context, id model.UserID, secret string) error {
	for range maxChecks {
		found, err := a.store.ByIDs(ctx, []model.UserID{id})
		switch {
		case err != nil:
			return fmt.Errorf("delete account: %w", err)
		case len(found) == 0:
			return errs.ErrUserNotFound
		case found[0].Status == Deleted:
			return nil
		}
		if err := a.prove(ctx, found[0], secret); err != nil {
			return fmt.Errorf("delete account: %w", err)
		}
		ok, err := a.store.Delete(ctx, id, found[0].PasswordHash, a.now().UnixMilli())
		if err != nil {
			return fmt.Errorf("delete account: %w", err)
		}
		if ok {
			a.wake()
			return nil
		}
	}
	return errs.ErrUnavailable
}

// prove reports whether a password is that of an account. Errors: INVALID_CREDENTIALS, UNAVAILABLE.
func (a *Accounts) prove(ctx context.Context, account Account, secret string) error {
	right, err := a.hasher.Verify(ctx, account.PasswordHash, secret)
	if err == nil && !right {
		err = errs.ErrInvalidCredentials
	}
	return err
}
