package outbox_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"im-backend/common/model"
	"im-backend/common/utils/dbx"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/outbox"
	"im-backend/common/utils/outbox/outboxtest"
	"im-backend/deploy/mysql/mysqltest"
)

func down(string) error { return errs.ErrUnavailable }

func open(t *testing.T) *dbx.DB {
	t.Helper()
	db := mysqltest.Open(t, "im_group")
	if db.SQLite {
		require.NoError(t, db.AutoMigrate(&model.OutboxRow{}))
	}
	return db
}

func relay(db *dbx.DB, c *outboxtest.Chat) *outbox.Relay {
	return outbox.New("group", db, c, outbox.Config{Workers: 4, Sweep: 10 * time.Millisecond, SendTimeout: time.Second})
}

// put commits numbers as entries of a conversation.
func put(t *testing.T, db *dbx.DB, conversation model.ConversationID, numbers ...int) {
	t.Helper()
	items := make([]outbox.Item, 0, len(numbers))
	for _, n := range numbers {
		items = append(items, outbox.Entry{Conversation: conversation, Content: n})
	}
	require.NoError(t, db.Tx(t.Context(), func(tx *gorm.DB) error { return outbox.Put(tx, conversation, time.Now(), items...) }))
}

func pending(t *testing.T, db *dbx.DB) int64 {
	t.Helper()
	var n int64
	require.NoError(t, db.Model(&model.OutboxRow{}).Where("status = 0").Count(&n).Error)
	return n
}

func numbers(from, to int) []string {
	var out []string
	for i := from; i <= to; i++ {
		out = append(out, fmt.Sprint(i))
	}
	return out
}

func TestFlushSendsInOrderAndDeletes(t *testing.T) {
	t.Parallel()
	db, c := open(t), outboxtest.NewChat()
	for i := range 250 { // more than one read
		put(t, db, "g:1", i)
	}
	put(t, db, "g:2", 7)
	require.NoError(t, relay(db, c).Flush(t.Context(), "g:1"))
	require.Equal(t, numbers(0, 249), c.Contents("g:1"))
	require.Empty(t, c.Contents("g:2"))
	require.EqualValues(t, 1, pending(t, db))
}

func TestRolledBackChangeLeavesNothing(t *testing.T) {
	t.Parallel()
	db, c := open(t), outboxtest.NewChat()
	err := db.Tx(t.Context(), func(tx *gorm.DB) error {
		require.NoError(t, outbox.Put(tx, "g:1", time.Now(), outbox.Entry{Conversation: "g:1", Content: 1}))
		return errs.ErrForbidden
	})
	require.ErrorIs(t, err, errs.ErrForbidden)
	require.NoError(t, relay(db, c).Flush(t.Context(), "g:1"))
	require.Empty(t, c.Contents("g:1"))
}

func TestIDsAreNeverGivenAgain(t *testing.T) {
	t.Parallel()
	db, c := open(t), outboxtest.NewChat()
	r := relay(db, c)
	for i := range 5 {
		put(t, db, "g:1", i)
		require.NoError(t, r.Flush(t.Context(), "g:1"))
		require.Zero(t, pending(t, db))
	}
	require.Equal(t, numbers(0, 4), c.Contents("g:1")) // an id that came again would be taken for a repeat
}

func TestRelationHasTheRowAsVersion(t *testing.T) {
	t.Parallel()
	db, c := open(t), outboxtest.NewChat()
	for range 2 {
		require.NoError(t, db.Tx(t.Context(), func(tx *gorm.DB) error {
			return outbox.Put(tx, "s:1:2", time.Now(), outbox.Relation{Low: 1, High: 2, Friends: true})
		}))
	}
	require.NoError(t, relay(db, c).Flush(t.Context(), "s:1:2"))
	var newest model.OutboxRow
	require.NoError(t, db.Tx(t.Context(), func(tx *gorm.DB) error {
		return outbox.Put(tx, "s:1:2", time.Now(), outbox.Relation{Low: 1, High: 2})
	}))
	require.NoError(t, db.Take(&newest).Error)
	require.True(t, c.Relation(1, 2).GetFriends())
	require.Less(t, c.Relation(1, 2).GetVersion(), newest.ID)
}

func TestFlushFailsWhileChatIsAwayAndKeepsTheOrder(t *testing.T) {
	t.Parallel()
	db, c := open(t), outboxtest.NewChat()
	r := relay(db, c)
	put(t, db, "g:1", 1, 2, 3)
	c.Fail(func(event string) error {
		if event == "2" {
			return errs.ErrTimeout
		}
		return nil
	})
	require.ErrorIs(t, r.Flush(t.Context(), "g:1"), errs.ErrTimeout)
	require.Equal(t, []string{"1"}, c.Contents("g:1"))
	require.EqualValues(t, 2, pending(t, db))
	c.Fail(nil)
	require.NoError(t, r.Flush(t.Context(), "g:1"))
	require.Equal(t, numbers(1, 3), c.Contents("g:1"))
}

