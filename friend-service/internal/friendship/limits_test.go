package friendship_test

import (
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/friend-service/internal/friendship"
	"im-backend/friend-service/internal/store"
)

func TestFriendLimitOfEitherSide(t *testing.T) {
	t.Parallel()
	w := newWorldWith(t, few)
	var waiting []int64
	for from := model.UserID(2); from < 6; from++ {
		r, err := w.Ask(t.Context(), from, 1, "")
		require.NoError(t, err)
		waiting = append(waiting, r.ID)
	}
	for _, id := range waiting[:2] {
		_, err := w.Accept(t.Context(), 1, id, "")
		require.NoError(t, err)
	}
	_, err := w.Accept(t.Context(), 1, waiting[2], "")
	require.ErrorIs(t, err, errs.ErrFriendLimitReached)
	_, err = w.Ask(t.Context(), 1, 4, "") // would accept as well
	require.ErrorIs(t, err, errs.ErrFriendLimitReached)
	_, err = w.Ask(t.Context(), 1, 9, "")
	require.ErrorIs(t, err, errs.ErrFriendLimitReached)

	fromOne, err := w.Ask(t.Context(), 6, 4, "")
	require.NoError(t, err)
	_, err = w.Accept(t.Context(), 4, fromOne.ID, "")
	require.NoError(t, err)
	require.NoError(t, w.Unfriend(t.Context(), 1, 2)) // makes room
	_, err = w.Accept(t.Context(), 1, waiting[2], "")
	require.NoError(t, err)
	require.Equal(t, []model.UserID{3, 4}, w.friends(t, 1))
	asked, err := w.Ask(t.Context(), 9, 1, "")
	require.NoError(t, err, "who is asked need not have room yet")
	_, err = w.Ask(t.Context(), 10, 9, "")
	require.NoError(t, err)
	require.NoError(t, w.Unfriend(t.Context(), 1, 3))
	_, err = w.Accept(t.Context(), 1, asked.ID, "")
	require.NoError(t, err)
}

func TestFriendLimitOfTheOtherSide(t *testing.T) {
	t.Parallel()
	w := newWorldWith(t, few)
	asked, err := w.Ask(t.Context(), 1, 9, "")
	require.NoError(t, err)
	w.befriend(t, 2, 1)
	w.befriend(t, 3, 1)
	_, err = w.Accept(t.Context(), 9, asked.ID, "")
	require.ErrorIs(t, err, errs.ErrPeerFriendLimitReached)
	_, err = w.Ask(t.Context(), 9, 1, "")
	require.ErrorIs(t, err, errs.ErrPeerFriendLimitReached)
	require.Empty(t, w.friends(t, 9))
	require.Len(t, w.events(t, "n:1"), 2, "two requests; what was refused tells nothing")
}

// race runs a command for the users 2 to 11 at once and answers how many succeeded; the others got want.
func race(t *testing.T, want error, command func(other model.UserID) error) int {
	t.Helper()
	results := make([]error, 10)
	var wg sync.WaitGroup
	for i := range results {
		wg.Go(func() { results[i] = command(model.UserID(i + 2)) })
	}
	wg.Wait()
	done := 0
	for _, err := range results {
		if err == nil {
			done++
			continue
		}
		require.ErrorIs(t, err, want)
	}
	return done
}

func TestLimitsHoldUnderConcurrency(t *testing.T) {
	t.Parallel()
	t.Run("friends of who accepts", func(t *testing.T) {
		t.Parallel()
		w, waiting := newWorldWith(t, few), map[model.UserID]int64{}
		for from := model.UserID(2); from < 12; from++ {
			r, err := w.Ask(t.Context(), from, 1, "")
			require.NoError(t, err)
			waiting[from] = r.ID
		}
		require.Equal(t, 2, race(t, errs.ErrFriendLimitReached, func(from model.UserID) error {
			_, err := w.Accept(t.Context(), 1, waiting[from], "")
			return err
		}))
		require.Len(t, w.friends(t, 1), 2)
	})
	t.Run("friends of who asked", func(t *testing.T) {
		t.Parallel()
		c := few
		c.MaxPending = 10
		w, waiting := newWorldWith(t, c), map[model.UserID]int64{}
		for to := model.UserID(2); to < 12; to++ {
			r, err := w.Ask(t.Context(), 1, to, "")
			require.NoError(t, err)
			waiting[to] = r.ID
		}
		require.Equal(t, 2, race(t, errs.ErrPeerFriendLimitReached, func(to model.UserID) error {
			_, err := w.Accept(t.Context(), to, waiting[to], "")
			return err
		}))
		require.Len(t, w.friends(t, 1), 2)
	})
	t.Run("requests", func(t *testing.T) {
		t.Parallel()
		w := newWorldWith(t, few)
		require.Equal(t, 2, race(t, errs.ErrFriendRequestLimitReached, func(to model.UserID) error {
			_, err := w.Ask(t.Context(), 1, to, "")
			return err
		}))
	})
	t.Run("blocks", func(t *testing.T) {
		t.Parallel()
		w := newWorldWith(t, few)
		require.Equal(t, 2, race(t, errs.ErrBlockLimitReached, func(other model.UserID) error {
			return w.Block(t.Context(), 1, other)
		}))
		blocks, _, err := w.Blocks(t.Context(), 1, 0, "")
		require.NoError(t, err)
		require.Len(t, blocks, 2)
	})
}

