package membership_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/group-service/internal/membership"
	"im-backend/group-service/internal/store"
)

// TestAHandOverMayBeRepeated: the first answer may have been lost.
func TestAHandOverMayBeRepeated(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "", 2, 3)
	w.chat.Fail(down)
	_, err := w.Transfer(t.Context(), id, 1, 2)
	require.ErrorIs(t, err, errs.ErrUnavailable, "the new rights are in force when it is answered")
	w.chat.Fail(nil)
	for range 2 {
		g, err := w.Transfer(t.Context(), id, 1, 2)
		require.NoError(t, err)
		require.Equal(t, []any{store.Admin, model.UserID(2)}, []any{g.Role, g.Owner})
	}
	require.Len(t, w.events(t, id), 2)
	_, err = w.Transfer(t.Context(), id, 1, 3)
	require.ErrorIs(t, err, errs.ErrNotGroupOwner, "another one is no repeat")
	_, err = w.Transfer(t.Context(), id, 3, 2)
	require.ErrorIs(t, err, errs.ErrNotGroupOwner, "nor is that of another")
	_, err = w.Transfer(t.Context(), id, 2, 3)
	require.NoError(t, err)
	_, err = w.Transfer(t.Context(), id, 1, 2)
	require.ErrorIs(t, err, errs.ErrNotGroupOwner, "it is not so any more")
}

func TestWhatDecidesWhoMayWriteIsInForceWhenItIsAnswered(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "", 2)
	slow, name := int32(5), "new"
	w.chat.Fail(down)
	_, err := w.Update(t.Context(), id, 1, membership.Changes{Name: &name})
	require.NoError(t, err, "a name follows")
	for range 2 {
		_, err = w.Update(t.Context(), id, 1, membership.Changes{SlowModeSeconds: &slow})
		require.ErrorIs(t, err, errs.ErrUnavailable)
	}
	w.chat.Fail(nil)
	g, err := w.Update(t.Context(), id, 1, membership.Changes{SlowModeSeconds: &slow})
	require.NoError(t, err)
	require.Equal(t, slow, g.SlowModeSeconds)
	require.Len(t, w.events(t, id), 3)
}

// TestWhatChatRefusesIsNotTakenForDone: neither by the first call nor by its repeats, and it keeps back nothing that comes later.
func TestWhatChatRefusesIsNotTakenForDone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "", 2, 3, 4)
	w.chat.Fail(func(content string) error {
		if strings.Contains(content, "member.kicked") {
			return errs.ErrInvalidArgument
		}
		return nil
	})
	for range 3 {
		require.ErrorIs(t, w.Kick(t.Context(), id, 1, 2), errs.ErrUnavailable)
	}
	require.NoError(t, w.Leave(t.Context(), id, 3))
	require.NoError(t, w.Leave(t.Context(), id, 3))
	require.NoError(t, w.Flush(t.Context(), id), "nothing waits")
	require.ErrorIs(t, w.Kick(t.Context(), id, 1, 2), errs.ErrUnavailable)
	require.NoError(t, w.give(t, id, 1, 4, "admin"))
}
