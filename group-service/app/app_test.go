package app_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/proto/gen/grouppb"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/outbox/outboxtest"
	"im-backend/group-service/app"
)

func TestTheServiceServesItsCalls(t *testing.T) {
	t.Parallel()
	etcd, chat := startEtcd(t), outboxtest.NewChat()
	startPeers(t, etcd, chat)
	c := config(t, etcd)
	run(t, c)
	client, ctx := grouppb.NewGroupServiceClient(dial(t, c)), t.Context()

	_, err := client.CreateGroup(ctx, &grouppb.CreateGroupRequest{UserId: 1})
	require.ErrorIs(t, err, errs.ErrInvalidArgument)
	require.Equal(t, "name", errs.From(err).Fields[0].Field)
	_, err = client.CreateGroup(ctx, &grouppb.CreateGroupRequest{UserId: 1, Name: "g", MemberIds: []int64{2, 1001}})
	require.ErrorIs(t, err, errs.ErrUserNotFound)
	created, err := client.CreateGroup(ctx, &grouppb.CreateGroupRequest{UserId: 1, Name: "g", MemberIds: []int64{2, 3}})
	require.NoError(t, err)
	group := created.GetGroup()
	require.Equal(t, "owner", group.GetMyRole())
	require.EqualValues(t, 3, group.GetMemberCount())
	id := group.GetGroupId()

	got, err := client.GetGroup(ctx, &grouppb.GetGroupRequest{UserId: 2, GroupId: id})
	require.NoError(t, err)
	require.Equal(t, "member", got.GetGroup().GetMyRole())
	_, err = client.GetGroup(ctx, &grouppb.GetGroupRequest{UserId: 9, GroupId: id})
	require.ErrorIs(t, err, errs.ErrGroupNotFound)
	name := "renamed"
	updated, err := client.UpdateGroup(ctx, &grouppb.UpdateGroupRequest{UserId: 1, GroupId: id, Name: &name})
	require.NoError(t, err)
	require.Equal(t, "renamed", updated.GetGroup().GetName())

	added, err := client.AddMembers(ctx, &grouppb.AddMembersRequest{UserId: 1, GroupId: id, UserIds: []int64{3, 4, 500, 1001}})
	require.NoError(t, err)
	require.Equal(t, []int64{4}, added.GetAdded())
	require.Equal(t, "ALREADY_MEMBER", added.GetFailed()[0].GetReason())
	require.Equal(t, "FORBIDDEN", added.GetFailed()[1].GetReason())
	require.Equal(t, "USER_NOT_FOUND", added.GetFailed()[2].GetReason())
	_, err = client.RemoveMember(ctx, &grouppb.RemoveMemberRequest{UserId: 2, GroupId: id, MemberId: 3})
	require.ErrorIs(t, err, errs.ErrNotGroupAdmin)
	_, err = client.RemoveMember(ctx, &grouppb.RemoveMemberRequest{UserId: 1, GroupId: id, MemberId: 3})
	require.NoError(t, err)
	_, err = client.LeaveGroup(ctx, &grouppb.LeaveGroupRequest{UserId: 2, GroupId: id})
	require.NoError(t, err)
	members, err := client.ListMembers(ctx, &grouppb.ListMembersRequest{UserId: 4, GroupId: id})
	require.NoError(t, err)
	require.Len(t, members.GetMembers(), 2)
	require.Equal(t, "owner", members.GetMembers()[0].GetRole())
	list, err := client.ListGroups(ctx, &grouppb.ListGroupsRequest{UserId: 4})
	require.NoError(t, err)
	require.Len(t, list.GetGroups(), 1)

	_, err = client.DismissGroup(ctx, &grouppb.DismissGroupRequest{UserId: 4, GroupId: id})
	require.ErrorIs(t, err, errs.ErrNotGroupOwner)
	_, err = client.DismissGroup(ctx, &grouppb.DismissGroupRequest{UserId: 1, GroupId: id})
	require.NoError(t, err)
	batch, err := client.BatchGetGroups(ctx, &grouppb.BatchGetGroupsRequest{GroupIds: []int64{id}})
	require.NoError(t, err)
	require.True(t, batch.GetGroups()[0].GetDismissed())
	_, err = client.FlushOutbox(ctx, &grouppb.FlushOutboxRequest{GroupId: id})
	require.NoError(t, err)
	require.Len(t, chat.Log(chat.Conversations()[0]), 6)
}

// TestTwoInstancesRelayTheSameRows: both find what was committed while chat-service was away.
func TestTwoInstancesRelayTheSameRows(t *testing.T) {
	t.Parallel()
	etcd, chat := startEtcd(t), outboxtest.NewChat()
	startPeers(t, etcd, chat)
	chat.Fail(func(string) error { return errs.ErrUnavailable })
	c := config(t, etcd)
	first := run(t, c)
	client := grouppb.NewGroupServiceClient(dial(t, c))
	created, err := client.CreateGroup(t.Context(), &grouppb.CreateGroupRequest{UserId: 1, Name: "g"}) // needs no answer of chat-service
	require.NoError(t, err)
	for user := int64(2); user < 12; user++ {
		_, err := client.AddMembers(t.Context(), &grouppb.AddMembersRequest{
			UserId: 1, GroupId: created.GetGroup().GetGroupId(), UserIds: []int64{user},
		})
		require.NoError(t, err)
	}
	require.NoError(t, first.Stop(context.Background()))
	chat.Fail(nil)
	for range 2 {
		c.ListenOn = freeAddr(t)
		run(t, c)
	}
	// The breaker of the calls to chat-service may stay open for its window of ten seconds.
	require.Eventually(t, func() bool {
		return len(chat.Conversations()) == 1 && len(chat.Log(chat.Conversations()[0])) == 11
	}, time.Minute, 10*time.Millisecond)
	for i, entry := range chat.Log(chat.Conversations()[0]) {
		require.EqualValues(t, i+1, entry.GetChanges()[0].GetUserId())
	}
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
	require.EqualValues(t, 5000, c.Membership.MaxMembers)
	c.Timeout, c.Database.DSN, c.Outbox.Workers, c.Etcd.Hosts, c.Membership.MaxMembers = 0, "", 0, nil, 0
	err := c.Validate()
	for _, fault := range []string{"Timeout", "Database.DSN", "Outbox", "Etcd", "MaxMembers"} {
		require.ErrorContains(t, err, fault)
	}
}
