package sending_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"

	"im-backend/chat-service/internal/committer"
	"im-backend/chat-service/internal/sending"
	"im-backend/chat-service/internal/store"
	"im-backend/chat-service/internal/storetest"
	"im-backend/common/model"
	"im-backend/common/proto/gen/friendpb"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/common/proto/gen/logpb"
	"im-backend/common/proto/gen/userpb"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/idgen"
)

type nobody struct{}

func (nobody) Enqueue(int64, []*logpb.Entry) {}

// owners are the other services: what they do when they are asked is the test's.
type owners struct {
	asked  atomic.Int32
	flush  func(ctx context.Context) error
	exists func(user int64) bool
	recall error   // of Recall
	told   []int64 // seqs that were recalled
}

// Recall implements sending.Recaller.
func (o *owners) Recall(_ context.Context, _ string, seq, at int64) error {
	if at > 0 {
		o.told = append(o.told, seq)
	}
	return o.recall
}

type (
	fakeUsers struct {
		userpb.UserServiceClient
		*owners
	}
	fakeFriends struct {
		friendpb.FriendServiceClient
		*owners
	}
	fakeGroups struct {
		grouppb.GroupServiceClient
		*owners
	}
)

func (f fakeUsers) BatchGetUsers(_ context.Context, in *userpb.BatchGetUsersRequest, _ ...grpc.CallOption) (*userpb.BatchGetUsersResponse, error) {
	out := &userpb.BatchGetUsersResponse{}
	for _, id := range in.GetUserIds() {
		if f.exists(id) {
			out.Users = append(out.Users, &userpb.User{UserId: id})
		}
	}
	return out, nil
}

func (f fakeFriends) FlushOutbox(ctx context.Context, _ *friendpb.FlushOutboxRequest, _ ...grpc.CallOption) (*friendpb.FlushOutboxResponse, error) {
	f.asked.Add(1)
	return &friendpb.FlushOutboxResponse{}, f.flush(ctx)
}

func (f fakeGroups) FlushOutbox(ctx context.Context, _ *grouppb.FlushOutboxRequest, _ ...grpc.CallOption) (*grouppb.FlushOutboxResponse, error) {
	f.asked.Add(1)
	return &grouppb.FlushOutboxResponse{}, f.flush(ctx)
}

type bench struct {
	*sending.Sending
	owners *owners
	store  *store.Store
}

func newBench(t *testing.T, changes ...func(*committer.Config)) *bench {
	t.Helper()
	st, _ := storetest.Open(t)
	config := committer.Config{
		Lanes: 1, Queue: 10000, Batch: 500, Timeout: 10 * time.Second, CachedGroups: 10, CachedHeads: 1000, LargeGroup: 500, RequireFriendship: true,
	}
	for _, change := range changes {
		change(&config)
	}
	c, err := committer.New(config, st, idgen.New(1), nobody{})
	require.NoError(t, err)
	c.Start()
	o := &owners{
		flush:  func(context.Context) error { return nil },
		exists: func(int64) bool { return true },
	}
	s := sending.New(c, fakeUsers{owners: o}, fakeFriends{owners: o}, fakeGroups{owners: o}, o)
	t.Cleanup(func() {
		s.Stop()
		c.Stop()
	})
	return &bench{Sending: s, owners: o, store: st}
}

func draft(id, clientMsgID string) sending.Draft {
	return sending.Draft{ClientMsgID: clientMsgID, ConversationID: id, Type: "text", Content: []byte(`{"text":"hi"}`)}
}

func (b *bench) createGroup(ctx context.Context, t *testing.T, members ...int64) error {
	t.Helper()
	var changes []*logpb.MemberChange
	for _, u := range members {
		changes = append(changes, &logpb.MemberChange{Kind: logpb.MemberChange_KIND_JOINED, UserId: u, Role: "member"})
	}
	_, err := b.Append(ctx, "g:9", committer.Append{ID: "group:1", Content: []byte(`{"event":"group.created"}`), Creates: true, Changes: changes})
	require.NoError(t, err)
	return err
}

func TestPipelinedSendsToAGroupNotKnownYetAskOnceAndKeepTheirOrder(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	const n = 300
	half := make(chan struct{})
	b.owners.flush = func(ctx context.Context) error {
		<-half // more sends arrive while the owner is asked, and while those that waited are stored
		return b.createGroup(ctx, t, 1)
	}
	var answered sync.WaitGroup
	answered.Add(n)
	seqs := make([]int64, n)
	for i := range n {
		if i == n/2 {
			close(half)
		}
		b.Submit(context.Background(), 1, draft("g:9", fmt.Sprint("m", i)), func(r sending.Result, err error) {
			require.NoError(t, err)
			require.Equal(t, "g:9", r.ConversationID)
			seqs[i] = r.Seq
			answered.Done()
		})
	}
	answered.Wait()
	for i, seq := range seqs {
		require.EqualValues(t, i+2, seq)
	}
	require.EqualValues(t, 1, b.owners.asked.Load())
	require.Eventually(t, func() bool { return !b.Waiting("g:9") }, time.Minute, time.Millisecond, "the question stays open")
}

