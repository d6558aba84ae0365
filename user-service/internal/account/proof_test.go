package account_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"im-backend/common/model"
	"im-backend/common/model/imuser"
	"im-backend/common/utils/errs"
	"im-backend/user-service/internal/account"
)

const another = "staple of the other battery"

// onPhone and onStolen are sessions.
const onPhone, onStolen int64 = 1, 2

// queries counts the statements that a database is asked.
func (w *world) queries(t *testing.T) *atomic.Int64 {
	t.Helper()
	var n atomic.Int64
	count := func(*gorm.DB) { n.Add(1) }
	callbacks := w.db.Callback()
	require.NoError(t, callbacks.Query().Before("gorm:query").Register("count", count))
	require.NoError(t, callbacks.Update().Before("gorm:update").Register("count", count))
	return &n
}

// Time is not measured here: what takes time is counted, so that the test cannot be wrong by chance.
func TestALoginThatFailsCostsTheSameWhoeverItIsFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.register(t, "alice")
	banned, gone := w.register(t, "mallory"), w.register(t, "gone")
	w.setStatus(t, banned.ID, account.Banned)
	require.NoError(t, w.Delete(t.Context(), gone.ID, secret))
	queries := w.queries(t)
	type cost struct{ hashes, queries int64 }
	cases := map[string]string{"known": "alice", "unknown": "nobody", "banned": "mallory", "deleted": "gone"}
	for name, username := range cases {
		hashes, asked := w.hasher.Computed(), queries.Load()
		_, _, err := w.VerifyPassword(t.Context(), username, "wrong password")
		require.Equal(t, errs.ErrInvalidCredentials, err, "the very same error: %s", name)
		require.Equal(t, cost{1, 1}, cost{w.hasher.Computed() - hashes, queries.Load() - asked}, name)
	}
	require.False(t, w.hasher.Outdated(w.hasher.Dummy()), "a hash of an unknown user has the cost of a known one's")
}

func TestAChangedPasswordIsTheOnlyOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	alice := w.register(t, "alice")
	_, before, err := w.VerifyPassword(t.Context(), "alice", secret)
	require.NoError(t, err)

	_, err = w.ChangePassword(t.Context(), alice.ID, onPhone, "wrong password", another)
	require.ErrorIs(t, err, errs.ErrInvalidCredentials)
	_, err = w.ChangePassword(t.Context(), alice.ID, onPhone, secret, "short")
	require.Equal(t, []string{"newPassword"}, badFields(t, err))
	_, err = w.ChangePassword(t.Context(), alice.ID, onPhone, secret, "Password123")
	require.Equal(t, []string{"newPassword"}, badFields(t, err))
	_, err = w.ChangePassword(t.Context(), 404, onPhone, secret, another)
	require.ErrorIs(t, err, errs.ErrUserNotFound)

	changed, err := w.ChangePassword(t.Context(), alice.ID, onPhone, secret, another)
	require.NoError(t, err)
	require.Greater(t, changed, before)
	_, _, err = w.VerifyPassword(t.Context(), "alice", secret)
	require.ErrorIs(t, err, errs.ErrInvalidCredentials)
	_, version, err := w.VerifyPassword(t.Context(), "alice", another)
	require.NoError(t, err)
	require.Equal(t, changed, version)

	again, err := w.ChangePassword(t.Context(), alice.ID, onPhone, secret, another)
	require.NoError(t, err, "the answer was lost and the client repeats it")
	require.Equal(t, changed, again)
	back, err := w.ChangePassword(t.Context(), alice.ID, onPhone, another, secret)
	require.NoError(t, err)
	require.Greater(t, back, changed)
}

func TestAnAttemptToChangeAPasswordIsOneGuess(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	alice := w.register(t, "alice")
	guess := func(session int64, hashes int64) {
		t.Helper()
		before := w.hasher.Computed()
		_, err := w.ChangePassword(t.Context(), alice.ID, session, "wrong password", secret)
		require.ErrorIs(t, err, errs.ErrInvalidCredentials, "the present password in the place of the new one")
		require.Equal(t, hashes, w.hasher.Computed()-before)
	}
	guess(onPhone, 1)
	guess(0, 1)
	_, err := w.ChangePassword(t.Context(), alice.ID, onPhone, secret, another)
	require.NoError(t, err)
	_, err = w.ChangePassword(t.Context(), alice.ID, onStolen, "wrong password", another)
	require.ErrorIs(t, err, errs.ErrInvalidCredentials, "it was another session that changed it")
	_, err = w.ChangePassword(t.Context(), alice.ID, onPhone, "wrong password", another)
	require.NoError(t, err)

	past := time.Now().Add(-11 * time.Minute).UnixMilli()
	require.NoError(t, w.db.Tx(t.Context(), func(tx *gorm.DB) error {
		return tx.Model(&imuser.User{}).Where("id = ?", int64(alice.ID)).Update("password_changed_at", past).Error
	}))
	_, err = w.ChangePassword(t.Context(), alice.ID, onPhone, secret, another)
	require.ErrorIs(t, err, errs.ErrInvalidCredentials, "nobody repeats after so long")
}

