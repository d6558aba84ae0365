package committer_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/chat-service/internal/committer"
	"im-backend/chat-service/internal/message"
	"im-backend/common/model"
	"im-backend/common/proto/gen/logpb"
	"im-backend/common/utils/errs"
)

type answer struct {
	committer.Result
	err error
}

// inOneBatch stores jobs in one transaction and answers their results.
func (b *bench) inOneBatch(c *committer.Committer, jobs ...*committer.Job) []answer {
	b.t.Helper()
	b.out.lane.Lock()
	release := sync.OnceFunc(b.out.lane.Unlock)
	defer release()
	b.stops++
	first := sendJob(b.t, 900, "s:900:900", fmt.Sprint("stop", b.stops))
	first.Ctx, first.Done = context.Background(), func(committer.Result, error) {}
	c.Submit(first)
	require.Eventually(b.t, func() bool { return b.out.inside.Load() > 0 }, time.Minute, time.Millisecond)
	answers := make([]answer, len(jobs))
	var answered sync.WaitGroup
	answered.Add(len(jobs))
	for i, j := range jobs {
		j.Ctx = context.Background()
		j.Done = func(r committer.Result, err error) {
			answers[i] = answer{r, err}
			answered.Done()
		}
		c.Submit(j)
	}
	release()
	answered.Wait()
	return answers
}

func sendJob(t testing.TB, from model.UserID, id model.ConversationID, clientMsgID string) *committer.Job {
	t.Helper()
	return &committer.Job{To: to(id), Send: &committer.Send{Sender: from, Message: text(t, clientMsgID, "hello")}}
}

func appendJob(id model.ConversationID, a committer.Append) *committer.Job {
	a.Content = []byte(`{"event":"test"}`)
	return &committer.Job{To: to(id), Append: &a}
}

func TestAKickedMembersSendInTheSameBatchIsRefusedAndSoAreLaterOnes(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	c := b.committer()
	appendEntry(t, c, "g:9", committer.Append{ID: "1", Creates: true, Changes: joined(1, 2)})
	got := b.inOneBatch(c,
		sendJob(t, 2, "g:9", "before"),
		appendJob("g:9", committer.Append{ID: "2", Changes: left(2)}),
		sendJob(t, 2, "g:9", "after"),
		sendJob(t, 1, "g:9", "stays"),
	)
	require.NoError(t, got[0].err)
	require.NoError(t, got[1].err)
	require.ErrorIs(t, got[2].err, errs.ErrNotGroupMember)
	require.NoError(t, got[3].err)
	_, err := send(t, c, 2, "g:9", "later", "hello")
	require.ErrorIs(t, err, errs.ErrNotGroupMember, "no copy in memory says otherwise")
}

func TestANewMembersSendInTheSameBatchIsStoredAndSoAreLaterOnes(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	c := b.committer()
	got := b.inOneBatch(c,
		appendJob("g:9", committer.Append{ID: "1", Creates: true, Changes: joined(1)}),
		sendJob(t, 1, "g:9", "first"),
		sendJob(t, 2, "g:9", "early"),
		appendJob("g:9", committer.Append{ID: "2", Changes: joined(2)}),
		sendJob(t, 2, "g:9", "second"),
	)
	for i, want := range []error{nil, nil, errs.ErrConversationNotFound, nil, nil} {
		if want == nil {
			require.NoError(t, got[i].err)
		} else {
			require.ErrorIs(t, got[i].err, want)
		}
	}
	for user := range model.UserID(2) {
		_, err := send(t, c, user+1, "g:9", "later", "hello")
		require.NoError(t, err)
	}
}

func TestARefusedBatchLeavesNoMemberListBehind(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.poison()
	c := b.committer()
	appendEntry(t, c, "g:9", committer.Append{ID: "1", Creates: true, Changes: joined(1, 2)})
	got := b.inOneBatch(c, appendJob("g:9", committer.Append{ID: "poison", Changes: left(2)}), sendJob(t, 2, "g:9", "m"))
	require.Error(t, got[0].err)
	require.NoError(t, got[1].err, "the kick was not stored")
}

