package position_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"
	"pgregory.net/rapid"

	"im-backend/chat-service/internal/position"
	"im-backend/chat-service/internal/push"
	"im-backend/chat-service/internal/store"
	"im-backend/chat-service/internal/storetest"
	"im-backend/common/model"
	"im-backend/common/model/imchat"
	"im-backend/common/utils/dbx"
	"im-backend/common/utils/errs"
)

// bench is a writer over a real store.
type bench struct {
	*position.Position
	t     testing.TB
	store *store.Store
	db    *dbx.DB

	mu      sync.Mutex
	notices []push.Notice
}

func (b *bench) Tell(_ context.Context, notices ...push.Notice) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.notices = append(b.notices, notices...)
}

func newBench(t testing.TB, c position.Config) *bench {
	t.Helper()
	st, db := storetest.Open(t)
	b := &bench{t: t, store: st, db: db}
	b.Position = position.New(c, st, b)
	b.Start()
	t.Cleanup(b.Stop)
	return b
}

func config() position.Config {
	return position.Config{Queue: 10_000, Batch: 500, Timeout: 10 * time.Second}
}

// conversation makes a log of n texts of one sender and its two members.
func (b *bench) conversation(id string, sender int64, n int64, users ...int64) {
	b.t.Helper()
	head := imchat.Conversation{ID: id, Type: id[:1], MaxSeq: n, MessageCount: n, MemberCount: int64(len(users)), UpdatedAt: 1}
	rows := make([]imchat.UserConversation, len(users))
	for i, u := range users {
		rows[i] = imchat.UserConversation{UserID: u, ConversationID: id, MinSeq: 1, UpdatedAt: 1}
	}
	messages := make([]imchat.Message, n)
	for i := range messages {
		messages[i] = imchat.Message{
			ConversationID: id, Seq: int64(i) + 1, SenderID: sender, ClientMsgID: fmt.Sprint("c", i), Type: "text", Content: []byte("{}"),
			CountBefore: int64(i),
		}
	}
	require.NoError(b.t, b.db.Tx(context.Background(), func(tx *gorm.DB) error {
		return errors.Join(tx.Create(&head).Error, tx.Create(&rows).Error, tx.CreateInBatches(&messages, 200).Error)
	}))
}

func (b *bench) view(user model.UserID, id string) *store.View {
	b.t.Helper()
	v, err := b.store.View(context.Background(), user, id)
	require.NoError(b.t, err)
	return v
}

func TestPositionsOnlyGoForwardAndAnswersAreStored(t *testing.T) {
	t.Parallel()
	b := newBench(t, config())
	next := int64(0)
	rapid.Check(t, func(t *rapid.T) {
		next += 2
		id := string(model.SingleID(model.UserID(next), model.UserID(next+1)))
		const entries = 20
		b.conversation(id, next, entries, next, next+1)
		reader := model.UserID(next + 1)
		var calls sync.WaitGroup
		furthest, received := int64(0), int64(0)
		for i := range rapid.IntRange(1, 15).Draw(t, "calls") {
			seq := rapid.Int64Range(0, entries+5).Draw(t, "seq")
			isRead := rapid.Bool().Draw(t, "read")
			received = max(received, min(seq, entries))
			if isRead {
				furthest = max(furthest, min(seq, entries))
			}
			calls.Go(func() {
				ask, at := b.Deliver, func(v *store.View) int64 { return v.DeliveredSeq }
				if isRead {
					ask = func(ctx context.Context, user model.UserID, id string, seq int64) (int64, error) {
						return b.Read(ctx, user, id, seq, int64(i))
					}
					at = func(v *store.View) int64 { return v.ReadSeq }
				}
				got, err := ask(context.Background(), reader, id, seq)
				require.NoError(t, err)
				require.GreaterOrEqual(t, got, min(seq, entries))
				require.GreaterOrEqual(t, at(b.view(reader, id)), got, "what is answered is stored")
			})
		}
		calls.Wait()
		v := b.view(reader, id)
		require.Equal(t, furthest, v.ReadSeq)
		require.Equal(t, furthest, v.ReadCount)
		require.Equal(t, received, v.DeliveredSeq)
	})
}

func TestReadsOfOneConversationAreJoinedAndToldOnce(t *testing.T) {
	t.Parallel()
	st, db := storetest.Open(t)
	b := &bench{t: t, store: st, db: db}
	b.Position = position.New(config(), st, b) // it begins when all have asked
	b.conversation("s:1:2", 1, 100, 1, 2)
	var reading sync.WaitGroup
	asked := make(chan struct{}, 100)
	for i := range int64(100) {
		reading.Go(func() {
			asked <- struct{}{}
			got, err := b.Read(context.Background(), 2, "s:1:2", i+1, i+1)
			require.NoError(t, err)
			require.GreaterOrEqual(t, got, i+1)
		})
	}
	for range 100 {
		<-asked
	}
	b.Start()
	reading.Wait()
	b.Stop()
	require.EqualValues(t, 100, b.view(2, "s:1:2").ReadSeq)
	last := b.notices[len(b.notices)-1]
	require.Equal(t, &push.Moved{At: push.At{Conversation: "s:1:2", User: 2}, Seq: 100}, last.Read)
	require.EqualValues(t, 100, last.Except, "the device that read furthest is not told again")
	require.ElementsMatch(t, []model.UserID{1, 2}, last.Users)
	before := int64(0)
	for _, n := range b.notices {
		require.Greater(t, n.Read.Seq, before)
		before = n.Read.Seq
	}
}

