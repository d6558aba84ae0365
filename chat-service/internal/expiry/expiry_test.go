package expiry_test

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
	"im-backend/chat-service/internal/expiry"
	"im-backend/chat-service/internal/position"
	"im-backend/chat-service/internal/push"
	"im-backend/chat-service/internal/sending"
	"im-backend/chat-service/internal/store"
	"im-backend/chat-service/internal/storetest"
	"im-backend/common/model"
	"im-backend/common/model/imchat"
	"im-backend/common/proto/gen/logpb"
	"im-backend/common/utils/dbx"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/failpoint"
	"im-backend/common/utils/idgen"
)

type nobody struct{}

func (nobody) Enqueue(int64, []*logpb.Entry)                      {}
func (nobody) Tell(context.Context, ...push.Notice)               {}
func (nobody) Recall(context.Context, string, int64, int64) error { return nil }

// bench is one database with instances on it.
type bench struct {
	t     *testing.T
	db    *dbx.DB
	st    *store.Store
	clock atomic.Int64 // how far the clocks of the instances stand before the real one, milliseconds
}

var nodes atomic.Int64 // numbers the instances of all tests

func newBench(t *testing.T) *bench {
	t.Helper()
	st, db := storetest.Open(t)
	require.NoError(t, st.SetRelation(t.Context(), "s:1:2", store.Relation{Friends: true, Version: 1}, 1))
	return &bench{t: t, db: db, st: st}
}

// instance is what one process has.
type instance struct {
	*bench
	*sending.Sending
	position *position.Position
	stop     func()
}

func (b *bench) instance() *instance {
	b.t.Helper()
	c, err := committer.New(committer.Config{
		Lanes: 1, Queue: 10000, Batch: 500, Timeout: 10 * time.Second, CachedGroups: 10, CachedHeads: 100, LargeGroup: 500, RequireFriendship: true,
		RecallWindow: time.Minute, EditWindow: time.Minute, ReactionKinds: 20, Pins: 50,
	}, b.st, idgen.New(nodes.Add(1)), nobody{})
	require.NoError(b.t, err)
	c.Start()
	i := &instance{bench: b, Sending: sending.New(c, nil, nil, nil, nobody{})}
	i.position = position.New(position.Config{Queue: 100, Batch: 100, Timeout: 10 * time.Second}, b.st, nobody{})
	i.position.Start()
	e := expiry.New(expiry.Config{Lease: time.Second, Look: 10 * time.Millisecond}, b.st, i.Sending)
	e.SetClock(func() time.Time { return time.Now().Add(time.Duration(b.clock.Load()) * time.Millisecond) })
	e.Start()
	var once sync.Once
	i.stop = func() {
		once.Do(func() {
			e.Stop()
			i.position.Stop()
			c.Stop()
		})
	}
	b.t.Cleanup(i.stop)
	return i
}

var ids atomic.Int64 // of messages

// say sends a text that expires after it was read, zero seconds: never, and answers its seq.
func (i *instance) say(user model.UserID, to, text string, seconds int64) int64 {
	i.t.Helper()
	r, err := i.Send(i.t.Context(), user, sending.Draft{
		ClientMsgID: fmt.Sprint("c", ids.Add(1)), ConversationID: to, Type: "text", Content: fmt.Appendf(nil, `{"text":%q}`, text), ExpireAfterRead: seconds,
	})
	require.NoError(i.t, err)
	return r.Seq
}

func (i *instance) read(user model.UserID, id string, seq int64) {
	i.t.Helper()
	_, err := i.position.Read(i.t.Context(), user, id, seq, 0)
	require.NoError(i.t, err)
}

func (b *bench) entries(id string) []*logpb.Entry {
	b.t.Helper()
	entries, err := b.st.Entries(context.Background(), id, 1, 1<<40, 1000, false)
	require.NoError(b.t, err)
	return entries
}

// due answers when a message is to be recalled; zero: not yet known, -1: there is nothing to recall.
func (b *bench) due(id string, seq int64) int64 {
	var row imchat.ExpiringMessage
	if b.db.Take(&row, "conversation_id = ? AND seq = ?", id, seq).Error != nil {
		return -1
	}
	return row.DueAt
}