func TestFlushEndsWithItsContext(t *testing.T) {
	t.Parallel()
	db, c := open(t), outboxtest.NewChat()
	put(t, db, "g:1", 1)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, relay(db, c).Flush(ctx, "g:1"), context.Canceled)
	require.EqualValues(t, 1, pending(t, db))
}

func TestRelaySendsWhatACrashLeft(t *testing.T) {
	t.Parallel()
	db, c := open(t), outboxtest.NewChat()
	for i := 1; i <= 20; i++ {
		put(t, db, "g:1", i)
		put(t, db, "g:2", i)
	}
	r := relay(db, c)
	r.Start()
	defer r.Stop()
	require.Eventually(t, func() bool { return pending(t, db) == 0 }, time.Minute, time.Millisecond)
	require.Equal(t, numbers(1, 20), c.Contents("g:1"))
	require.Equal(t, numbers(1, 20), c.Contents("g:2"))
}

func TestRelayWaitsForChatAndGoesOn(t *testing.T) {
	t.Parallel()
	db, c := open(t), outboxtest.NewChat()
	c.Fail(down)
	put(t, db, "g:1", 1, 2)
	r := relay(db, c)
	r.Start()
	defer r.Stop()
	require.Eventually(t, func() bool { return c.Calls() >= 2 }, time.Minute, time.Millisecond)
	require.EqualValues(t, 2, pending(t, db))
	c.Fail(nil)
	require.Eventually(t, func() bool { return pending(t, db) == 0 }, time.Minute, time.Millisecond)
	require.Equal(t, numbers(1, 2), c.Contents("g:1"))
}

func TestWakeSendsAtOnce(t *testing.T) {
	t.Parallel()
	db, c := open(t), outboxtest.NewChat()
	r := outbox.New("group", db, c, outbox.Config{Workers: 1, Sweep: time.Hour, SendTimeout: time.Second})
	r.Start()
	defer r.Stop()
	put(t, db, "g:1", 1)
	r.Wake("g:1")
	require.Eventually(t, func() bool { return pending(t, db) == 0 }, time.Minute, time.Millisecond)
}

func TestFailedFlushIsTriedAgainWithoutASweep(t *testing.T) {
	t.Parallel()
	db, c := open(t), outboxtest.NewChat()
	r := outbox.New("group", db, c, outbox.Config{Workers: 1, Sweep: time.Hour, SendTimeout: time.Second})
	r.Start()
	defer r.Stop()
	put(t, db, "g:1", 1)
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // the client went away
	require.Error(t, r.Flush(ctx, "g:1"))
	require.Eventually(t, func() bool { return pending(t, db) == 0 }, time.Minute, time.Millisecond)
}

func TestRefusedRowIsParkedAndBlocksNobody(t *testing.T) {
	t.Parallel()
	db, c := open(t), outboxtest.NewChat()
	put(t, db, "g:1", 1, 2, 3)
	c.Fail(func(event string) error {
		if event == "2" {
			return errs.ErrInvalidArgument
		}
		return nil
	})
	r := relay(db, c)
	require.ErrorIs(t, r.Flush(t.Context(), "g:1"), outbox.ErrRefused)
	require.Equal(t, []string{"1", "3"}, c.Contents("g:1"))
	require.Zero(t, pending(t, db))
	var parked []model.OutboxRow
	require.NoError(t, db.Find(&parked).Error)
	require.Len(t, parked, 1)
	require.NoError(t, r.Flush(t.Context(), "g:1"))
}

func TestStopReturnsWhileChatIsAway(t *testing.T) {
	t.Parallel()
	db, c := open(t), outboxtest.NewChat()
	c.Fail(down)
	put(t, db, "g:1", 1)
	r := relay(db, c)
	r.Stop() // before Start
	r.Start()
	r.Stop()
	require.EqualValues(t, 1, pending(t, db))
}

// TestManyRelaysAtOnce: two instances and flushing commands work on the same rows while chat-service fails now and then.
func TestManyRelaysAtOnce(t *testing.T) {
	t.Parallel()
	const aggregates, each = 5, 30
	db, c := open(t), outboxtest.NewChat()
	n := 0
	c.Fail(func(string) error { // every seventh call
		if n++; n%7 == 0 {
			return errs.ErrUnavailable
		}
		return nil
	})
	one, two := relay(db, c), relay(db, c)
	one.Start()
	two.Start()
	defer one.Stop()
	defer two.Stop()
	var commands sync.WaitGroup
	for a := range aggregates {
		id := model.GroupConversationID(model.GroupID(a + 1))
		commands.Go(func() {
			for i := range each {
				put(t, db, id, i)
				_ = []*outbox.Relay{one, two}[i%2].Flush(t.Context(), id)
			}
		})
	}
	commands.Wait()
	require.Eventually(t, func() bool { return pending(t, db) == 0 }, time.Minute, time.Millisecond)
	for a := range aggregates {
		require.Equal(t, numbers(0, each-1), c.Contents(fmt.Sprintf("g:%d", a+1)))
	}
}
