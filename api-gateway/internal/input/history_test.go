package input_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/api-gateway/internal/input"
	"im-backend/api-gateway/internal/types"
	"im-backend/common/utils/errs"
)

func TestAHistoryCursorGoesOnInTheDirectionAskedFor(t *testing.T) {
	t.Parallel()
	newest := &types.ListMessagesRequest{Cursor: input.NextHistoryCursor(&types.ListMessagesRequest{}, 17, 26)}
	require.NoError(t, input.HistoryCursor(newest))
	require.EqualValues(t, 17, *newest.BeforeSeq)
	require.Nil(t, newest.AfterSeq)

	zero := int64(0)
	oldest := &types.ListMessagesRequest{Cursor: input.NextHistoryCursor(&types.ListMessagesRequest{AfterSeq: &zero}, 1, 10)}
	require.NoError(t, input.HistoryCursor(oldest))
	require.EqualValues(t, 10, *oldest.AfterSeq)
	require.Nil(t, oldest.BeforeSeq)
}

func TestWhatIsNoHistoryCursorIsInvalid(t *testing.T) {
	t.Parallel()
	for _, cursor := range []string{"x", "before:", "after:-1", "before:1x", "10"} {
		require.ErrorIs(t, input.HistoryCursor(&types.ListMessagesRequest{Cursor: cursor}), errs.ErrInvalidArgument, cursor)
	}
	one := int64(1)
	require.ErrorIs(t, input.HistoryCursor(&types.ListMessagesRequest{Cursor: "after:1", AfterSeq: &one}), errs.ErrInvalidArgument)
}
