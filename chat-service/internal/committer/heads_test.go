package committer_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/chat-service/internal/committer"
	"im-backend/chat-service/internal/store"
	"im-backend/common/model"
	"im-backend/common/model/imchat"
	"im-backend/common/utils/errs"
)

func TestAHeadThatAnotherInstanceMovedIsReadAnew(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.befriend(1, 2, 1)
	instances := []*committer.Committer{b.committer(), b.committer()}
	for i := range 20 {
		r, err := send(t, instances[i/3%2], 1, "s:1:2", fmt.Sprint("m", i), "hello")
		require.NoError(t, err)
		require.EqualValues(t, i+1, r.Seq)
	}
}

func TestARelationThatChangedElsewhereDecidesTheNextSend(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.befriend(1, 2, 1)
	c := b.committer()
	_, err := send(t, c, 1, "s:1:2", "known", "hello")
	require.NoError(t, err)
	relate := func(version int64, blocked bool) {
		require.NoError(t, b.store.SetRelation(context.Background(), "s:1:2",
			store.Relation{Friends: true, BlockedByHigh: blocked, Version: version}, 1))
	}
	relate(2, true)
	_, err = send(t, c, 1, "s:1:2", "blocked", "hello")
	require.ErrorIs(t, err, errs.ErrBlocked)
	relate(3, false)
	_, err = send(t, c, 1, "s:1:2", "again", "hello")
	require.NoError(t, err)
}

func TestAMemberKickedElsewhereIsRefusedByAnInstanceThatKnewTheGroup(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	const group = model.ConversationID("g:7")
	here, elsewhere := b.committer(), b.committer()
	appendEntry(t, here, group, committer.Append{ID: "create", Creates: true, Changes: joined(1, 2)})
	_, err := send(t, here, 2, group, "before", "hello")
	require.NoError(t, err)
	appendEntry(t, elsewhere, group, committer.Append{ID: "kick", Changes: left(2)})
	_, err = send(t, here, 2, group, "after", "hello")
	require.ErrorIs(t, err, errs.ErrNotGroupMember)
	r, err := send(t, here, 1, group, "other", "hello")
	require.NoError(t, err)
	require.EqualValues(t, 4, r.Seq)
}

func TestACommitThatDoesNotReadRefusesAHeadThatMoved(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.befriend(1, 2, 1)
	_, err := send(t, b.committer(), 1, "s:1:2", "m", "hello")
	require.NoError(t, err)
	save := func(version int64) error {
		return b.store.CommitUnread(context.Background(), func(tx *store.Tx) error {
			return tx.SaveConversations([]*imchat.Conversation{{ID: "s:1:2", Type: "s", MaxSeq: 9, Version: version}})
		})
	}
	const now = 2 // the relation and the send
	for _, version := range []int64{0, now - 1, now, now + 2} {
		require.ErrorIs(t, save(version), store.ErrMoved)
	}
	require.NoError(t, save(now+1))
	require.ErrorIs(t, b.store.CommitUnread(context.Background(), func(tx *store.Tx) error {
		_, err := tx.LockConversations([]string{"s:1:2"})
		return err
	}), store.ErrMoved, "nor does it read")
}