func TestASendIsRefusedOnlyAfterTheOwnerWasAsked(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.owners.exists = func(user int64) bool { return user != 404 }
	for _, tc := range []struct {
		name  string
		draft sending.Draft
		want  error
		asked int32
	}{
		{"a group by its conversation", sending.Draft{ConversationID: "g:5"}, errs.ErrConversationNotFound, 1},
		{"a group by its id", sending.Draft{ToGroup: 5}, errs.ErrGroupNotFound, 1},
		{"a stranger", sending.Draft{ToUser: 2}, errs.ErrNotFriends, 1},
		{"nobody", sending.Draft{ToUser: 404}, errs.ErrUserNotFound, 0},
		{"somebody else's conversation", sending.Draft{ConversationID: "s:2:3"}, errs.ErrConversationNotFound, 0},
		{"oneself", sending.Draft{ToUser: 1}, nil, 0},
	} {
		before := b.owners.asked.Load()
		tc.draft.ClientMsgID, tc.draft.Type, tc.draft.Content = "c", "text", []byte(`{"text":"hi"}`)
		_, err := b.Send(context.Background(), 1, tc.draft)
		if tc.want == nil {
			require.NoError(t, err, tc.name)
		} else {
			require.ErrorIs(t, err, tc.want, tc.name)
		}
		require.Equal(t, tc.asked, b.owners.asked.Load()-before, tc.name)
	}
}

func TestAFriendshipThatTheProjectionDidNotKnowIsFound(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.owners.flush = func(ctx context.Context) error {
		return b.store.SetRelation(ctx, "s:1:2", store.Relation{Friends: true, Version: 1}, 1)
	}
	r, err := b.Send(context.Background(), 2, sending.Draft{ClientMsgID: "c", ToUser: 1, Type: "text", Content: []byte(`{"text":"x"}`)})
	require.NoError(t, err)
	require.Equal(t, "s:1:2", r.ConversationID)
}

func TestAnOwnerThatIsAwayMakesTheSendRetryable(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.owners.flush = func(context.Context) error { return errs.ErrUnavailable }
	_, err := b.Send(context.Background(), 1, draft("g:9", "c"))
	require.ErrorIs(t, err, errs.ErrUnavailable)
	require.False(t, b.Waiting("g:9"))
	b.owners.flush = func(ctx context.Context) error { return b.createGroup(ctx, t, 1) }
	r, err := b.Send(context.Background(), 1, draft("g:9", "c"))
	require.NoError(t, err)
	require.EqualValues(t, 2, r.Seq)
}

func TestASenderThatGaveUpDoesNotSpoilTheQuestionOfTheOthers(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	asked, gone := make(chan struct{}), make(chan struct{})
	b.owners.flush = func(ctx context.Context) error {
		close(asked)
		<-gone
		require.NoError(t, ctx.Err())
		return b.createGroup(ctx, t, 1)
	}
	ctx, cancel := context.WithCancel(context.Background())
	second := make(chan error, 1)
	b.Submit(ctx, 1, draft("g:9", "first"), func(_ sending.Result, err error) {
		if !errs.Retryable(err) {
			second <- err
		}
	})
	<-asked
	b.Submit(context.Background(), 1, draft("g:9", "second"), func(_ sending.Result, err error) { second <- err })
	cancel()
	close(gone)
	require.NoError(t, <-second)
}

func TestQuestionsAreBounded(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	release := make(chan struct{})
	b.owners.flush = func(context.Context) error { <-release; return nil }
	answers := make(chan error, 200)
	for i := range 100 {
		b.Submit(context.Background(), 1, draft(fmt.Sprintf("g:%d", i+1), "c"), func(_ sending.Result, err error) { answers <- err })
	}
	for range 36 {
		require.ErrorIs(t, <-answers, errs.ErrUnavailable)
	}
	close(release)
	for range 64 {
		require.ErrorIs(t, <-answers, errs.ErrConversationNotFound)
	}
}

func TestBadDraftsAreRefusedBeforeTheyAreQueued(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for _, tc := range []struct {
		draft sending.Draft
		want  error
	}{
		{sending.Draft{}, errs.ErrInvalidArgument},
		{sending.Draft{ToUser: 2, ToGroup: 3}, errs.ErrInvalidArgument},
		{sending.Draft{ToUser: 2, ConversationID: "s:1:2"}, errs.ErrInvalidArgument},
		{sending.Draft{ConversationID: "s:2:1"}, errs.ErrConversationNotFound},
		{sending.Draft{ConversationID: "nonsense"}, errs.ErrConversationNotFound},
		{sending.Draft{ToUser: 2, Type: "system"}, errs.ErrInvalidArgument},
	} {
		_, err := b.Send(context.Background(), 1, tc.draft)
		require.ErrorIs(t, err, tc.want)
	}
	require.Zero(t, b.owners.asked.Load())
}