func TestWhoHasNothingToSayIsNotTold(t *testing.T) {
	t.Parallel()
	b := newBench(t, config())
	b.conversation("s:1:2", 1, 5, 1, 2)
	b.conversation("s:3:3", 3, 5, 3)
	b.conversation("g:9", 1, 5, 1, 2)
	ctx := context.Background()
	for range 2 {
		_, err := b.Deliver(ctx, 2, "s:1:2", 3)
		require.NoError(t, err)
		_, err = b.Deliver(ctx, 3, "s:3:3", 3)
		require.NoError(t, err)
		_, err = b.Read(ctx, 2, "s:1:2", 3, 7)
		require.NoError(t, err)
		_, err = b.Deliver(ctx, 2, "s:1:2", 3) // what is read is delivered
		require.NoError(t, err)
		_, err = b.Read(ctx, 2, "g:9", 3, 7)
		require.NoError(t, err)
	}
	at := func(id string) push.At { return push.At{Conversation: id, User: 2} }
	require.Equal(t, []push.Notice{
		{Users: []model.UserID{1}, Delivered: &push.Moved{At: at("s:1:2"), Seq: 3}},
		{Users: []model.UserID{2, 1}, Except: 7, Read: &push.Moved{At: at("s:1:2"), Seq: 3}},
		{Users: []model.UserID{2}, Except: 7, Read: &push.Moved{At: at("g:9"), Seq: 3}},
	}, b.notices)
	for _, tc := range []struct {
		ask  func() (int64, error)
		want error
	}{
		{func() (int64, error) { return b.Read(ctx, 9, "s:1:2", 1, 0) }, errs.ErrConversationNotFound},
		{func() (int64, error) { return b.Read(ctx, 1, "s:1:2", -1, 0) }, errs.ErrInvalidArgument},
		{func() (int64, error) { return b.Deliver(ctx, 9, "s:1:2", 1) }, errs.ErrConversationNotFound},
		{func() (int64, error) { return b.Deliver(ctx, 1, "x", 1) }, errs.ErrConversationNotFound},
		{func() (int64, error) { return b.Deliver(ctx, 1, "s:1:2", -1) }, errs.ErrInvalidArgument},
		{func() (int64, error) { return b.Deliver(ctx, 1, "g:9", 1) }, errs.ErrInvalidArgument},
	} {
		_, err := tc.ask()
		require.ErrorIs(t, err, tc.want)
	}
}

func TestAFullQueueAndAStoppedWriterRefuse(t *testing.T) {
	t.Parallel()
	st, db := storetest.Open(t)
	b := &bench{t: t, store: st, db: db}
	c := config()
	c.Queue = 1
	b.Position = position.New(c, st, b)
	b.conversation("s:1:2", 1, 5, 1, 2)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := b.Read(ctx, 2, "s:1:2", 3, 0)
	require.ErrorIs(t, err, errs.ErrTimeout, "it waits all the same")
	_, err = b.Read(ctx, 2, "s:1:2", 4, 0)
	require.ErrorIs(t, err, errs.ErrTimeout, "the same conversation takes no more room")
	_, err = b.Read(context.Background(), 1, "s:1:2", 3, 0)
	require.ErrorIs(t, err, errs.ErrUnavailable)
	b.Start()
	b.Stop()
	require.EqualValues(t, 4, b.view(2, "s:1:2").ReadSeq, "a stop stores what waits")
	_, err = b.Read(context.Background(), 2, "s:1:2", 5, 0)
	require.ErrorIs(t, err, errs.ErrUnavailable)
}

func TestAStoreThatIsAwayIsATypedError(t *testing.T) {
	t.Parallel()
	b := newBench(t, config())
	b.conversation("s:1:2", 1, 5, 1, 2)
	require.NoError(t, b.db.Exec("DROP TABLE messages").Error)
	_, err := b.Read(context.Background(), 2, "s:1:2", 3, 0)
	require.Error(t, err)
	require.Empty(t, b.notices)
	require.NoError(t, b.db.Exec("DROP TABLE user_conversations").Error)
	_, err = b.Read(context.Background(), 2, "s:1:2", 3, 0)
	require.Error(t, err)
}

// statements counts the statements that a database runs.
func statements(b *testing.B, db *dbx.DB) func() int64 {
	b.Helper()
	read := func() int64 {
		var row struct{ Value int64 }
		if db.SQLite {
			return 0
		}
		require.NoError(b, db.Raw("SHOW GLOBAL STATUS LIKE 'Questions'").Scan(&row).Error)
		return row.Value
	}
	before := read()
	return func() int64 { return read() - before }
}

// BenchmarkReads is 200 clients that read every message of their conversations, one after the other. With the tag integration
// it says how many statements the server ran for each 1,000 reads.
func BenchmarkReads(b *testing.B) {
	c := config()
	c.Pace = 20 * time.Millisecond
	bench := newBench(b, c)
	const clients, entries = 200, 1000
	for i := range int64(clients) {
		bench.conversation(fmt.Sprintf("s:%d:%d", 2*i+1, 2*i+2), 2*i+1, entries, 2*i+1, 2*i+2)
	}
	ran := statements(b, bench.db)
	b.ResetTimer()
	var reading sync.WaitGroup
	for i := range int64(clients) {
		reading.Go(func() {
			for n := range int64(b.N / clients) {
				_, err := bench.Read(context.Background(), model.UserID(2*i+2), fmt.Sprintf("s:%d:%d", 2*i+1, 2*i+2), n%entries+1, 1)
				require.NoError(b, err)
			}
		})
	}
	reading.Wait()
	b.StopTimer()
	b.ReportMetric(float64(ran())*1000/float64(b.N), "statements/1000reads")
}
