package committer_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/chat-service/internal/committer"
	"im-backend/chat-service/internal/store"
	"im-backend/common/model"
	"im-backend/common/model/imchat"
	"im-backend/common/utils/errs"
)

// race is instances on one database that know heads of each other's conversations, and what they answered.
type race struct {
	*bench
	instances []*committer.Committer

	mu      sync.Mutex
	stored  map[store.Sent]int64 // seq by what was sent
	refused map[store.Sent]bool
}

func (r *race) any() *committer.Committer { return r.instances[rand.IntN(len(r.instances))] }

// try sends until the answer is known, each time through any instance.
func (r *race) try(from model.UserID, id model.ConversationID, clientMsgID string) error {
	for {
		got, err := send(r.t, r.any(), from, id, clientMsgID, "hello")
		key := store.Sent{ConversationID: string(id), SenderID: int64(from), ClientMsgID: clientMsgID}
		r.mu.Lock()
		switch {
		case err == nil:
			if seq, known := r.stored[key]; known && seq != got.Seq {
				r.t.Errorf("%v is at %d and at %d", key, seq, got.Seq)
			}
			r.stored[key] = got.Seq
		case !errors.Is(err, errs.ErrUnavailable):
			r.refused[key] = true
		}
		r.mu.Unlock()
		if !errors.Is(err, errs.ErrUnavailable) {
			return err
		}
	}
}

// append appends until the answer is known.
func (r *race) append(id model.ConversationID, a committer.Append) {
	a.Content = []byte(`{"event":"test"}`)
	for {
		_, err := r.any().Store(context.Background(), committer.Job{To: to(id), Append: &a})
		if err == nil {
			return
		}
		if !errors.Is(err, errs.ErrUnavailable) {
			r.t.Errorf("append: %v", err)
			return
		}
	}
}

func (r *race) expect(what string, got, want error) {
	if !errors.Is(got, want) {
		r.t.Errorf("%s: %v instead of %v", what, got, want)
	}
}

// blocks lets user 2 block user 1 and take it back, and sends after each.
func (r *race) blocks(id model.ConversationID, rounds int) {
	for i := range rounds {
		for step, blocked := range []bool{true, false} {
			relation := store.Relation{Friends: true, BlockedByHigh: blocked, Version: int64(10 + 2*i + step)}
			for r.store.SetRelation(context.Background(), string(id), relation, 1) != nil {
				continue // the connection was killed
			}
			want := error(nil)
			if blocked {
				want = errs.ErrBlocked
			}
			r.expect("after a block or its end", r.try(1, id, fmt.Sprintf("relation-%d-%t", i, blocked)), want)
		}
	}
}

// kicks lets user 3 leave and join, and sends after each.
func (r *race) kicks(id model.ConversationID, rounds int) {
	for i := range rounds {
		r.append(id, committer.Append{ID: fmt.Sprint("kick-", i), Changes: left(3)})
		r.expect("after a kick", r.try(3, id, fmt.Sprint("kicked-", i)), errs.ErrNotGroupMember)
		r.append(id, committer.Append{ID: fmt.Sprint("join-", i), Changes: joined(3)})
		r.expect("after joining", r.try(3, id, fmt.Sprint("joined-", i)), nil)
	}
}

// chats sends as a user to conversations, each message several times at once.
func (r *race) chats(from model.UserID, rounds int, ids ...model.ConversationID) {
	for i := range rounds {
		var retries sync.WaitGroup
		for _, id := range ids {
			for range 2 {
				retries.Go(func() { r.expect("chat", r.try(from, id, fmt.Sprint("chat-", i)), nil) })
			}
		}
		retries.Wait()
	}
}

// requireLog checks a conversation against what was answered: no hole, nothing twice, nothing lost, nothing refused, and
// every entry noted for Kafka once.
func (r *race) requireLog(id model.ConversationID) {
	r.t.Helper()
	var head imchat.Conversation
	require.NoError(r.t, r.db.Take(&head, "id = ?", id).Error)
	var rows []imchat.Message
	require.NoError(r.t, r.db.Order("seq").Find(&rows, "conversation_id = ?", id).Error)
	require.Len(r.t, rows, int(head.MaxSeq))
	at := map[store.Sent]int64{}
	for i, m := range rows {
		require.EqualValues(r.t, i+1, m.Seq)
		key := store.Sent{ConversationID: m.ConversationID, SenderID: m.SenderID, ClientMsgID: m.ClientMsgID}
		require.False(r.t, r.refused[key], "%v was refused", key)
		at[key] = m.Seq
	}
	for key, seq := range r.stored {
		if key.ConversationID == string(id) {
			require.Equal(r.t, seq, at[key], "%v", key)
		}
	}
	outbox, err := r.store.OldOutbox(context.Background(), 1<<60, 0, 1<<20)
	require.NoError(r.t, err)
	noted := map[int64]int{}
	for _, row := range outbox {
		for _, run := range row.Ranges {
			for seq := run.From; run.ConversationID == string(id) && seq <= run.To; seq++ {
				noted[seq]++
			}
		}
	}
	require.Len(r.t, noted, len(rows))
	for seq, times := range noted {
		require.Equal(r.t, 1, times, "seq %d", seq)
	}
}

func TestInstancesThatKnowOldHeadsStoreNothingWrongAmongBlocksKicksAndRetries(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	r := &race{bench: b, stored: map[store.Sent]int64{}, refused: map[store.Sent]bool{}}
	for range 3 {
		r.instances = append(r.instances, b.committer(func(c *committer.Config) { c.Lanes, c.CachedHeads = 2, 3 }))
	}
	b.befriend(1, 2, 1)
	b.befriend(2, 3, 1)
	const single, other, group, rounds = model.ConversationID("s:1:2"), model.ConversationID("s:2:3"), model.ConversationID("g:9"), 40
	r.append(group, committer.Append{ID: "create", Creates: true, Changes: joined(1, 2, 3)})
	var wg, faults sync.WaitGroup
	ctx, healed := context.WithCancel(context.Background())
	wg.Go(func() { r.blocks(single, rounds) })
	wg.Go(func() { r.kicks(group, rounds) })
	wg.Go(func() { r.chats(2, rounds, single, other, group) })
	wg.Go(func() { r.chats(3, rounds, other, "s:3:3") })
	wg.Go(func() { r.chats(1, rounds, group, "s:1:1") })
	faults.Go(func() { r.kill(ctx) })
	wg.Wait()
	healed()
	faults.Wait()
	for _, id := range []model.ConversationID{single, other, group, "s:1:1", "s:3:3"} {
		r.requireLog(id)
	}
}

// kill ends connections to the server while they commit, until ctx ends.
func (r *race) kill(ctx context.Context) {
	for !r.db.SQLite && ctx.Err() == nil {
		var ids []int64
		r.db.WithContext(ctx).Raw("SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()" +
			" AND command = 'Query' ORDER BY RAND() LIMIT 1").Scan(&ids)
		for _, id := range ids {
			_ = r.db.WithContext(ctx).Exec(fmt.Sprint("KILL ", id)).Error // it may have ended
		}
	}
}