func TestRequestLimitCountsWhatWaits(t *testing.T) {
	t.Parallel()
	w := newWorldWith(t, few)
	ask := func(to model.UserID) (store.Request, error) { return w.Ask(t.Context(), 1, to, "") }
	first, err := ask(2)
	require.NoError(t, err)
	second, err := ask(3)
	require.NoError(t, err)
	_, err = ask(4)
	require.ErrorIs(t, err, errs.ErrFriendRequestLimitReached)
	again, err := ask(3)
	require.NoError(t, err, "a repeated one is not another one")
	require.Equal(t, second.ID, again.ID)
	_, err = w.Ask(t.Context(), 5, 1, "")
	require.NoError(t, err)
	crossing, err := ask(5)
	require.NoError(t, err, "nor is one that accepts")
	require.Equal(t, store.Accepted, crossing.Status)

	_, err = w.Cancel(t.Context(), 1, first.ID)
	require.NoError(t, err)
	_, err = ask(4)
	require.NoError(t, err)
	w.clock.Add(few.RequestLifetime.Milliseconds())
	_, err = ask(2)
	require.NoError(t, err, "those that expired do not count")
}

func TestTagLimit(t *testing.T) {
	t.Parallel()
	w := newWorldWith(t, few)
	w.befriend(t, 1, 2)
	set := func(n int) error {
		tags := make([]string, n)
		for i := range tags {
			tags[i] = strconv.Itoa(i)
		}
		_, err := w.Annotate(t.Context(), 1, 2, friendship.Notes{Tags: &tags})
		return err
	}
	require.NoError(t, set(2))
	require.ErrorIs(t, set(3), errs.ErrTagLimitReached)
	require.Equal(t, map[model.UserID][]string{2: {"0", "1"}}, everything(t, w.Friendships, 1))
}

func TestBlockLimitLetsRepeatsPass(t *testing.T) {
	t.Parallel()
	w := newWorldWith(t, few)
	require.NoError(t, w.Block(t.Context(), 1, 2))
	require.NoError(t, w.Block(t.Context(), 1, 3))
	require.ErrorIs(t, w.Block(t.Context(), 1, 4), errs.ErrBlockLimitReached)
	require.Nil(t, w.chat.Relation(1, 4))
	require.NoError(t, w.Block(t.Context(), 1, 3))
	require.NoError(t, w.Unblock(t.Context(), 1, 2))
	require.NoError(t, w.Block(t.Context(), 1, 4))
}

func TestConfigIsValidated(t *testing.T) {
	t.Parallel()
	require.NoError(t, few.Validate())
	err := friendship.Config{MaxTags: 51, RequestLifetime: time.Millisecond}.Validate()
	for _, fault := range []string{"RequestLifetime", "MaxFriends", "MaxPending", "MaxBlocks", "MaxTags"} {
		require.ErrorContains(t, err, fault)
	}
}

// TestTheMostTagsFit: the column takes as many tags as may be configured, of whatever characters.
func TestTheMostTagsFit(t *testing.T) {
	t.Parallel()
	c := few
	c.MaxTags = 50
	w := newWorldWith(t, c)
	w.befriend(t, 1, 2)
	tags := make([]string, 50)
	for i := range tags {
		tags[i] = strconv.Itoa(10+i) + `<"\"\"\"\"\"\"\"\"\"\"\"\"\"\">&`[:30]
	}
	f, err := w.Annotate(t.Context(), 1, 2, friendship.Notes{Tags: &tags})
	require.NoError(t, err)
	require.Equal(t, tags, f.Tags)
	require.Equal(t, tags, everything(t, w.Friendships, 1)[2])
}
