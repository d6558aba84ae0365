package committer_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"im-backend/chat-service/internal/committer"
	"im-backend/common/model"
	"im-backend/common/utils/errs"
)

// crowd makes a group of so many members, 1000 an entry.
func (b *bench) crowd(c *committer.Committer, id model.ConversationID, members int64) {
	b.t.Helper()
	for first := int64(1); first <= members; first += 1000 {
		var users []int64
		for u := first; u < min(first+1000, members+1); u++ {
			users = append(users, u)
		}
		appendEntry(b.t, c, id, committer.Append{ID: fmt.Sprint("join-", first), Creates: first == 1, Changes: joined(users...)})
	}
}

// fill adds members from the one after a crowd on, up to so many in all, behind the committers' backs.
func (b *bench) fill(id model.ConversationID, crowd, members int64) {
	b.t.Helper()
	const others = "conversation_id,min_seq,max_visible_seq,max_visible_count,past_windows,role,silenced_until,read_seq,read_count," +
		"delivered_seq,mention_seq,pinned_at,muted_until,hidden_before_seq,draft,updated_at,joined_seq"
	require.NoError(b.t, b.db.Tx(context.Background(), func(tx *gorm.DB) error {
		for there := crowd; there < members; there *= 2 {
			err := tx.Exec("INSERT INTO user_conversations (user_id,"+others+") SELECT user_id+?,"+others+" FROM user_conversations"+
				" WHERE conversation_id = ? AND user_id <= ?", there, string(id), min(there, members-there)).Error
			if err != nil {
				return err
			}
		}
		return tx.Table("conversations").Where("id = ?", string(id)).Updates(map[string]any{
			"member_count": members, "member_version": gorm.Expr("member_version + 1"), "version": gorm.Expr("version + 1"),
		}).Error
	}))
}

// cost is the statements that something takes.
func (b *bench) cost(do func()) (reads, writes int64) {
	b.t.Helper()
	r, w := b.store.Statements()
	do()
	reads, writes = b.store.Statements()
	return reads - r, writes - w
}

func TestASendReadsNothingHoweverLargeTheGroup(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	c := b.committer(func(c *committer.Config) { c.LargeGroup = 20 })
	perSend := map[int64]int64{}
	for group, members := range []int64{10, 3000, 100_000} {
		id := model.ConversationID(fmt.Sprint("g:", group+1))
		const crowd = 3000
		if b.crowd(c, id, min(members, crowd)); members > crowd {
			b.fill(id, crowd, members)
		}
		say := func(round int) {
			for user := range model.UserID(8) {
				require.NoError(t, mention(t, c, user+1, id, fmt.Sprint(round), "5", "9"))
			}
		}
		say(0)
		reads, writes := b.cost(func() {
			for round := range 5 {
				say(round + 1)
			}
		})
		require.Zero(t, reads, "%d members", members)
		perSend[members] = writes
	}
	require.Equal(t, perSend[10], perSend[3000])
	require.Equal(t, perSend[10], perSend[100_000])
}

func TestALargeGroupsMembersAreReadTogetherAndAnewAfterAChange(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	c, elsewhere := b.committer(func(c *committer.Config) { c.LargeGroup = 20 }), b.committer()
	b.crowd(c, "g:1", 100)
	batch := func(round int) (jobs []*committer.Job) {
		for user := range model.UserID(50) {
			jobs = append(jobs, sendJob(t, user+1, "g:1", fmt.Sprint(round)))
		}
		return jobs
	}
	_, err := send(t, c, 900, "s:900:900", "warm", "up")
	require.NoError(t, err)
	reads, _ := b.cost(func() {
		for _, a := range b.inOneBatch(c, batch(1)...) {
			require.NoError(t, a.err)
		}
	})
	require.EqualValues(t, 2, reads, "the head and the senders")
	appendEntry(t, elsewhere, "g:1", committer.Append{ID: "kick", Changes: left(7)})
	for user, a := range b.inOneBatch(c, batch(2)...) {
		if user+1 == 7 {
			require.ErrorIs(t, a.err, errs.ErrNotGroupMember)
		} else {
			require.NoError(t, a.err)
		}
	}
}

func TestSlowModeReadsTheSendersOfABatchTogether(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	c := b.committer()
	b.crowd(c, "g:1", 50)
	appendEntry(t, c, "g:1", committer.Append{ID: "slow", Settings: &committer.Settings{SlowModeSeconds: 1000}})
	var jobs []*committer.Job
	for user := range model.UserID(50) {
		jobs = append(jobs, sendJob(t, user+1, "g:1", "m"))
	}
	reads, _ := b.cost(func() {
		for _, a := range b.inOneBatch(c, jobs...) {
			require.NoError(t, a.err)
		}
	})
	require.LessOrEqual(t, reads, int64(4), "heads, members and when they wrote last; and the note that stops the lane")
}

func TestEntriesOfAThousandMembersKeepNobodyWaitingForAllOfThem(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	c := b.committer()
	appendEntry(t, c, "g:1", committer.Append{ID: "create", Creates: true, Changes: joined(1)})
	var jobs []*committer.Job
	for first := int64(2); first < 6000; first += 1000 {
		var users []int64
		for u := range int64(1000) {
			users = append(users, first+u)
		}
		jobs = append(jobs, appendJob("g:1", committer.Append{ID: fmt.Sprint("join-", first), Changes: joined(users...)}))
	}
	jobs = append(jobs, sendJob(t, 5, "s:5:5", "meanwhile"))
	for _, a := range b.inOneBatch(c, jobs...) {
		require.NoError(t, a.err)
	}
	b.requirePublished(2 + len(jobs)) // with the first entry and what held the lane
	for _, batch := range b.out.batches {
		changes := 0
		for _, e := range batch {
			changes += len(e.GetChanges())
		}
		require.Less(t, changes, 2000)
	}
	v, err := b.store.View(context.Background(), 6000, "g:1")
	require.NoError(t, err)
	require.EqualValues(t, 6001, v.Head.MemberCount)
}

func TestALargeGroupsSendersMayBeMoreThanAreRemembered(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	c := b.committer(func(c *committer.Config) { c.LargeGroup, c.CachedGroups = 20, 1 })
	b.crowd(c, "g:1", 300)
	var sends sync.WaitGroup
	for user := range model.UserID(300) {
		sends.Go(func() {
			for round := range 3 {
				_, err := send(t, c, user+1, "g:1", fmt.Sprint(round), "hello")
				require.NoError(t, err)
			}
		})
	}
	sends.Wait()
	b.requirePublished(1 + 900)
}
