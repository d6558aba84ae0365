package app_test

import (
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/proto/gen/friendpb"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/outbox/outboxtest"
	"im-backend/friend-service/app"
)

func TestTheServiceServesItsCalls(t *testing.T) {
	t.Parallel()
	etcd, chat := startEtcd(t), outboxtest.NewChat()
	startPeers(t, etcd, chat)
	c := config(t, etcd)
	run(t, c)
	client, ctx := friendpb.NewFriendServiceClient(dial(t, c)), t.Context()

	_, err := client.CreateRequest(ctx, &friendpb.CreateRequestRequest{UserId: 1, ToUserId: 1})
	require.ErrorIs(t, err, errs.ErrInvalidArgument)
	require.Equal(t, "toUserId", errs.From(err).Fields[0].Field)
	_, err = client.CreateRequest(ctx, &friendpb.CreateRequestRequest{UserId: 1, ToUserId: 1001})
	require.ErrorIs(t, err, errs.ErrUserNotFound)
	_, err = client.CreateRequest(ctx, &friendpb.CreateRequestRequest{UserId: 1, ToUserId: shy})
	require.ErrorIs(t, err, errs.ErrFriendRequestsRefused)
	asked, err := client.CreateRequest(ctx, &friendpb.CreateRequestRequest{UserId: 1, ToUserId: 2, Message: "hi"})
	require.NoError(t, err)
	id := asked.GetRequest().GetRequestId()
	incoming, err := client.ListRequests(ctx, &friendpb.ListRequestsRequest{UserId: 2, Status: "pending"})
	require.NoError(t, err)
	require.Equal(t, "hi", incoming.GetRequests()[0].GetMessage())
	accepted, err := client.AcceptRequest(ctx, &friendpb.AcceptRequestRequest{UserId: 2, RequestId: id, Remark: "one"})
	require.NoError(t, err)
	require.Equal(t, "accepted", accepted.GetRequest().GetStatus())
	require.True(t, chat.Relation(1, 2).GetFriends())
	require.Len(t, chat.Log("s:1:2"), 1)

	starred := true
	updated, err := client.UpdateFriend(ctx, &friendpb.UpdateFriendRequest{
		UserId: 2, FriendId: 1, Starred: &starred, Tags: &friendpb.TagList{Tags: []string{"a"}},
	})
	require.NoError(t, err)
	require.Equal(t, "one", updated.GetFriend().GetRemark())
	list, err := client.ListFriends(ctx, &friendpb.ListFriendsRequest{UserId: 2})
	require.NoError(t, err)
	require.EqualValues(t, 2, list.GetVersion())
	require.Equal(t, []string{"a"}, list.GetFriends()[0].GetTags())

	_, err = client.BlockUser(ctx, &friendpb.BlockUserRequest{UserId: 2, BlockedId: 1})
	require.NoError(t, err)
	require.True(t, chat.Relation(1, 2).GetBlockedByHigh())
	unknown, err := client.ListFriends(ctx, &friendpb.ListFriendsRequest{UserId: 2, Since: 99})
	require.NoError(t, err)
	require.True(t, unknown.GetReset_())
	blocks, err := client.ListBlocks(ctx, &friendpb.ListBlocksRequest{UserId: 2})
	require.NoError(t, err)
	require.EqualValues(t, 1, blocks.GetBlocks()[0].GetUserId())
	_, err = client.UnblockUser(ctx, &friendpb.UnblockUserRequest{UserId: 2, BlockedId: 1})
	require.NoError(t, err)
	_, err = client.DeleteFriend(ctx, &friendpb.DeleteFriendRequest{UserId: 1, FriendId: 2})
	require.NoError(t, err)
	since, err := client.ListFriends(ctx, &friendpb.ListFriendsRequest{UserId: 2, Since: list.GetVersion()})
	require.NoError(t, err)
	require.Equal(t, []int64{1}, since.GetDeleted())

	other, err := client.CreateRequest(ctx, &friendpb.CreateRequestRequest{UserId: 1, ToUserId: 3})
	require.NoError(t, err)
	_, err = client.RejectRequest(ctx, &friendpb.RejectRequestRequest{UserId: 3, RequestId: other.GetRequest().GetRequestId()})
	require.NoError(t, err)
	_, err = client.CancelRequest(ctx, &friendpb.CancelRequestRequest{UserId: 1, RequestId: other.GetRequest().GetRequestId()})
	require.ErrorIs(t, err, errs.ErrRequestAlreadyHandled)
	_, err = client.FlushOutbox(ctx, &friendpb.FlushOutboxRequest{UserId: 3, PeerId: 1})
	require.NoError(t, err)
}

// TestStartsWithoutItsPeersAndCatchesUp: chat-service was away when a change was committed and the process ended.
func TestStartsWithoutItsPeersAndCatchesUp(t *testing.T) {
	t.Parallel()
	etcd, chat := startEtcd(t), outboxtest.NewChat()
	startPeers(t, etcd, chat)
	chat.Fail(func(string) error { return errs.ErrUnavailable })
	c := config(t, etcd)
	first := run(t, c)
	client := friendpb.NewFriendServiceClient(dial(t, c))
	for i := range 3 {
		_, err := client.BlockUser(t.Context(), &friendpb.BlockUserRequest{UserId: 1, BlockedId: int64(10 + i)})
		require.ErrorIs(t, err, errs.ErrUnavailable, strconv.Itoa(i))
	}
	require.NoError(t, first.Stop(context.Background()))
	require.Nil(t, chat.Relation(1, 10))
	chat.Fail(nil)
	c.ListenOn = freeAddr(t)
	run(t, c)
	require.Eventually(t, func() bool { return chat.Relation(1, 12).GetBlockedByLow() }, time.Minute, 10*time.Millisecond)
}

func TestReadinessNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	a := app.New(config(t, startEtcd(t)))
	require.ErrorContains(t, a.Ready(t.Context()), "database")
	require.NoError(t, a.Start(t.Context())) // nobody else is there
	err := a.Ready(t.Context())
	require.ErrorContains(t, err, "chat-service")
	require.ErrorContains(t, err, "user-service")
	require.NotContains(t, err.Error(), "database")
	require.NoError(t, a.Stop(context.Background()))
	require.NoError(t, a.Stop(context.Background()))
	require.Error(t, a.Ready(t.Context()))
}

func TestFailedStartIsStopped(t *testing.T) {
	t.Parallel()
	c := config(t, "127.0.0.1:1") // no Etcd
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	a := app.New(c)
	require.Error(t, a.Start(ctx))
	require.NoError(t, a.Stop(context.Background()))
}

func TestConfigIsValidated(t *testing.T) {
	t.Parallel()
	c := config(t, "127.0.0.1:1")
	require.NoError(t, c.Validate())
	c.Timeout, c.Database.DSN, c.Outbox.Workers, c.Etcd.Hosts, c.Friendship.MaxTags = 0, "", 0, nil, 0
	err := c.Validate()
	for _, fault := range []string{"Timeout", "Database.DSN", "Outbox", "Etcd", "Friendship.MaxTags"} {
		require.ErrorContains(t, err, fault)
	}
}