func (b *bench) pass(d time.Duration) { b.clock.Add(d.Milliseconds()) }

func (b *bench) eventually(what string, is func() bool) {
	b.t.Helper()
	require.Eventually(b.t, is, time.Minute, time.Millisecond, what)
}

// recalled waits until a message has gone as the system's recall takes it.
func (b *bench) recalled(id string, seq int64) {
	b.t.Helper()
	b.eventually("recalled", func() bool { return b.due(id, seq) == -1 })
	entries := b.entries(id)
	require.JSONEq(b.t, `{}`, string(entries[seq-1].GetContent()))
	var recalls int
	for _, e := range entries {
		if e.GetType() == "recall" && string(e.GetContent()) == fmt.Sprintf(`{"targetSeq":%d}`, seq) {
			recalls++
			require.Zero(b.t, e.GetSenderId(), "the system's")
			require.Equal(b.t, e.GetCreatedAt(), entries[seq-1].GetRecalledAt())
		}
	}
	require.Equal(b.t, 1, recalls)
}

func TestAMessageGoesSomeTimeAfterThePeerHasReadIt(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	i := b.instance()
	const id = "s:1:2"
	secret := i.say(1, id, "secret", 7200)
	plain := i.say(1, id, "plain", 0)
	require.EqualValues(t, 7200, b.entries(id)[secret-1].GetExpireAfterRead())
	i.read(1, id, plain)
	require.Zero(t, b.due(id, secret), "one's own reading is none")
	b.pass(time.Hour)
	require.Zero(t, b.due(id, secret), "unread it stays")

	before := time.Now().UnixMilli()
	i.read(2, id, plain)
	due := b.due(id, secret)
	require.GreaterOrEqual(t, due, before+7_200_000)
	i.read(2, id, plain)
	require.Equal(t, due, b.due(id, secret), "the first reading counts")
	b.pass(2 * time.Hour)
	b.recalled(id, secret)
	require.JSONEq(t, `{"text":"plain"}`, string(b.entries(id)[plain-1].GetContent()))
	var head imchat.Conversation
	require.NoError(t, b.db.Take(&head, "id = ?", id).Error)
	require.Zero(t, head.ExpiringSeq, "nothing waits")
}

func TestWhoAnswersHasRead(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	i := b.instance()
	const id = "s:1:2"
	secret := i.say(1, id, "secret", 60)
	mine := i.say(1, id, "mine", 60)
	require.Zero(t, b.due(id, secret))
	answer := i.say(2, id, "answer", 60)
	require.Positive(t, b.due(id, secret))
	require.Positive(t, b.due(id, mine))
	require.Zero(t, b.due(id, answer), "nobody has read it")
	b.pass(time.Hour)
	b.recalled(id, secret)
	b.recalled(id, mine)
	require.Zero(t, b.due(id, answer))
	require.NoError(t, b.st.Clear(t.Context(), 1, store.Place{ConversationID: id, Seq: answer}, 3, time.Now().UnixMilli()))
	b.recalled(id, answer)
}

func TestWhatIsRecalledByHandIsNotRecalledAgain(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	i := b.instance()
	const id = "s:1:2"
	first, second := i.say(1, id, "first", 60), i.say(1, id, "second", 60)
	_, err := i.Recall(t.Context(), 1, id, first)
	require.NoError(t, err)
	require.EqualValues(t, -1, b.due(id, first))
	i.read(2, id, second)
	b.pass(time.Hour)
	b.recalled(id, second)
	require.Len(t, b.entries(id), 4)
}

func TestInAGroupTheFirstReaderWhoSeesItCounts(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	i := b.instance()
	const id = "g:7"
	joined := func(user int64) *logpb.MemberChange {
		return &logpb.MemberChange{Kind: logpb.MemberChange_KIND_JOINED, UserId: user, Role: "member"}
	}
	appendEntry := func(key string, creates bool, changes ...*logpb.MemberChange) {
		_, err := i.Append(t.Context(), id, committer.Append{ID: key, Content: []byte(`{}`), Creates: creates, Changes: changes})
		require.NoError(t, err)
	}
	appendEntry("made", true, joined(1), joined(2))
	secret := i.say(1, id, "secret", 60)
	appendEntry("late", false, joined(3))
	last := i.say(3, id, "hello", 0)
	i.read(3, id, last)
	require.Zero(t, b.due(id, secret), "who came later does not see it")
	i.read(2, id, secret)
	require.Positive(t, b.due(id, secret))
	b.pass(time.Hour)
	b.recalled(id, secret)
}

func TestManyInstancesRecallEachOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	const id, many = "s:1:2", 30
	var instances []*instance
	for range 3 {
		instances = append(instances, b.instance())
	}
	for n := range many {
		instances[n%3].say(1, id, "secret", 60)
	}
	instances[0].read(2, id, many)
	b.pass(time.Hour)
	b.eventually("all are recalled", func() bool {
		next, waits, err := b.st.NextExpiring(context.Background())
		return err == nil && !waits && next == 0
	})
	require.Len(t, b.entries(id), 2*many)
}

func TestACrashBeforeOrAfterTheRecallMakesItOnce(t *testing.T) {
	t.Parallel()
	for n, point := range []string{"expiry/taken", "expiry/recalled"} {
		b := newBench(t)
		id := fmt.Sprintf("s:1:%d", 100+n) // a fail point is for all tests
		require.NoError(t, b.st.SetRelation(t.Context(), id, store.Relation{Friends: true, Version: 1}, 1))
		var crashed atomic.Bool
		failpoint.Set(t, point, func(at any) error {
			if place, ok := at.(store.Place); ok && place.ConversationID == id && crashed.CompareAndSwap(false, true) {
				return errors.New("crash")
			}
			return nil
		})
		i := b.instance()
		secret := i.say(1, id, "secret", 1)
		i.read(model.UserID(100+n), id, secret)
		b.pass(time.Minute)
		b.eventually("crashed", crashed.Load)
		i.stop()
		b.pass(time.Minute)
		b.instance()
		b.recalled(id, secret)
	}
}

func TestOrdinaryMessagesCostNoStatementMore(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	i := b.instance()
	require.NoError(t, b.st.SetRelation(t.Context(), "s:1:3", store.Relation{Friends: true, Version: 1}, 1))
	written := func(do func()) int64 {
		_, before := b.st.Statements()
		do()
		_, after := b.st.Statements()
		return after - before
	}
	costs := func(id string, seconds int64) (send, answer, read int64) {
		var seq int64
		send = written(func() { i.say(1, id, "x", seconds) })
		answer = written(func() { seq = i.say(1, id, "y", 0) })
		return send, answer, written(func() { i.read(model.UserID(id[4]-'0'), id, seq) })
	}
	i.say(1, "s:1:2", "first", 0)
	i.say(1, "s:1:3", "first", 0)
	send, answer, read := costs("s:1:2", 0)
	require.Equal(t, send, answer)
	require.EqualValues(t, 1, read)
	dearSend, dearAnswer, dearRead := costs("s:1:3", 60)
	require.Equal(t, []int64{send + 1, answer + 1, read + 1}, []int64{dearSend, dearAnswer, dearRead})
}

func TestTheTimeHasBounds(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	i := b.instance()
	for name, bad := range map[string]sending.Draft{
		"negative": {ConversationID: "s:1:2", ExpireAfterRead: -1},
		"a week":   {ConversationID: "s:1:2", ExpireAfterRead: 604801},
		"notes":    {ConversationID: "s:1:1", ExpireAfterRead: 1},
	} {
		bad.ClientMsgID, bad.Type, bad.Content = name[:1], "text", []byte(`{"text":"x"}`)
		_, err := i.Send(t.Context(), 1, bad)
		require.ErrorIs(t, err, errs.ErrInvalidArgument, name)
		require.Equal(t, "expireAfterRead", errs.From(err).Fields[0].Field)
	}
	i.say(1, "s:1:2", "a week", 604800)
	d := sending.Draft{ConversationID: "s:1:2", ClientMsgID: "again", Type: "text", Content: []byte(`{"text":"x"}`), ExpireAfterRead: 5}
	_, err := i.Send(t.Context(), 1, d)
	require.NoError(t, err)
	d.ExpireAfterRead = 6
	_, err = i.Send(t.Context(), 1, d)
	require.ErrorIs(t, err, errs.ErrClientMsgIDReused, "another time is another message")
}
