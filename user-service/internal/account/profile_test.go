package account_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/user-service/internal/account"
)

func on(b bool) *bool { return &b }

func TestUpdateChangesWhatIsPresentAndNothingElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	user := w.register(t, "alice")
	first, err := w.Profile(t.Context(), user.ID)
	require.NoError(t, err)
	require.Equal(t, account.Settings{FindableByName: true, ShowLastSeen: true, FriendRequestsFrom: account.Everyone}, first.Settings)
	require.Empty(t, first.Phone)

	changed := w.update(t, user.ID, account.Change{
		Nickname: ptr(" Алиса "), AvatarURL: ptr("https://example.org/a.png"), Bio: ptr("two\nlines"), Gender: ptr("female"),
		Phone: ptr("+49 (30) 123-456"), Email: ptr("Alice@Example.org"),
		FindableByPhone: on(true), FindableByName: on(false), ShowLastSeen: on(false),
		FriendRequestsFrom: ptr(account.Nobody),
	})
	want := first
	want.Nickname, want.AvatarURL, want.Bio, want.Gender = "Алиса", "https://example.org/a.png", "two\nlines", "female"
	want.Phone, want.Email = "+4930123456", "alice@example.org"
	want.Settings = account.Settings{FindableByPhone: true, FriendRequestsFrom: account.Nobody}
	want.ShowLastSeen, want.FriendRequestsFrom = false, account.Nobody
	require.Equal(t, want, changed)
	others, err := w.Batch(t.Context(), []model.UserID{user.ID}, false)
	require.NoError(t, err)
	require.Equal(t, account.Nobody, others[0].FriendRequestsFrom, "others have to know it")

	want.Bio = ""
	require.Equal(t, want, w.update(t, user.ID, account.Change{Bio: ptr("")}))
	want.Phone = ""
	require.Equal(t, want, w.update(t, user.ID, account.Change{Phone: ptr("")}))
	require.Equal(t, want, w.update(t, user.ID, account.Change{}))
}

func TestUpdateNamesEveryBadFieldAtOnceAndChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	user := w.register(t, "alice")
	before, err := w.Profile(t.Context(), user.ID)
	require.NoError(t, err)
	_, err = w.UpdateProfile(t.Context(), user.ID, account.Change{
		Nickname: ptr(" "), AvatarURL: ptr("javascript:alert(1)"), Bio: ptr(strings.Repeat("x", 501)), Gender: ptr("a\tb"),
		Phone: ptr("call me"), Email: ptr("Alice <alice@example.org>"), FriendRequestsFrom: ptr("friends"),
	})
	require.Equal(t, []string{"nickname", "avatarUrl", "bio", "gender", "phone", "email", "settings.friendRequestsFrom"}, badFields(t, err))
	after, err := w.Profile(t.Context(), user.ID)
	require.NoError(t, err)
	require.Equal(t, before, after)
}

func TestFieldsOfAProfile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	user := w.register(t, "alice")
	for name, c := range map[string]struct {
		change account.Change
		ok     bool
	}{
		"nickname of 64":     {account.Change{Nickname: ptr(strings.Repeat("名", 64))}, true},
		"nickname with mark": {account.Change{Nickname: ptr("a\u200fb")}, false},
		"nickname of lines":  {account.Change{Nickname: ptr("a\nb")}, false},
		"bio of 500":         {account.Change{Bio: ptr(strings.Repeat("名", 500))}, true},
		"bio with null":      {account.Change{Bio: ptr("a\x00b")}, false},
		"bio turned around":  {account.Change{Bio: ptr("a\u2067b")}, false},
		"avatar by path":     {account.Change{AvatarURL: ptr("/v1/media/1")}, true},
		"avatar none":        {account.Change{AvatarURL: ptr("")}, true},
		"avatar of a host":   {account.Change{AvatarURL: ptr("//evil.example")}, false},
		"avatar backslash":   {account.Change{AvatarURL: ptr(`/\evil.example`)}, false},
		"avatar data":        {account.Change{AvatarURL: ptr("data:text/html,x")}, false},
		"avatar too long":    {account.Change{AvatarURL: ptr("https://example.org/" + strings.Repeat("a", 1024))}, false},
		"phone short":        {account.Change{Phone: ptr("+123")}, false},
		"email foreign":      {account.Change{Email: ptr("älice@example.org")}, false},
		"email long":         {account.Change{Email: ptr(strings.Repeat("a", 250) + "@example.org")}, false},
	} {
		_, err := w.UpdateProfile(t.Context(), user.ID, c.change)
		if c.ok {
			require.NoError(t, err, name)
		} else {
			require.ErrorIs(t, err, errs.ErrInvalidArgument, name)
		}
	}
}

func TestPhoneAndEmailBelongToOneAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	alice, bob := w.register(t, "alice"), w.register(t, "bob")
	w.update(t, alice.ID, account.Change{Phone: ptr("12345"), Email: ptr("a@example.org")})
	w.update(t, alice.ID, account.Change{Phone: ptr("12345")}) // its own again

	for _, c := range []struct {
		change account.Change
		want   error
	}{
		{account.Change{Phone: ptr("12345")}, errs.ErrPhoneTaken},
		{account.Change{Email: ptr("A@example.org")}, errs.ErrEmailTaken},
		{account.Change{Phone: ptr("12345"), Email: ptr("b@example.org")}, errs.ErrPhoneTaken},
		{account.Change{Phone: ptr("54321"), Email: ptr("a@example.org")}, errs.ErrEmailTaken},
	} {
		_, err := w.UpdateProfile(t.Context(), bob.ID, c.change)
		require.ErrorIs(t, err, c.want)
	}
	w.update(t, alice.ID, account.Change{Phone: ptr(""), Email: ptr("")})
	w.update(t, bob.ID, account.Change{Phone: ptr("12345"), Email: ptr("a@example.org")})
}

func TestRacingChangesOfDifferentFieldsBothStay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	user := w.register(t, "alice")
	var wg sync.WaitGroup
	for _, change := range []account.Change{
		{Nickname: ptr("Alice")},
		{Bio: ptr("hello")},
		{Gender: ptr("other")},
		{Email: ptr("a@example.org")},
		{FindableByPhone: on(true)},
		{FindableByEmail: on(true)},
		{FindableByName: on(false)},
		{ShowLastSeen: on(false)},
	} {
		wg.Go(func() {
			if _, err := w.UpdateProfile(t.Context(), user.ID, change); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	profile, err := w.Profile(t.Context(), user.ID)
	require.NoError(t, err)
	require.Equal(t, []string{"Alice", "hello", "other", "a@example.org"},
		[]string{profile.Nickname, profile.Bio, profile.Gender, profile.Email})
	require.Equal(t, account.Settings{FindableByPhone: true, FindableByEmail: true, FriendRequestsFrom: account.Everyone}, profile.Settings)
}

func TestNobodyHasNoProfile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	gone := w.register(t, "gone")
	w.setStatus(t, gone.ID, account.Deleted)
	for _, id := range []account.User{gone, {ID: 404}, {}} {
		_, err := w.Profile(t.Context(), id.ID)
		require.ErrorIs(t, err, errs.ErrUserNotFound)
		_, err = w.UpdateProfile(t.Context(), id.ID, account.Change{Bio: ptr("x")})
		require.ErrorIs(t, err, errs.ErrUserNotFound)
	}
}