// poison makes the database refuse every entry with the idempotency key "poison".
func (b *bench) poison() {
	b.t.Helper()
	refuse := "CREATE TRIGGER refuse BEFORE INSERT ON messages FOR EACH ROW " +
		"IF NEW.client_msg_id = 'poison' THEN SIGNAL SQLSTATE '45000'; END IF"
	if b.db.SQLite {
		refuse = "CREATE TRIGGER refuse BEFORE INSERT ON messages WHEN NEW.client_msg_id = 'poison' " +
			"BEGIN SELECT RAISE(ABORT, 'refused'); END"
	}
	require.NoError(b.t, b.db.Exec(refuse).Error)
}

func TestAnEntryThatCannotBeStoredTakesNoOtherWithIt(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.poison()
	c := b.committer()
	b.befriend(1, 2, 1)
	got := b.inOneBatch(c,
		sendJob(t, 1, "s:1:2", "a"), sendJob(t, 1, "s:1:2", "poison"), sendJob(t, 1, "s:1:2", "b"), sendJob(t, 2, "s:1:2", "c"))
	require.ErrorIs(t, got[1].err, errs.ErrUnavailable)
	for seq, i := range []int{0, 2, 3} {
		require.NoError(t, got[i].err)
		require.EqualValues(t, seq+1, got[i].Seq)
	}
}

func TestASendDoesNotOvertakeOneThatWaitsForTheOwner(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	c := b.committer()
	settled := sendJob(t, 1, "g:9", "0")
	settled.Settled = true
	held := sendJob(t, 1, "g:9", "3")
	held.Gate = waiting{"g:9": true}
	got := b.inOneBatch(c,
		sendJob(t, 1, "g:9", "1"),
		appendJob("g:9", committer.Append{ID: "1", Creates: true, Changes: joined(1)}),
		sendJob(t, 1, "g:9", "2"),
		settled, held,
	)
	require.ErrorIs(t, got[0].err, committer.ErrUnknownConversation)
	require.ErrorIs(t, got[2].err, committer.ErrUnknownConversation)
	require.NoError(t, got[3].err)
	require.ErrorIs(t, got[4].err, committer.ErrUnknownConversation)
	b.requirePublished(3)
}

type waiting map[string]bool

func (w waiting) Waiting(id string) bool { return w[id] }

func TestAFormerMembersWindowStaysAsItWasLeft(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	c := b.committer()
	appendEntry(t, c, "g:9", committer.Append{ID: "1", Creates: true, Changes: joined(1, 2)})
	_, err := send(t, c, 1, "g:9", "m1", "unread by 2")
	require.NoError(t, err)
	appendEntry(t, c, "g:9", committer.Append{ID: "2", Changes: left(2)})
	before, err := b.store.View(context.Background(), 2, "g:9")
	require.NoError(t, err)

	appendEntry(t, c, "g:9", committer.Append{ID: "3", Changes: left(2)})
	appendEntry(t, c, "g:9", committer.Append{ID: "4", Changes: []*logpb.MemberChange{
		{Kind: logpb.MemberChange_KIND_UPDATED, UserId: 2, Role: "admin"},
	}})
	after, err := b.store.View(context.Background(), 2, "g:9")
	require.NoError(t, err)
	require.Equal(t, before.UserConversation, after.UserConversation)
	require.EqualValues(t, 1, after.VisibleCount()-after.ReadCount)
	require.Equal(t, before.Stamp, after.Stamp, "what happens afterwards is not for it to know")
}

