package input

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/api-gateway/internal/types"
	"im-backend/common/utils/errs"
)

func TestIDsOfPathsAreNotFoundAndThoseOfBodiesAreInvalid(t *testing.T) {
	t.Parallel()
	id, err := PathID("42", errs.ErrGroupNotFound)
	require.NoError(t, err)
	require.EqualValues(t, 42, id)
	for _, text := range []string{"", "0", "-1", "042", "4x", " 4", "99999999999999999999"} {
		_, err = PathID(text, errs.ErrGroupNotFound)
		require.ErrorIs(t, err, errs.ErrGroupNotFound)
		_, err = ID("toUserId", text)
		require.ErrorIs(t, err, errs.ErrInvalidArgument)
		require.Equal(t, "toUserId", errs.From(err).Fields[0].Field)
	}
	id, err = OptionalID("groupId", "")
	require.NoError(t, err)
	require.Zero(t, id)
	require.NoError(t, PathConversation("g:5"))
	require.ErrorIs(t, PathConversation("g:0"), errs.ErrConversationNotFound)
}

func TestLimits(t *testing.T) {
	t.Parallel()
	for in, want := range map[int32]int32{0: 50, 1: 1, 200: 200} {
		got, err := Limit(in)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	for _, in := range []int32{-1, 201} {
		_, err := Limit(in)
		require.Equal(t, "limit", errs.From(err).Fields[0].Field)
	}
}

func TestListsOfIDs(t *testing.T) {
	t.Parallel()
	ids, err := IDList("ids", "1,2")
	require.NoError(t, err)
	require.Equal(t, []int64{1, 2}, ids)
	for _, text := range []string{"", "1,,2", "1, 2", strings.Repeat("1,", 200) + "1"} {
		_, err = IDList("ids", text)
		require.ErrorIs(t, err, errs.ErrInvalidArgument, text)
	}
	ids, err = IDs("userIds", nil)
	require.NoError(t, err)
	require.Empty(t, ids)
}

func TestDevicesAreCheckedAsAuthServiceWill(t *testing.T) {
	t.Parallel()
	require.NoError(t, Device(types.Device{DeviceId: strings.Repeat("é", 128), Platform: "web", Name: " Anns Laptop "}))
	err := Device(types.Device{DeviceId: "a\n", Platform: "WEB", Name: strings.Repeat("n", 65)})
	require.Len(t, errs.From(err).Fields, 3)
}
