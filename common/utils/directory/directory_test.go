package directory_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"

	"im-backend/common/model"
	"im-backend/common/proto/gen/userpb"
	"im-backend/common/utils/directory"
	"im-backend/common/utils/errs"
)

// users knows even ids only.
type users struct {
	userpb.UserServiceClient
	largest int
	err     error
	from    string // of everybody
}

func (u *users) BatchGetUsers(_ context.Context, in *userpb.BatchGetUsersRequest, _ ...grpc.CallOption) (
	*userpb.BatchGetUsersResponse, error,
) {
	u.largest = max(u.largest, len(in.GetUserIds()))
	out := &userpb.BatchGetUsersResponse{}
	for _, id := range in.GetUserIds() {
		if id%2 == 0 {
			user := &userpb.User{UserId: id, Username: "user", FriendRequestsFrom: u.from}
			if id%4 == 0 {
				user.Nickname = "nick"
			}
			out.Users = append(out.Users, user)
		}
	}
	return out, u.err
}

func TestMissingNamesThoseWhoAreNotThere(t *testing.T) {
	t.Parallel()
	missing, err := directory.New(&users{}).Missing(t.Context(), 2, 3, 4, 5)
	require.NoError(t, err)
	require.Equal(t, []model.UserID{3, 5}, missing)
}

func TestNamesAreNicknamesOrElseUsernamesOfThoseWhoExist(t *testing.T) {
	t.Parallel()
	names, err := directory.New(&users{}).Names(t.Context(), 2, 3, 4)
	require.NoError(t, err)
	require.Equal(t, map[model.UserID]string{2: "user", 4: "nick"}, names)
}

func TestMissingAsksInBatches(t *testing.T) {
	t.Parallel()
	ids := make([]model.UserID, 0, 501)
	for i := range 501 {
		ids = append(ids, model.UserID(2*i+2))
	}
	u := &users{}
	missing, err := directory.New(u).Missing(t.Context(), ids...)
	require.NoError(t, err)
	require.Empty(t, missing)
	require.Equal(t, 200, u.largest)
}

func TestTakesRequests(t *testing.T) {
	t.Parallel()
	for from, want := range map[string]bool{"everyone": true, "": true, "nobody": false} {
		got, err := directory.New(&users{from: from}).TakesRequests(t.Context(), 2)
		require.NoError(t, err)
		require.Equal(t, want, got, from)
	}
	_, err := directory.New(&users{}).TakesRequests(t.Context(), 3)
	require.ErrorIs(t, err, errs.ErrUserNotFound)
	_, err = directory.New(&users{err: errs.ErrUnavailable}).TakesRequests(t.Context(), 2)
	require.ErrorIs(t, err, errs.ErrUnavailable)
}

func TestMissingPassesTypedErrorsOn(t *testing.T) {
	t.Parallel()
	_, err := directory.New(&users{err: errs.ErrUnavailable}).Missing(t.Context(), 2)
	require.ErrorIs(t, err, errs.ErrUnavailable)
}
