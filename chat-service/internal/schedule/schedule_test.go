package schedule_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/chat-service/internal/committer"
	"im-backend/chat-service/internal/schedule"
	"im-backend/chat-service/internal/sending"
	"im-backend/chat-service/internal/store"
	"im-backend/chat-service/internal/storetest"
	"im-backend/common/model/imchat"
	"im-backend/common/proto/gen/logpb"
	"im-backend/common/utils/dbx"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/failpoint"
	"im-backend/common/utils/idgen"
)

type nobody struct{}

func (nobody) Enqueue(int64, []*logpb.Entry) {}

// bench is one database with instances on it.
type bench struct {
	t     *testing.T
	db    *dbx.DB
	st    *store.Store
	clock atomic.Int64 // how far the clock of the instances stands before the real one, milliseconds
}

// nodes numbers the instances of all tests: a failpoint tells messages apart by their ids.
var nodes atomic.Int64

func newBench(t *testing.T) *bench {
	t.Helper()
	st, db := storetest.Open(t)
	b := &bench{t: t, db: db, st: st}
	require.NoError(t, st.SetRelation(t.Context(), "s:1:2", store.Relation{Friends: true, Version: 1}, 1))
	return b
}

func (b *bench) now() time.Time {
	return time.Now().Add(time.Duration(b.clock.Load()) * time.Millisecond)
}

// instance starts an instance; the answer stops it early.
func (b *bench) instance() (*schedule.Schedule, func()) {
	b.t.Helper()
	ids := idgen.New(nodes.Add(1))
	c, err := committer.New(committer.Config{
		Lanes: 1, Queue: 10000, Batch: 500, Timeout: 10 * time.Second, CachedGroups: 10, CachedHeads: 100, LargeGroup: 500, RequireFriendship: true,
		RecallWindow: time.Minute, EditWindow: time.Minute, ReactionKinds: 20, Pins: 50,
	}, b.st, ids, nobody{})
	require.NoError(b.t, err)
	c.Start()
	s := schedule.New(schedule.Config{Pending: 100, Ahead: 365 * 24 * time.Hour, Lease: time.Second, Look: time.Second}, b.st,
		sending.New(c, nil, nil, nil, nil), ids)
	s.SetClock(b.now)
	s.Start()
	var once sync.Once
	stop := func() {
		once.Do(func() {
			s.Stop()
			c.Stop()
		})
	}
	b.t.Cleanup(stop)
	return s, stop
}

func draft(to, text string) sending.Draft {
	return sending.Draft{ClientMsgID: "c-" + text, ConversationID: to, Type: "text", Content: fmt.Appendf(nil, `{"text":%q}`, text)}
}

// in schedules a text to be sent after a time.
func (b *bench) in(s *schedule.Schedule, d time.Duration, text string) *schedule.Message {
	b.t.Helper()
	m, err := s.Add(b.t.Context(), 1, b.now().Add(d).UnixMilli(), draft("s:1:2", text))
	require.NoError(b.t, err)
	return m
}

func (b *bench) entries(id string) []*logpb.Entry {
	b.t.Helper()
	entries, err := b.st.Entries(context.Background(), id, 1, 1<<40, 1000, false)
	require.NoError(b.t, err)
	return entries
}

func (b *bench) eventually(what string, is func() bool) {
	b.t.Helper()
	require.Eventually(b.t, is, time.Minute, time.Millisecond, what)
}

func (b *bench) state(m *schedule.Message) string {
	var row imchat.ScheduledMessage
	if b.db.Take(&row, "id = ?", m.ID).Error != nil {
		return "gone"
	}
	return row.State
}

