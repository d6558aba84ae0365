package page_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/utils/errs"
	"im-backend/common/utils/page"
)

func TestLimitIsFiftyByDefaultAndAtMostTwoHundred(t *testing.T) {
	t.Parallel()
	for asked, want := range map[int32]int{0: 50, 1: 1, 200: 200} {
		got, err := page.Limit(asked)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	for _, asked := range []int32{-1, 201} {
		_, err := page.Limit(asked)
		require.ErrorIs(t, err, errs.ErrInvalidArgument)
	}
}

type position struct {
	After int64
	Name  string
}

func TestCursorComesBack(t *testing.T) {
	t.Parallel()
	want := position{After: 1 << 60, Name: "x"}
	var got position
	require.NoError(t, page.Parse(page.Cursor(want), &got))
	require.Equal(t, want, got)
	require.NoError(t, page.Parse("", &got))
	require.Equal(t, want, got)
}

func TestBadCursorIsRefused(t *testing.T) {
	t.Parallel()
	for _, cursor := range []string{"!", "bm8", page.Cursor("text"), "eyJhIjoi"} {
		var got position
		require.ErrorIs(t, page.Parse(cursor, &got), errs.ErrInvalidArgument, cursor)
	}
}