func TestManyMentionsFitOneBatch(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	c := b.committer(func(c *committer.Config) { c.LargeGroup = 5000 })
	const members = 2000
	var everybody []int64
	for id := range int64(members) {
		everybody = append(everybody, id+1)
	}
	appendEntry(t, c, "g:9", committer.Append{ID: "1", Creates: true, Changes: joined(everybody...)})
	var jobs []*committer.Job
	for from := 0; from < members; from += 100 {
		var mentions []string
		for _, id := range everybody[from : from+100] {
			mentions = append(mentions, model.UserID(id).String())
		}
		m, err := message.New(fmt.Sprint(from), message.Text, []byte(`{"text":"hi"}`), 0, mentions)
		require.NoError(t, err)
		jobs = append(jobs, &committer.Job{To: to("g:9"), Send: &committer.Send{Sender: 1, Message: m}})
	}
	for _, a := range b.inOneBatch(c, jobs...) {
		require.NoError(t, a.err)
	}
	v, err := b.store.View(context.Background(), members, "g:9")
	require.NoError(t, err)
	require.EqualValues(t, members/100+1, v.MentionSeq)
}

func TestABatchOfLargeMessagesStaysSmallerThanAPacket(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	c := b.committer()
	var jobs []*committer.Job
	for i := range 150 {
		m, err := message.New(fmt.Sprint("m", i), message.Merged,
			fmt.Appendf(nil, `{"title":"t","items":[{"type":"custom","content":{"a":%q}}]}`, strings.Repeat("x", 50<<10)), 0, nil)
		require.NoError(t, err)
		jobs = append(jobs, &committer.Job{To: to("s:1:1"), Send: &committer.Send{Sender: 1, Message: m}})
	}
	for _, a := range b.inOneBatch(c, jobs...) {
		require.NoError(t, a.err)
	}
	b.requirePublished(151)
	for _, entries := range b.out.batches {
		size := 0
		for _, e := range entries {
			size += len(e.GetContent())
		}
		require.Less(t, size, 5<<20)
	}
}

func TestTwoInstancesRacingForTheSameConversationsLoseNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	instances := []*committer.Committer{
		b.committer(func(c *committer.Config) { c.Lanes, c.RequireFriendship = 2, false }),
		b.committer(func(c *committer.Config) { c.Lanes, c.RequireFriendship = 2, false }),
	}
	const conversations, each = 30, 20
	var wg sync.WaitGroup
	for peer := range model.UserID(conversations) {
		for side, c := range instances {
			wg.Go(func() {
				from, id := model.UserID(1), model.SingleID(1, peer+2)
				if side == 1 {
					from = peer + 2
				}
				for i := range each {
					j := sendJob(t, from, id, fmt.Sprintf("m%d", i))
					j.Settled = true
					r, err := c.Store(context.Background(), *j)
					require.NoError(t, err)
					require.Positive(t, r.Seq)
				}
			})
		}
	}
	for i, c := range instances {
		wg.Go(func() {
			for n := range 20 {
				id := model.ConversationID(fmt.Sprintf("g:%d", n+1))
				_, err := c.Store(context.Background(), *appendJob(id, committer.Append{
					ID: fmt.Sprintf("a%d", i), Creates: true, Changes: joined(int64(i+1), 7),
				}))
				require.NoError(t, err)
			}
		})
	}
	wg.Wait()
	for peer := range model.UserID(conversations) {
		id := string(model.SingleID(1, peer+2))
		entries, err := b.store.Entries(context.Background(), id, 1, 1000, 1000, false)
		require.NoError(t, err)
		require.Len(t, entries, 2*each)
		for i, e := range entries {
			require.EqualValues(t, i+1, e.GetSeq())
		}
	}
	v, err := b.store.View(context.Background(), 7, "g:1")
	require.NoError(t, err)
	require.EqualValues(t, 2, v.Head.MaxSeq)
	require.EqualValues(t, 3, v.Head.MemberCount, "the member whom both added counts once")
	outbox, err := b.store.OldOutbox(context.Background(), time.Now().Add(time.Hour).UnixMilli(), 0, 10000)
	require.NoError(t, err)
	require.NotEmpty(t, outbox)
}