func TestAMessageIsSentWhenItsTimeComesAndNotBefore(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	s, _ := b.instance()
	later := b.in(s, 24*time.Hour, "later")
	soon := b.in(s, 20*time.Millisecond, "soon")
	b.eventually("sent", func() bool { return b.state(soon) == store.ScheduleSent })
	entries := b.entries("s:1:2")
	require.Len(t, entries, 1)
	require.JSONEq(t, `{"text":"soon"}`, string(entries[0].GetContent()))
	require.EqualValues(t, 1, entries[0].GetSenderId())
	require.GreaterOrEqual(t, entries[0].GetCreatedAt(), soon.SendAt)
	require.ErrorIs(t, s.Cancel(t.Context(), 1, soon.ID), errs.ErrAlreadySent)

	list, next, err := s.List(t.Context(), 1, 0, "")
	require.NoError(t, err)
	require.Empty(t, next)
	require.Equal(t, []*schedule.Message{later}, list, "what was sent is no more in the list")
	b.clock.Add((24 * time.Hour).Milliseconds()) // the clock steps: the next look sees it
	b.eventually("sent", func() bool { return len(b.entries("s:1:2")) == 2 })
	b.eventually("noted", func() bool { return b.state(later) == store.ScheduleSent })
	b.clock.Add((8 * 24 * time.Hour).Milliseconds())
	b.eventually("forgotten", func() bool { return b.state(later) == "gone" && b.state(soon) == "gone" })
	require.ErrorIs(t, s.Cancel(t.Context(), 1, soon.ID), errs.ErrScheduledNotFound)
}

func TestManyInstancesSendEachOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var instances []*schedule.Schedule
	for range 3 {
		s, _ := b.instance()
		instances = append(instances, s)
	}
	var last []*schedule.Message
	for i := range 30 {
		last = append(last, b.in(instances[i%3], time.Duration(50+i%3)*time.Millisecond, fmt.Sprint(i)))
	}
	b.eventually("all are sent", func() bool {
		for _, m := range last {
			if b.state(m) != store.ScheduleSent {
				return false
			}
		}
		return true
	})
	require.Len(t, b.entries("s:1:2"), 30)
}

func TestACrashBeforeOrAfterTheSendMakesItOnce(t *testing.T) {
	t.Parallel()
	for _, point := range []string{"schedule/taken", "schedule/sent"} {
		b := newBench(t)
		var crashed atomic.Bool
		var about atomic.Int64
		about.Store(-1)
		failpoint.Set(t, point, func(id any) error {
			if id == about.Load() && crashed.CompareAndSwap(false, true) {
				return errors.New("crash")
			}
			return nil
		})
		s, stop := b.instance()
		m := b.in(s, 300*time.Millisecond, "once")
		about.Store(m.ID)
		b.eventually("crashed", crashed.Load)
		stop()
		require.Equal(t, store.SchedulePending, b.state(m))
		require.ErrorIs(t, s.Cancel(t.Context(), 1, m.ID), errs.ErrAlreadySent, "it may be sent")
		b.instance()
		b.eventually("sent", func() bool { return b.state(m) == store.ScheduleSent })
		require.Len(t, b.entries("s:1:2"), 1, point)
	}
}

func TestARefusedMessageStaysWithItsReasonAndItsSenderIsTold(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	s, _ := b.instance()
	require.NoError(t, b.st.SetRelation(t.Context(), "s:1:2", store.Relation{Friends: true, BlockedByHigh: true, Version: 2}, 1))
	m := b.in(s, 10*time.Millisecond, "unwelcome")
	b.eventually("refused", func() bool { return b.state(m) == store.ScheduleFailed })
	require.Empty(t, b.entries("s:1:2"))
	told := b.entries("n:1")
	require.Len(t, told, 1)
	require.JSONEq(t, fmt.Sprintf(`{"event":"message.refused","scheduledId":"%d","reason":"BLOCKED"}`, m.ID), string(told[0].GetContent()))
	list, _, err := s.List(t.Context(), 1, 0, "")
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.True(t, list[0].Failed)
	require.Equal(t, "BLOCKED", list[0].Reason)
	require.NoError(t, s.Cancel(t.Context(), 1, m.ID), "a failed one can be put away")
}

func TestAMessageIsCancelledOnlyByItsUser(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	s, _ := b.instance()
	m := b.in(s, time.Hour, "x")
	require.ErrorIs(t, s.Cancel(t.Context(), 2, m.ID), errs.ErrScheduledNotFound)
	require.NoError(t, s.Cancel(t.Context(), 1, m.ID))
	require.ErrorIs(t, s.Cancel(t.Context(), 1, m.ID), errs.ErrScheduledNotFound)
}

