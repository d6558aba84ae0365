package account_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"im-backend/common/model"
	"im-backend/common/model/imuser"
	"im-backend/common/utils/dbx"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/idgen"
	"im-backend/user-service/internal/account"
	"im-backend/user-service/internal/password"
	"im-backend/user-service/internal/store"
)

const secret = "correct horse battery"

// nameHold is how long the name of a deleted account stays taken.
const nameHold = time.Hour

var cheap = password.Config{MemoryKiB: 8, Iterations: 1, Parallelism: 1, MaxWaiting: 128}

// world is an account room on a database of its own.
type world struct {
	*account.Accounts
	db     *dbx.DB
	store  *store.Store
	hasher *password.Hasher
}

func newWorld(t *testing.T) *world {
	t.Helper()
	db, err := dbx.Open(dbx.Config{DSN: "sqlite:" + t.TempDir() + "/im_user.db", MaxOpen: 8})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	require.NoError(t, store.Prepare(t.Context(), db))
	s, hasher := store.New(db), password.New(cheap)
	return &world{
		Accounts: account.New(account.Config{NameHold: nameHold}, s, hasher, idgen.New(1).Next, func() {}), db: db, store: s, hasher: hasher,
	}
}

func (w *world) register(t *testing.T, name string) account.User {
	t.Helper()
	user, err := w.Register(t.Context(), account.Registration{Username: name, Password: secret})
	require.NoError(t, err)
	return user
}

func (w *world) update(t *testing.T, id model.UserID, c account.Change) account.Account {
	t.Helper()
	profile, err := w.UpdateProfile(t.Context(), id, c)
	require.NoError(t, err)
	return profile
}

// setStatus bans or deletes an account.
func (w *world) setStatus(t *testing.T, id model.UserID, status account.Status) {
	t.Helper()
	require.NoError(t, w.db.Tx(t.Context(), func(tx *gorm.DB) error {
		return tx.Model(&imuser.User{}).Where("id = ?", int64(id)).Update("status", string(status)).Error
	}))
}

// badFields are the names of the fields that an error complains of.
func badFields(t *testing.T, err error) []string {
	t.Helper()
	require.ErrorIs(t, err, errs.ErrInvalidArgument)
	var names []string
	for _, f := range errs.From(err).Fields {
		names = append(names, f.Field)
	}
	return names
}

func TestARegisteredUserCanLogInUnderItsNameInAnyCase(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	user := w.register(t, "Alice.B-c_1")
	require.Equal(t, "Alice.B-c_1", user.Username, "the name is kept as written")
	require.Equal(t, "Alice.B-c_1", user.Nickname, "the nickname defaults to it")
	require.Positive(t, int64(user.ID))
	require.Positive(t, user.CreatedAt)
	for _, name := range []string{"Alice.B-c_1", "alice.b-c_1", "ALICE.B-C_1"} {
		found, _, err := w.VerifyPassword(t.Context(), name, secret)
		require.NoError(t, err, name)
		require.Equal(t, user, found)
	}
}

func TestRegisterNamesEveryBadFieldAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, c := range map[string]struct {
		in   account.Registration
		want []string
	}{
		"all":              {account.Registration{Username: "a", Password: "short", Nickname: "a\u202eb"}, []string{"username", "password", "nickname"}},
		"empty":            {account.Registration{}, []string{"username", "password"}},
		"username long":    {account.Registration{Username: strings.Repeat("a", 33), Password: secret}, []string{"username"}},
		"username foreign": {account.Registration{Username: "älice", Password: secret}, []string{"username"}},
		"username space":   {account.Registration{Username: "al ice", Password: secret}, []string{"username"}},
		"username newline": {account.Registration{Username: "alice\n", Password: secret}, []string{"username"}},
		"password 7 runes": {account.Registration{Username: "alice", Password: "ääääääß"}, []string{"password"}},
		"password long":    {account.Registration{Username: "alice", Password: strings.Repeat("x", 129)}, []string{"password"}},
		"password common":  {account.Registration{Username: "alice", Password: "Password123"}, []string{"password"}},
		"nickname long":    {account.Registration{Username: "alice", Password: secret, Nickname: strings.Repeat("ä", 65)}, []string{"nickname"}},
		"nickname control": {account.Registration{Username: "alice", Password: secret, Nickname: "a\x00b"}, []string{"nickname"}},
		"nickname hidden":  {account.Registration{Username: "alice", Password: secret, Nickname: "\u200b\u200d"}, []string{"nickname"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := w.Register(t.Context(), c.in)
			require.Equal(t, c.want, badFields(t, err))
		})
	}
}