func TestAppendsThatNoColumnOrRecordTakesAreRefused(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ok := []byte(`{"event":"x"}`)
	for _, a := range []committer.Append{
		{Content: ok},
		{ID: string(make([]byte, 65)), Content: ok},
		{ID: "a"},
		{ID: "a", Content: []byte("{")},
		{ID: "a", Content: fmt.Appendf(nil, "%q", make([]byte, 64<<10))},
	} {
		_, err := b.Append(context.Background(), "n:1", a)
		require.ErrorIs(t, err, errs.ErrInvalidArgument)
	}
	_, err := b.Append(context.Background(), "x", committer.Append{ID: "a", Content: ok})
	require.ErrorIs(t, err, errs.ErrInvalidArgument)
	first, err := b.Append(context.Background(), "n:1", committer.Append{ID: "a", Content: ok})
	require.NoError(t, err)
	again, err := b.Append(context.Background(), "n:1", committer.Append{ID: "a", Content: ok})
	require.NoError(t, err)
	require.Equal(t, first.Seq, again.Seq)
}

func TestAStreamAnswersEachItemUnderItsRequestID(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	stream := b.NewStream()
	const n = 500
	for i := range uint64(n) {
		d := draft("s:1:1", fmt.Sprint(i))
		if i%10 == 0 {
			d.Type = "nonsense"
		}
		stream.Submit(sending.Item{RequestID: i, Sender: 1, Draft: d})
	}
	got := map[uint64]sending.Answer{}
	require.NoError(t, stream.Drain(func(answers []sending.Answer) error {
		for _, a := range answers {
			got[a.RequestID] = a
		}
		return nil
	}))
	require.Len(t, got, n)
	last := int64(0)
	for i := range uint64(n) {
		if i%10 == 0 {
			require.ErrorIs(t, got[i].Err, errs.ErrInvalidArgument)
			continue
		}
		require.NoError(t, got[i].Err)
		require.Equal(t, last+1, got[i].Result.Seq, "stored in the order in which they were submitted")
		last++
	}
}

func TestAGatewayThatTakesNoAnswersDoesNotGrowItsStreamWithoutEnd(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	stream := b.NewStream()
	for i := range uint64(50_000) {
		stream.Submit(sending.Item{RequestID: i, Sender: 1, Draft: sending.Draft{ClientMsgID: "x"}}) // answered at once
	}
	require.Len(t, stream.Answers(), 40_000)
	stream.Submit(sending.Item{RequestID: 1, Sender: 1, Draft: draft("s:1:1", "again")})
	require.NoError(t, stream.Drain(func(answers []sending.Answer) error {
		require.NoError(t, answers[0].Err)
		return nil
	}))
}

func TestAfterStopNothingIsAsked(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.Stop()
	_, err := b.Send(context.Background(), model.UserID(1), draft("g:9", "c"))
	require.ErrorIs(t, err, errs.ErrUnavailable)
	require.Zero(t, b.owners.asked.Load())
}

func TestARecallIsAnsweredOnlyWhenNothingOfTheMessageIsOnItsWay(t *testing.T) {
	t.Parallel()
	b := newBench(t, func(c *committer.Config) { c.RequireFriendship, c.RecallWindow = false, time.Minute })
	ctx := context.Background()
	_, err := b.Send(ctx, 1, draft("s:1:2", "a"))
	require.NoError(t, err)
	_, err = b.Recall(ctx, 2, "s:1:2", 1)
	require.Error(t, err)
	require.Empty(t, b.owners.told, "what is refused is not told")
	b.owners.recall = errs.ErrUnavailable
	_, err = b.Recall(ctx, 1, "s:1:2", 1)
	require.ErrorIs(t, err, errs.ErrUnavailable)
	b.owners.recall = nil
	result, err := b.Recall(ctx, 1, "s:1:2", 1)
	require.NoError(t, err)
	require.Equal(t, int64(2), result.Seq, "asked again, the same recall")
	require.Equal(t, []int64{1, 1}, b.owners.told)
}

func TestARetryIsWhatAsksForTheSameNotWhatSaysTheSame(t *testing.T) {
	t.Parallel()
	b := newBench(t, func(c *committer.Config) { c.RequireFriendship = false })
	ctx := context.Background()
	d := draft("s:1:2", "a")
	d.Request = "forward"
	first, err := b.Send(ctx, 1, d)
	require.NoError(t, err)
	d.Content = []byte(`{"text":"edited meanwhile"}`)
	again, err := b.Send(ctx, 1, d)
	require.NoError(t, err)
	require.Equal(t, first.Seq, again.Seq)
	d.Request = "something else"
	_, err = b.Send(ctx, 1, d)
	require.ErrorIs(t, err, errs.ErrClientMsgIDReused)
}