// TestACancelledMessageIsNeverSent races cancelling with the time that comes.
func TestACancelledMessageIsNeverSent(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	s, _ := b.instance()
	cancelled := 0
	for i := range 20 {
		m := b.in(s, 100*time.Millisecond, fmt.Sprint(i)) // time enough to be taken in on a busy machine
		b.eventually("nearly due", func() bool { return b.now().UnixMilli() >= m.SendAt-int64(i%5) })
		if err := s.Cancel(t.Context(), 1, m.ID); err == nil {
			cancelled++
		} else {
			require.ErrorIs(t, err, errs.ErrAlreadySent)
			b.eventually("sent", func() bool { return b.state(m) == store.ScheduleSent })
		}
	}
	require.Len(t, b.entries("s:1:2"), 20-cancelled)
}

func TestWhatIsTakenInIsCheckedAndBounded(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	s, _ := b.instance()
	for name, bad := range map[string]struct {
		in    time.Duration
		draft sending.Draft
	}{
		"the past":      {-time.Second, draft("s:1:2", "x")},
		"a year":        {366 * 24 * time.Hour, draft("s:1:2", "x")},
		"empty":         {time.Hour, draft("s:1:2", "")},
		"no address":    {time.Hour, draft("", "x")},
		"no client id":  {time.Hour, sending.Draft{ConversationID: "s:1:2", Type: "text", Content: []byte(`{"text":"x"}`)}},
		"a system type": {time.Hour, sending.Draft{ClientMsgID: "c", ConversationID: "s:1:2", Type: "system", Content: []byte(`{}`)}},
	} {
		_, err := s.Add(t.Context(), 1, b.now().Add(bad.in).UnixMilli(), bad.draft)
		require.ErrorIs(t, err, errs.ErrInvalidArgument, name)
	}
	first := b.in(s, time.Hour, "0")
	require.Equal(t, first.ID, b.in(s, time.Hour, "0").ID, "a repeat answers the first")
	var refused atomic.Int32
	var adding sync.WaitGroup
	for i := range 110 {
		adding.Go(func() {
			_, err := s.Add(context.Background(), 1, b.now().Add(time.Hour).UnixMilli(), draft("s:1:2", fmt.Sprint(i+1)))
			if errors.Is(err, errs.ErrScheduleLimitReached) {
				refused.Add(1)
			}
		})
	}
	adding.Wait()
	require.EqualValues(t, 11, refused.Load())
	ids := map[int64]bool{}
	for cursor := ""; ; {
		list, next, err := s.List(t.Context(), 1, 30, cursor)
		require.NoError(t, err)
		for _, m := range list {
			ids[m.ID] = true
		}
		if cursor = next; next == "" {
			break
		}
	}
	require.Len(t, ids, 100)
	_, err := s.Add(t.Context(), 2, b.now().Add(time.Hour).UnixMilli(), draft("s:1:2", "mine"))
	require.NoError(t, err, "each user for itself")
}

func TestWhoHasLostItsLeaseChangesNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ctx := t.Context()
	row := &imchat.ScheduledMessage{ID: 1, UserID: 1, ClientMsgID: "c", Draft: []byte("{}"), State: store.SchedulePending, DueAt: 1}
	_, err := b.st.AddScheduled(ctx, row, 100)
	require.NoError(t, err)
	slow, late := *row, *row
	mine, err := b.st.TakeScheduled(ctx, &slow, 10)
	require.NoError(t, err)
	require.True(t, mine)
	mine, err = b.st.TakeScheduled(ctx, &late, 10)
	require.NoError(t, err)
	require.False(t, mine, "one at a time")
	next := slow
	mine, err = b.st.TakeScheduled(ctx, &next, 20)
	require.NoError(t, err)
	require.True(t, mine, "after the lease another")
	require.NoError(t, b.st.EndScheduled(ctx, &slow, store.ScheduleFailing, "BLOCKED", 30))
	require.Equal(t, store.SchedulePending, b.state(&schedule.Message{ID: 1}))
	require.NoError(t, b.st.EndScheduled(ctx, &next, store.ScheduleSent, "", 30))
	require.Equal(t, store.ScheduleSent, b.state(&schedule.Message{ID: 1}))
}