func TestRegisterTakesWhatIsJustWithinTheLimits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, in := range []account.Registration{
		{Username: "abc", Password: "ääääääää"},
		{Username: strings.Repeat("z", 32), Password: strings.Repeat("密", 128)},
		{Username: "...", Password: secret, Nickname: strings.Repeat("名", 64)},
		{Username: "_-_", Password: secret, Nickname: " שלום "},
	} {
		user, err := w.Register(t.Context(), in)
		require.NoError(t, err, in.Username)
		_, _, err = w.VerifyPassword(t.Context(), user.Username, in.Password)
		require.NoError(t, err)
		if in.Nickname != "" {
			require.Equal(t, strings.TrimSpace(in.Nickname), user.Nickname)
		}
	}
}

func TestOfRacingRegistrationsOfOneNameOneWins(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var won, taken atomic.Int32
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			name := []string{"racer", "Racer", "RACER"}[i%3]
			_, err := w.Register(t.Context(), account.Registration{Username: name, Password: secret})
			switch {
			case err == nil:
				won.Add(1)
			case errs.From(err).Is(errs.ErrUsernameTaken):
				taken.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, 1, won.Load())
	require.EqualValues(t, 15, taken.Load())
}

func TestUnknownUserAndWrongPasswordAnswerTheSame(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.register(t, "alice")
	gone := w.register(t, "gone")
	w.setStatus(t, gone.ID, account.Deleted)
	for _, c := range [][2]string{
		{"alice", "wrong password"},
		{"nobody", secret},
		{"gone", secret},
		{"", ""},
		{"älice", secret},
		{"alice", strings.Repeat("x", 5000)},
		{"alice' OR 1=1 --", secret},
	} {
		_, _, err := w.VerifyPassword(t.Context(), c[0], c[1])
		require.Equal(t, errs.ErrInvalidCredentials, err, "%q", c)
	}
}

func TestABanIsToldOnlyToWhoKnowsThePassword(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	user := w.register(t, "mallory")
	w.setStatus(t, user.ID, account.Banned)
	_, _, err := w.VerifyPassword(t.Context(), "mallory", "wrong password")
	require.ErrorIs(t, err, errs.ErrInvalidCredentials)
	_, _, err = w.VerifyPassword(t.Context(), "mallory", secret)
	require.ErrorIs(t, err, errs.ErrUserBanned)
}

func TestALoginRenewsAHashOfAnotherCost(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	user := w.register(t, "alice")
	before, err := w.store.ByID(t.Context(), user.ID)
	require.NoError(t, err)

	dearer := password.New(password.Config{MemoryKiB: 16, Iterations: 2, Parallelism: 1})
	later := account.New(account.Config{}, w.store, dearer, idgen.New(2).Next, func() {})
	for range 2 {
		_, _, err = later.VerifyPassword(t.Context(), "alice", secret)
		require.NoError(t, err)
	}
	after, err := w.store.ByID(t.Context(), user.ID)
	require.NoError(t, err)
	require.NotEqual(t, before.PasswordHash, after.PasswordHash)
	require.False(t, dearer.Outdated(after.PasswordHash))
	_, _, err = later.VerifyPassword(t.Context(), "alice", "wrong password")
	require.ErrorIs(t, err, errs.ErrInvalidCredentials)
}

func TestAStoppedDatabaseIsNoWrongPassword(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err := w.VerifyPassword(ctx, "alice", secret)
	require.ErrorIs(t, errs.From(err), errs.ErrTimeout)
}

func TestBatchAnswersThoseThatExistInTheOrderAsked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, b, gone, banned := w.register(t, "aaa"), w.register(t, "bbb"), w.register(t, "gone"), w.register(t, "banned")
	w.setStatus(t, gone.ID, account.Deleted)
	w.setStatus(t, banned.ID, account.Banned)
	users, err := w.Batch(t.Context(), []model.UserID{b.ID, 404, a.ID, gone.ID, b.ID, -1, banned.ID}, false)
	require.NoError(t, err)
	require.Equal(t, []account.User{b, a, banned}, users)

	users, err = w.Batch(t.Context(), nil, false)
	require.NoError(t, err)
	require.Empty(t, users)
	_, err = w.Batch(t.Context(), make([]model.UserID, account.MaxBatch+1), false)
	require.Equal(t, []string{"ids"}, badFields(t, err))
}

func ptr[T any](v T) *T { return &v }

func names(users []account.User) []string {
	var out []string
	for _, u := range users {
		out = append(out, u.Username)
	}
	return out
}

func numbered(prefix string, i int) string { return fmt.Sprintf("%s%03d", prefix, i) }
