package timeline_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/chat-service/internal/push"
	"im-backend/chat-service/internal/timeline"
	"im-backend/common/model"
	"im-backend/common/proto/gen/logpb"
	"im-backend/common/utils/errs"
)

func (b *bench) readers(user model.UserID, id string, seq int64) *timeline.Readers {
	b.t.Helper()
	r, err := b.ListReaders(context.Background(), user, id, seq, 0, "")
	require.NoError(b.t, err)
	return r
}

func TestReadersAreTheMembersWhoWereThere(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ctx := context.Background()
	b.append("g:9", true, joined(1, false), joined(2, false), joined(3, false), joined(4, false))
	at := b.send(1, "g:9")
	require.Equal(t, &timeline.Readers{Users: []int64{}, Unread: 3}, b.readers(1, "g:9", at))
	for _, user := range []model.UserID{2, 3} {
		_, err := b.MarkRead(ctx, user, "g:9", at, 0)
		require.NoError(t, err)
	}
	want := &timeline.Readers{Users: []int64{2, 3}, Read: 2, Unread: 1}
	require.Equal(t, want, b.readers(1, "g:9", at))
	require.Equal(t, want, b.readers(4, "g:9", at), "members may ask")
	b.append("g:9", false, joined(5, true), joined(6, false))
	require.Equal(t, want, b.readers(1, "g:9", at), "who joined later does not count, history or not")
	b.append("g:9", false, left(3))
	require.Equal(t, &timeline.Readers{Users: []int64{2}, Read: 1, Unread: 1}, b.readers(1, "g:9", at), "who has left counts no more")
	_, err := b.ListReaders(ctx, 3, "g:9", at, 0, "")
	require.ErrorIs(t, err, errs.ErrNotGroupMember, "nor does it see who reads now")
	b.append("g:9", false, joined(3, false))
	require.Equal(t, &timeline.Readers{Users: []int64{2}, Read: 1, Unread: 1}, b.readers(1, "g:9", at))
	first, err := b.ListReaders(ctx, 1, "g:9", at, 1, "")
	require.NoError(t, err)
	require.Empty(t, first.Next)
	b.send(4, "g:9")
	first, err = b.ListReaders(ctx, 1, "g:9", at, 1, "")
	require.NoError(t, err)
	require.Equal(t, []int64{2}, first.Users)
	second, err := b.ListReaders(ctx, 1, "g:9", at, 1, first.Next)
	require.NoError(t, err)
	require.Equal(t, []int64{4}, second.Users)
	require.Empty(t, second.Next)

	for _, tc := range []struct {
		user model.UserID
		seq  int64
		want error
	}{{7, at, errs.ErrConversationNotFound}, {6, at, errs.ErrMessageNotFound}, {1, 99, errs.ErrMessageNotFound}, {1, 0, errs.ErrMessageNotFound}} {
		_, err := b.ListReaders(ctx, tc.user, "g:9", tc.seq, 0, "")
		require.ErrorIs(t, err, tc.want)
	}
	_, err = b.ListReaders(ctx, 1, "g:9", at, 0, "x")
	require.ErrorIs(t, err, errs.ErrInvalidArgument)
	_, err = b.ListReaders(ctx, 1, "g:9", at, 201, "")
	require.ErrorIs(t, err, errs.ErrInvalidArgument)
}

func TestOfALargeGroupReadersAreCounted(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var all []*logpb.MemberChange
	for user := range model.UserID(501) {
		all = append(all, joined(user+1, false))
	}
	b.append("g:9", true, all...)
	at := b.send(1, "g:9")
	_, err := b.MarkRead(context.Background(), 2, "g:9", at, 0)
	require.NoError(t, err)
	require.Equal(t, &timeline.Readers{Read: 1, Unread: 499}, b.readers(1, "g:9", at))
	require.NoError(t, b.Type(context.Background(), 1, "g:9"))
	require.Empty(t, b.reads.told, "nobody is told who types in it")
	b.append("g:9", false, left(501))
	require.Equal(t, []int64{2}, b.readers(1, "g:9", at).Users)
}

func TestTypingIsToldToWhoMayKnow(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ctx := context.Background()
	b.send(1, "s:1:2")
	b.append("g:9", true, joined(1, false), joined(2, false))
	b.append("n:1", false)
	require.NoError(t, b.Type(ctx, 1, "s:1:2"))
	require.Equal(t, push.Notice{Users: []model.UserID{2}, Typing: &push.At{Conversation: "s:1:2", User: 1}}, b.lastTold())
	require.NoError(t, b.Type(ctx, 1, "g:9"))
	require.Equal(t, push.Notice{Room: "g:9", Typing: &push.At{Conversation: "g:9", User: 1}}, b.lastTold())
	told := len(b.reads.told)
	require.NoError(t, b.Type(ctx, 1, "n:1"))
	for _, column := range []string{"blocked_by_low", "blocked_by_high"} {
		require.NoError(t, b.db.Exec("UPDATE conversations SET "+column+" = 1 WHERE id = 's:1:2'").Error)
		require.NoError(t, b.Type(ctx, 1, "s:1:2"))
		require.NoError(t, b.Type(ctx, 2, "s:1:2"))
		require.NoError(t, b.db.Exec("UPDATE conversations SET "+column+" = 0 WHERE id = 's:1:2'").Error)
	}
	require.Len(t, b.reads.told, told)
	b.append("g:9", false, left(1))
	require.ErrorIs(t, b.Type(ctx, 1, "g:9"), errs.ErrNotGroupMember)
	require.ErrorIs(t, b.Type(ctx, 3, "g:9"), errs.ErrConversationNotFound)
}
