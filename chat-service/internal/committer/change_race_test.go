package committer_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/chat-service/internal/committer"
	"im-backend/common/model"
	"im-backend/common/model/imchat"
	"im-backend/common/utils/errs"
)

// A batch sees what its own earlier jobs did.
func TestChangesInOneBatchFollowEachOther(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	c := b.committer()
	b.team(c)
	got := b.inOneBatch(c,
		&committer.Job{To: to("g:9"), Send: &committer.Send{Sender: 3, Message: text(t, "m", "secret")}},
		changeJob("g:9", edit(3, 2, "secret too")),
		changeJob("g:9", react(4, 2, "👍")),
		changeJob("g:9", react(4, 2, "👍")),
		changeJob("g:9", pin(1, 2)),
		changeJob("g:9", recall(2, 2)),
		changeJob("g:9", recall(3, 2)),
		changeJob("g:9", edit(3, 2, "after")),
		changeJob("g:9", react(4, 2, "👎")),
		changeJob("g:9", removed(pin(1, 2))),
	)
	for i, want := range []int64{2, 3, 4, 4, 5, 6, 6} {
		require.NoError(t, got[i].err)
		require.Equal(t, want, got[i].Seq)
	}
	require.ErrorIs(t, got[7].err, errs.ErrMessageRecalled)
	require.ErrorIs(t, got[8].err, errs.ErrMessageRecalled)
	require.NoError(t, got[9].err)
	require.True(t, got[9].Repeated, "the recall had unpinned it")
	entries, err := b.store.Entries(context.Background(), "g:9", 1, 100, 100, false)
	require.NoError(t, err)
	require.Len(t, entries, 6)
	b.requirePublished(7)
	for _, e := range append(entries, b.out.all()...) {
		require.NotContains(t, string(e.GetContent()), "secret", "seq %d", e.GetSeq())
	}
	for _, table := range []any{&imchat.MessageEdit{}, &imchat.MessageReaction{}, &imchat.ReactionCount{}, &imchat.PinnedMessage{}} {
		require.Zero(t, b.rows(table, "g:9"), "%T", table)
	}
}

func TestTwoAdminsRecallingAtOnceMakeOneEntry(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	one, other := b.committer(), b.committer()
	b.team(one)
	for i := range 10 {
		seq := say(t, one, 3, "g:9", fmt.Sprint(i))
		results := make([]committer.Result, 2)
		var racing sync.WaitGroup
		for n, c := range []*committer.Committer{one, other} {
			racing.Go(func() {
				r, err := change(c, "g:9", recall(model.UserID(n+1), seq))
				require.NoError(t, err)
				results[n] = r
			})
		}
		racing.Wait()
		require.Equal(t, results[0].MessageID, results[1].MessageID)
		require.Equal(t, seq+1, results[0].Seq)
		require.NotEqual(t, results[0].Repeated, results[1].Repeated)
	}
}

func TestAnEditAgainstARecallEndsRecalled(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	one, other := b.committer(), b.committer()
	b.team(one)
	for i := range 10 {
		seq := say(t, one, 3, "g:9", fmt.Sprint(i))
		var racing sync.WaitGroup
		racing.Go(func() {
			_, err := change(one, "g:9", recall(1, seq))
			require.NoError(t, err)
		})
		racing.Go(func() {
			if _, err := change(other, "g:9", edit(3, seq, "secret")); err != nil {
				require.ErrorIs(t, err, errs.ErrMessageRecalled)
			}
		})
		racing.Wait()
		entries, err := b.store.Entries(context.Background(), "g:9", seq, 1000, 100, false)
		require.NoError(t, err)
		for _, e := range entries {
			require.NotContains(t, string(e.GetContent()), "secret")
		}
	}
}

func TestFiftyRacersForTheLastKindOfReaction(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	instances := []*committer.Committer{b.committer(), b.committer()}
	const racers = 50
	var members []int64
	for i := range int64(racers) {
		members = append(members, i+1)
	}
	appendEntry(t, instances[0], "g:9", committer.Append{ID: "1", Creates: true, Changes: joined(members...)})
	seq := say(t, instances[0], 1, "g:9", "m")
	for i := range 19 {
		_, err := change(instances[0], "g:9", react(1, seq, fmt.Sprintf(":kind%d:", i)))
		require.NoError(t, err)
	}
	won := make([]bool, racers)
	var racing sync.WaitGroup
	for i := range racers {
		racing.Go(func() {
			_, err := change(instances[i%2], "g:9", react(model.UserID(i+1), seq, fmt.Sprintf(":racer%d:", i)))
			if won[i] = err == nil; err != nil {
				require.ErrorIs(t, err, errs.ErrReactionLimitReached)
			}
		})
	}
	racing.Wait()
	winners := 0
	for _, w := range won {
		if w {
			winners++
		}
	}
	require.Equal(t, 1, winners)
	require.EqualValues(t, 20, b.rows(&imchat.ReactionCount{}, "g:9"))
	_, err := change(instances[0], "g:9", react(2, seq, ":kind0:"))
	require.NoError(t, err, "a kind that is there takes more users")
}