func TestOfRacingChangesOfAPasswordOneWins(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	alice := w.register(t, "alice")
	words := []string{"first of two words", "second of two words"}
	var won [2]atomic.Int64
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			// Those who repeat the winner's change succeed too: it is what a retry looks like.
			if _, err := w.ChangePassword(t.Context(), alice.ID, onPhone, secret, words[i%2]); err == nil {
				won[i%2].Add(1)
			} else if !errorIsOneOf(err, errs.ErrInvalidCredentials, errs.ErrUnavailable) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	first, second := won[0].Load(), won[1].Load()
	require.NotEqual(t, first > 0, second > 0, "first %d, second %d", first, second)
	winner := words[0]
	if second > 0 {
		winner = words[1]
	}
	_, version, err := w.VerifyPassword(t.Context(), "alice", winner)
	require.NoError(t, err)
	require.EqualValues(t, 1, version, "it changed once")
}

func errorIsOneOf(err error, targets ...*errs.Error) bool {
	for _, target := range targets {
		if errs.From(err).Is(target) {
			return true
		}
	}
	return false
}

func TestADeletedAccountIsAMarkAndNothingElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	alice, bob := w.register(t, "alice"), w.register(t, "bob")
	phone, email, nick, bio := "+4912345678", "alice@example.org", "Al", "about me"
	w.update(t, alice.ID, account.Change{Phone: &phone, Email: &email, Nickname: &nick, Bio: &bio})

	require.ErrorIs(t, w.Delete(t.Context(), alice.ID, "wrong password"), errs.ErrInvalidCredentials)
	require.ErrorIs(t, w.Delete(t.Context(), 404, secret), errs.ErrUserNotFound)
	require.NoError(t, w.Delete(t.Context(), alice.ID, secret))
	require.NoError(t, w.Delete(t.Context(), alice.ID, secret), "its answer was lost and the client repeats it")

	_, err := w.Profile(t.Context(), alice.ID)
	require.ErrorIs(t, err, errs.ErrUserNotFound)
	_, _, err = w.VerifyPassword(t.Context(), "alice", secret)
	require.ErrorIs(t, err, errs.ErrInvalidCredentials)
	_, err = w.ChangePassword(t.Context(), alice.ID, onPhone, secret, another)
	require.ErrorIs(t, err, errs.ErrUserNotFound)
	ids := []model.UserID{alice.ID, bob.ID}
	users, err := w.Batch(t.Context(), ids, false)
	require.NoError(t, err)
	require.Equal(t, []account.User{bob}, users)
	users, err = w.Batch(t.Context(), ids, true)
	require.NoError(t, err)
	require.Equal(t, []account.User{{ID: alice.ID, CreatedAt: alice.CreatedAt, Deleted: true}, bob}, users)

	var row imuser.User
	require.NoError(t, w.db.First(&row, int64(alice.ID)).Error)
	require.NotZero(t, row.DeletedAt)
	require.Equal(t, imuser.User{
		ID: int64(alice.ID), UsernameKey: "alice", Status: "deleted", CreatedAt: row.CreatedAt, UpdatedAt: row.UpdatedAt,
		DeletedAt: row.DeletedAt,
	}, row, "nothing personal is kept but the name, which is held")
	w.update(t, bob.ID, account.Change{Phone: &phone, Email: &email})
}

func TestTheNameOfADeletedAccountIsFreeAfterAWhile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	alice := w.register(t, "alice")
	require.NoError(t, w.Delete(t.Context(), alice.ID, secret))
	take := account.Registration{Username: "ALICE", Password: secret}
	_, err := w.Register(t.Context(), take)
	require.ErrorIs(t, err, errs.ErrUsernameTaken, "nobody passes for who has just left")

	past := time.Now().Add(-nameHold - time.Minute).UnixMilli()
	require.NoError(t, w.db.Tx(t.Context(), func(tx *gorm.DB) error {
		return tx.Model(&imuser.User{}).Where("id = ?", int64(alice.ID)).Update("deleted_at", past).Error
	}))
	var won atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := w.Register(t.Context(), take); err == nil {
				won.Add(1)
			} else if !errorIsOneOf(err, errs.ErrUsernameTaken) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, 1, won.Load())
	user, _, err := w.VerifyPassword(t.Context(), "alice", secret)
	require.NoError(t, err)
	require.NotEqual(t, alice.ID, user.ID)
	users, err := w.Batch(t.Context(), []model.UserID{alice.ID}, true)
	require.NoError(t, err)
	require.True(t, users[0].Deleted, "the old account stays what it is")
}

func TestNothingIsWrittenOverAHashThatWasReplacedMeanwhile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	alice := w.register(t, "alice")
	before, err := w.store.ByID(t.Context(), alice.ID)
	require.NoError(t, err)
	version, ok, err := w.store.SetPassword(t.Context(), alice.ID, onPhone, before.PasswordHash, "first", 1)
	require.NoError(t, err)
	require.True(t, ok)
	require.EqualValues(t, 1, version)
	_, ok, err = w.store.SetPassword(t.Context(), alice.ID, onPhone, before.PasswordHash, "second", 2)
	require.NoError(t, err)
	require.False(t, ok)
	ok, err = w.store.Delete(t.Context(), alice.ID, before.PasswordHash, 3)
	require.NoError(t, err)
	require.False(t, ok)
	now, err := w.store.ByID(t.Context(), alice.ID)
	require.NoError(t, err)
	require.Equal(t, "first", now.PasswordHash)
	ok, err = w.store.Delete(t.Context(), alice.ID, "first", 4)
	require.NoError(t, err)
	require.True(t, ok)
	_, ok, err = w.store.SetPassword(t.Context(), alice.ID, onPhone, "", "third", 5)
	require.NoError(t, err)
	require.False(t, ok, "a deleted account gets no password")
}
