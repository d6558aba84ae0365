package friendship_test

import (
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/model"
	"im-backend/common/model/imfriend"
	"im-backend/friend-service/internal/friendship"
	"im-backend/friend-service/internal/store"
)

const racers = 4

// act runs one random command of one of a few users. What it answers is not looked at: it depends on the others.
func (w *world) act(t *testing.T, random *rand.Rand) {
	t.Helper()
	user := model.UserID(1 + random.IntN(racers))
	other := 1 + (user+model.UserID(random.IntN(racers-1)))%racers
	pick := func() int64 {
		got, _, err := w.Requests(t.Context(), friendship.RequestList{User: user, Outgoing: random.IntN(2) == 0})
		if err != nil || len(got) == 0 {
			return 1
		}
		return got[random.IntN(len(got))].ID
	}
	switch random.IntN(10) {
	case 0, 1, 2:
		_, _ = w.Ask(t.Context(), user, other, "")
	case 3, 4:
		_, _ = w.Accept(t.Context(), user, pick(), "")
	case 5:
		_, _ = w.Reject(t.Context(), user, pick())
		_, _ = w.Cancel(t.Context(), user, pick())
	case 6:
		_ = w.Unfriend(t.Context(), user, other)
	case 7:
		_ = w.Block(t.Context(), user, other)
	case 8:
		_ = w.Unblock(t.Context(), user, other)
	case 9:
		tags := []string{"a", "b"}[:random.IntN(3)]
		_, _ = w.Annotate(t.Context(), user, other, friendship.Notes{Tags: &tags})
		w.clock.Add(few.RequestLifetime.Milliseconds() / 20)
	}
}

// TestRacingCommandsKeepTheInvariants: also for clients that turn pages meanwhile.
func TestRacingCommandsKeepTheInvariants(t *testing.T) {
	t.Parallel()
	w := newWorldWith(t, few)
	var running sync.WaitGroup
	for seed := range uint64(4) {
		running.Go(func() {
			random := rand.New(rand.NewPCG(seed, 1)) // the same commands in every run
			for range 40 {
				w.act(t, random)
			}
		})
	}
	clients := make([]*syncer, racers)
	for i := range clients {
		clients[i] = &syncer{user: model.UserID(i + 1)}
		running.Go(func() {
			for range 40 {
				clients[i].page(t, w.Friendships)
			}
		})
	}
	running.Wait()
	for _, client := range clients {
		list := everything(t, w.Friendships, client.user)
		client.catchUp(t, w.Friendships, list)
		require.LessOrEqual(t, int64(len(list)), few.MaxFriends)
		require.LessOrEqual(t, int64(len(blocked(t, w.Friendships, client.user))), few.MaxBlocks)
		pending, _, err := w.Requests(t.Context(), friendship.RequestList{User: client.user, Outgoing: true, Status: store.Pending})
		require.NoError(t, err)
		require.LessOrEqual(t, int64(len(pending)), few.MaxPending)
	}
	for low := model.UserID(1); low <= racers; low++ {
		for high := low + 1; high <= racers; high++ {
			w.checkPair(t, low, high)
		}
	}
}

// checkPair checks that both sides, the database's relation and chat-service's agree.
func (w *world) checkPair(t *testing.T, low, high model.UserID) {
	t.Helper()
	require.NoError(t, w.Flush(t.Context(), low, high))
	_, lowHas := everything(t, w.Friendships, low)[high]
	_, highHas := everything(t, w.Friendships, high)[low]
	require.Equal(t, lowHas, highHas, "friendship is symmetric")
	var row imfriend.PairRelation
	require.NoError(t, w.db.Where("low_id = ? AND high_id = ?", low, high).Find(&row).Error)
	require.Equal(t, lowHas, row.Friends)
	require.Equal(t, row.BlockedByLow, slices.Contains(blocked(t, w.Friendships, low), high))
	require.Equal(t, row.BlockedByHigh, slices.Contains(blocked(t, w.Friendships, high), low))
	told := w.chat.Relation(int64(low), int64(high))
	require.Equal(t, row.Friends, told.GetFriends())
	require.Equal(t, row.BlockedByLow, told.GetBlockedByLow())
	require.Equal(t, row.BlockedByHigh, told.GetBlockedByHigh())

	between := func(status string) (n int64) {
		require.NoError(t, w.db.Model(&imfriend.FriendRequest{}).Where("status = ?", status).
			Where("(from_user_id = ? AND to_user_id = ?) OR (from_user_id = ? AND to_user_id = ?)", low, high, high, low).
			Count(&n).Error)
		return n
	}
	require.LessOrEqual(t, between("pending"), int64(1))
	require.Len(t, w.chat.Log(string(model.SingleID(low, high))), int(between("accepted")))
}
