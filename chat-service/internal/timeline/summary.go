package timeline

import (
	"context"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"im-backend/common/model"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/common/proto/gen/userpb"
)

// summaryTimeout bounds what names and pictures may cost; without them the list is still right.
const summaryTimeout = time.Second

// summaryBatch is how many the other services answer at a time.
const summaryBatch = 200

// summarise asks user-service and group-service, each once, for what stands beside the conversations. What does not answer is
// left out: a list of conversations must not depend on them.
func (t *Timeline) summarise(ctx context.Context, me model.UserID, list []*Conversation) {
	ctx, cancel := context.WithTimeout(ctx, summaryTimeout)
	defer cancel()
	var users, groups []int64
	for _, c := range list {
		switch c.Parsed.Type {
		case model.Single:
			users = append(users, int64(c.Parsed.Peer(me)))
		case model.Group:
			groups = append(groups, int64(c.Parsed.Group))
		case model.Notification:
		}
	}
	var usersByID map[int64]*userpb.User
	var groupsByID map[int64]*grouppb.Group
	var asking errgroup.Group
	asking.Go(func() error { usersByID = t.fetchUsers(ctx, users); return nil })
	asking.Go(func() error { groupsByID = t.fetchGroups(ctx, groups); return nil })
	_ = asking.Wait() // neither fails
	for _, c := range list {
		c.Peer = usersByID[int64(c.Parsed.Peer(me))]
		c.Group = groupsByID[int64(c.Parsed.Group)]
	}
}

func (t *Timeline) fetchUsers(ctx context.Context, ids []int64) map[int64]*userpb.User {
	byID := make(map[int64]*userpb.User, len(ids))
	for some := range slices.Chunk(ids, summaryBatch) {
		answer, err := t.users.BatchGetUsers(ctx, &userpb.BatchGetUsersRequest{UserIds: some})
		if err != nil {
			return byID
		}
		for _, u := range answer.GetUsers() {
			byID[u.GetUserId()] = u
		}
	}
	return byID
}

func (t *Timeline) fetchGroups(ctx context.Context, ids []int64) map[int64]*grouppb.Group {
	byID := make(map[int64]*grouppb.Group, len(ids))
	for some := range slices.Chunk(ids, summaryBatch) {
		answer, err := t.groups.BatchGetGroups(ctx, &grouppb.BatchGetGroupsRequest{GroupIds: some})
		if err != nil {
			return byID
		}
		for _, g := range answer.GetGroups() {
			byID[g.GetGroupId()] = g
		}
	}
	return byID
}
