package membership_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/group-service/internal/membership"
)

// TestNobodyIsPutIntoAGroupByWhomItBlocks: who blocks somebody is not written to by way of a group either.
func TestNobodyIsPutIntoAGroupByWhomItBlocks(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	w.blocks.set(2, 1)
	g, err := w.Create(t.Context(), membership.Draft{Owner: 1, Name: "x", Members: []model.UserID{2, 3}, InviteRole: "member"})
	require.NoError(t, err)
	require.Equal(t, []membership.Failure{{User: 2, Reason: errs.ErrForbidden}}, g.Failed)
	require.Equal(t, []model.UserID{1, 3}, w.members(t, g.ID, 1))
	require.NoError(t, w.Ban(t.Context(), g.ID, 1, 5))
	_, failed, err := w.Add(t.Context(), g.ID, 1, []model.UserID{2, 5})
	require.NoError(t, err)
	require.Equal(t, []membership.Failure{{User: 2, Reason: errs.ErrForbidden}, {User: 5, Reason: errs.ErrForbidden}}, failed,
		"a block is not told from a ban")
	added, _, err := w.Add(t.Context(), g.ID, 3, []model.UserID{2})
	require.NoError(t, err)
	require.Len(t, added, 1, "another may")
	w.blocks.set(3, 4)
	added, _, err = w.Add(t.Context(), g.ID, 3, []model.UserID{4})
	require.NoError(t, err)
	require.Len(t, added, 1, "whom one blocks oneself one may add")
}

func TestWhoBlocksWhomHasToBeKnown(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "open", 2)
	w.blocks.fail(errs.ErrUnavailable)
	_, _, err := w.Add(t.Context(), id, 1, []model.UserID{3})
	require.ErrorIs(t, err, errs.ErrUnavailable)
	_, err = w.Create(t.Context(), membership.Draft{Owner: 1, Name: "x", Members: []model.UserID{2}})
	require.ErrorIs(t, err, errs.ErrUnavailable)
	joined, err := w.Join(t.Context(), id, 4, "")
	require.NoError(t, err, "who comes by itself needs no answer")
	require.False(t, joined.Asked)
	require.Equal(t, []model.UserID{1, 2, 4}, w.members(t, id, 1))
}
