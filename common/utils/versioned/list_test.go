package versioned

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhatCannotBeToldSinceAVersionIsToldWhole(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		asked, current, kept, since int64
		reset                       bool
	}{
		{0, 7, 3, 0, false},
		{7, 7, 3, 7, false},
		{3, 7, 3, 3, false},
		{2, 7, 3, 0, true},
		{8, 7, 3, 0, true},
		{1, 7, 0, 1, false},
	} {
		since, reset := Since(c.asked, c.current, c.kept)
		require.Equal(t, c.since, since, "%+v", c)
		require.Equal(t, c.reset, reset, "%+v", c)
	}
}

func TestPagesOfEveryVersionAndSizeAreOthers(t *testing.T) {
	t.Parallel()
	require.NotEqual(t, Page(1, 11), Page(11, 1))
	require.NotEqual(t, Page(1, 50), Page(2, 50))
	require.NotEqual(t, Page(1, 50), Page(1, 51))
}
