package timeline_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/utils/errs"
)

func TestADumpHasThePresentMembersInPages(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.append("g:9", true, joined(4, false), joined(1, false), joined(3, false), joined(2, false))
	b.append("g:9", false, left(3))
	var users []int64
	for after := int64(0); ; {
		dump, err := b.DumpGroup(t.Context(), "g:9", after, 2)
		require.NoError(t, err)
		require.EqualValues(t, 3, dump.Head.MemberCount)
		require.EqualValues(t, 2, dump.Head.MemberVersion)
		require.False(t, dump.Head.Dismissed)
		for _, m := range dump.Members {
			require.Equal(t, "member", m.Role)
			users, after = append(users, m.UserID), m.UserID
		}
		if len(dump.Members) < 2 {
			break
		}
	}
	require.Equal(t, []int64{1, 2, 4}, users)
	for _, id := range []string{"g:8", "s:1:2", "n:1", "x"} {
		_, err := b.DumpGroup(t.Context(), id, 0, 2)
		require.ErrorIs(t, err, errs.ErrConversationNotFound, id)
	}
	for _, limit := range []int32{0, 5001} {
		_, err := b.DumpGroup(t.Context(), "g:9", 0, limit)
		require.ErrorIs(t, err, errs.ErrInvalidArgument)
	}
}
