package session_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/auth-service/internal/session"
	"im-backend/common/model"
	"im-backend/common/utils/errs"
)

// loginWith signs a user in on a device of its own, with a version of the password.
func (w *world) loginWith(t *testing.T, user model.UserID, version int64) error {
	t.Helper()
	_, _, err := w.Create(t.Context(), session.Login{
		User: user, Device: session.Device{ID: fmt.Sprint("device", version), Platform: "web"}, PasswordVersion: version,
	})
	return err
}

func TestALoginWithAPasswordThatWasChangedMeanwhileGetsNoSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t, defaults())
	kept, _ := w.login(t, alice, "ios", "phone")
	require.NoError(t, w.loginWith(t, alice, 0))
	require.NoError(t, w.RevokeOthers(t.Context(), alice, kept.ID, 2))
	require.Equal(t, []string{"phone"}, w.devices(t, alice))
	for version, want := range map[int64]error{0: errs.ErrInvalidCredentials, 1: errs.ErrInvalidCredentials, 2: nil, 3: nil} {
		require.ErrorIs(t, w.loginWith(t, alice, version), want)
	}
	require.NoError(t, w.loginWith(t, bob, 0), "it is not bob's")

	require.NoError(t, w.RevokeOthers(t.Context(), alice, kept.ID, 1), "a late retry of an older change")
	require.ErrorIs(t, w.loginWith(t, alice, 1), errs.ErrInvalidCredentials)
	require.NoError(t, w.RevokeOthers(t.Context(), alice, kept.ID, 0))
	require.NoError(t, w.loginWith(t, alice, 2), "ending the others without a change keeps nobody out")
	w.clock.advance(11 * time.Minute)
	require.NoError(t, w.loginWith(t, alice, 1), "no login takes that long: it is forgotten")
}

func TestSessionsComeInPages(t *testing.T) {
	t.Parallel()
	c := defaults()
	c.Policy = session.Policy{Mode: session.Unlimited}
	w := newWorld(t, c)
	var want []string
	for i := range 7 {
		device := fmt.Sprint("device", i)
		w.login(t, alice, "ios", device)
		want = append([]string{device}, want...)
	}
	for _, device := range []string{"twin1", "twin2"} {
		_, _, err := w.Create(t.Context(), session.Login{User: alice, Device: session.Device{ID: device, Platform: "web"}})
		require.NoError(t, err)
	}
	want = append([]string{"twin2", "twin1"}, want...)
	for _, limit := range []int32{1, 2, 4, 9, 10} {
		var got []string
		cursor, pages := "", 0
		for first := true; first || cursor != ""; first = false {
			list, next, err := w.Page(t.Context(), alice, limit, cursor)
			require.NoError(t, err)
			require.LessOrEqual(t, len(list), int(limit))
			for _, s := range list {
				got = append(got, s.Device.ID)
			}
			cursor, pages = next, pages+1
		}
		require.Equal(t, want, got)
		require.Equal(t, (len(want)+int(limit)-1)/int(limit), pages, "no page is empty")
	}

	list, next, err := w.Page(t.Context(), alice, 3, "")
	require.NoError(t, err)
	require.NoError(t, w.Revoke(t.Context(), alice, list[2].ID))
	list, _, err = w.Page(t.Context(), alice, 1, next)
	require.NoError(t, err)
	require.Equal(t, want[3], list[0].Device.ID, "a page goes on after a session that has ended meanwhile")
	for _, wrong := range []func() error{
		func() error { _, _, err := w.Page(t.Context(), alice, -1, ""); return err },
		func() error { _, _, err := w.Page(t.Context(), alice, 201, ""); return err },
		func() error { _, _, err := w.Page(t.Context(), alice, 0, "?"); return err },
	} {
		require.ErrorIs(t, wrong(), errs.ErrInvalidArgument)
	}
}
