package retention_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/chat-service/internal/retention"
	"im-backend/chat-service/internal/store"
	"im-backend/chat-service/internal/storetest"
	"im-backend/common/model"
	"im-backend/common/model/imchat"
	"im-backend/common/utils/dbx"
	"im-backend/common/utils/failpoint"
)

// bench is a database with instances on it.
type bench struct {
	t  *testing.T
	st *store.Store
	db *dbx.DB
}

func newBench(t *testing.T) *bench {
	t.Helper()
	st, db := storetest.Open(t)
	return &bench{t, st, db}
}

// log makes a conversation of old and of new messages.
func (b *bench) log(id string, old, young int) {
	b.t.Helper()
	head := &imchat.Conversation{ID: id, Type: id[:1], MaxSeq: int64(old + young), MessageCount: int64(old + young), Version: 1}
	var rows []*imchat.Message
	for n := range old + young {
		at := time.Now()
		if n < old {
			at = at.Add(-48 * time.Hour)
		}
		rows = append(rows, &imchat.Message{
			ConversationID: id, Seq: int64(n + 1), SenderID: 1, ClientMsgID: fmt.Sprint(n), Type: "text", Content: []byte("{}"),
			CountBefore: int64(n), CreatedAt: at.UnixMilli(),
		})
	}
	require.NoError(b.t, b.st.Commit(b.t.Context(), func(tx *store.Tx) error {
		if err := tx.InsertConversations([]*imchat.Conversation{head}); err != nil {
			return err
		}
		return tx.InsertMessages(rows)
	}))
}

// start runs an instance; the answer stops it.
func (b *bench) start(c retention.Config) func() {
	c.Batch, c.Every, c.Lease = 7, 10*time.Millisecond, time.Second
	r := retention.New(c, b.st)
	r.Start()
	var once sync.Once
	stop := func() { once.Do(r.Stop) }
	b.t.Cleanup(stop)
	return stop
}

// first answers the oldest entry of a conversation that is stored, and up to where it is trimmed.
func (b *bench) first(id string) (oldest, trimmed int64) {
	b.t.Helper()
	var m imchat.Message
	require.NoError(b.t, b.db.Order("seq").Limit(1).Find(&m, "conversation_id = ?", id).Error)
	var head imchat.Conversation
	require.NoError(b.t, b.db.Take(&head, "id = ?", id).Error)
	require.Equal(b.t, head.TrimmedSeq, head.TrimmedCount)
	return m.Seq, head.TrimmedSeq
}

func (b *bench) eventually(what string, is func() bool) {
	b.t.Helper()
	require.Eventually(b.t, is, time.Minute, time.Millisecond, what)
}

func TestEachTypeIsKeptForItsOwnTime(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for _, id := range []string{"s:1:2", "g:1", "n:1"} {
		b.log(id, 20, 3)
	}
	b.start(retention.Config{SingleDays: 1, GroupDays: 3})
	b.eventually("trimmed", func() bool { first, _ := b.first("s:1:2"); return first == 21 })
	for _, id := range []string{"g:1", "n:1"} {
		first, trimmed := b.first(id)
		require.EqualValues(t, 1, first)
		require.Zero(t, trimmed)
	}
}

func TestManyInstancesTrimManyLogs(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	const logs = 205 // more than a page
	for n := range logs {
		b.log(fmt.Sprintf("g:%d", 1000+n), n%10, 1)
	}
	for range 3 {
		b.start(retention.Config{GroupDays: 1})
	}
	b.eventually("trimmed", func() bool {
		for n := range logs {
			if first, trimmed := b.first(fmt.Sprintf("g:%d", 1000+n)); first != int64(n%10+1) || trimmed != int64(n%10) {
				return false
			}
		}
		return true
	})
}

func TestWhatACrashLeavesTheNextWalkDeletes(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	const id = "g:777"
	b.log(id, 20, 1)
	var crashed atomic.Bool
	failpoint.Set(t, "retention/trimmed", func(at any) error {
		if at == any(id) && crashed.CompareAndSwap(false, true) {
			return errors.New("crash")
		}
		return nil
	})
	stop := b.start(retention.Config{GroupDays: 1})
	b.eventually("crashed", crashed.Load)
	stop()
	first, trimmed := b.first(id)
	require.EqualValues(t, 1, first)
	require.EqualValues(t, 20, trimmed, "out of sight")
	b.start(retention.Config{GroupDays: 1})
	b.eventually("deleted", func() bool { first, _ := b.first(id); return first == 21 })
}

func TestOneWalksAtATime(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ctx := t.Context()
	mine, err := b.st.TakeWalk(ctx, model.Group, 1, 10)
	require.NoError(t, err)
	require.NotNil(t, mine)
	other, err := b.st.TakeWalk(ctx, model.Group, 9, 20)
	require.NoError(t, err)
	require.Nil(t, other)
	mine.AfterID, mine.DueAt = "g:5", 30
	kept, err := b.st.SaveWalk(ctx, mine)
	require.NoError(t, err)
	require.True(t, kept)
	other, err = b.st.TakeWalk(ctx, model.Group, 30, 40)
	require.NoError(t, err)
	require.Equal(t, "g:5", other.AfterID, "it goes on where the first was")
	kept, err = b.st.SaveWalk(ctx, mine)
	require.NoError(t, err)
	require.False(t, kept, "another has it")
}

func TestRetentionIsChecked(t *testing.T) {
	t.Parallel()
	good := retention.Config{SingleDays: 0.5, Batch: 500, Every: time.Hour, Lease: time.Minute}
	require.NoError(t, good.Validate())
	for name, spoil := range map[string]func(*retention.Config){
		"days":  func(c *retention.Config) { c.GroupDays = -1 },
		"ages":  func(c *retention.Config) { c.NotificationDays = 40000 },
		"batch": func(c *retention.Config) { c.Batch = 0 },
		"pace":  func(c *retention.Config) { c.Pace = -1 },
		"lease": func(c *retention.Config) { c.Lease = 0 },
	} {
		bad := good
		spoil(&bad)
		require.Error(t, bad.Validate(), name)
	}
}
