package membership_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/group-service/internal/membership"
)

const racers = 6

// act runs one random command of one of a few users. What it answers depends on the others: it must only be no fault of ours.
func (w *world) act(t *testing.T, id model.GroupID, random *rand.Rand) {
	t.Helper()
	by, user := model.UserID(1+random.IntN(racers)), model.UserID(1+random.IntN(racers))
	var err error
	switch random.IntN(12) {
	case 0, 1:
		_, _, err = w.Add(t.Context(), id, by, []model.UserID{user, 1 + user%racers})
	case 2:
		err = w.Kick(t.Context(), id, by, user)
	case 3:
		err = w.Leave(t.Context(), id, by)
	case 4, 5:
		_, err = w.Transfer(t.Context(), id, by, user)
	case 6:
		err = w.give(t, id, by, user, []string{"admin", "member"}[random.IntN(2)])
	case 7:
		_, err = w.mute(t, id, by, user, w.in(time.Duration(random.IntN(2))*time.Hour))
	case 8:
		err = w.call(t, id, by, user, fmt.Sprint("name ", random.IntN(3)))
	case 9:
		slow := int32(random.IntN(3))
		_, err = w.Update(t.Context(), id, by, membership.Changes{SlowModeSeconds: &slow})
	case 10:
		_, err = w.MuteAll(t.Context(), id, by, w.in(time.Duration(random.IntN(2))*time.Hour))
	case 11:
		if err = w.RenameUser(t.Context(), user, fmt.Sprint("user ", random.IntN(3))); err == nil && random.IntN(4) == 0 {
			_, err = w.RemoveUser(t.Context(), user)
		}
	}
	if err != nil && errs.From(err).Kind == errs.Internal {
		t.Error(err)
	}
}

// TestRacingCommandsKeepTheInvariants: on two groups with the same users, also for clients that turn pages meanwhile.
func TestRacingCommandsKeepTheInvariants(t *testing.T) {
	t.Parallel()
	w := newWorld(t, but(func(c *membership.Config) { c.MaxMembers, c.MaxAdmins = 5, 2 }))
	groups := []model.GroupID{w.create(t, "", 2, 3), w.create(t, "", 2, 3, 4)}
	var running sync.WaitGroup
	for seed := range uint64(6) {
		running.Go(func() {
			random := rand.New(rand.NewPCG(seed, 2)) // the same commands in every run
			for range 40 {
				w.act(t, groups[random.IntN(2)], random)
			}
		})
	}
	running.Wait()
	for _, id := range groups {
		w.checkGroup(t, id)
	}
	w.checkCounts(t)
}

// TestTwoWhoHandAGroupOverMakeOneOwner: the owner to one, and at the same time to another who hands it back.
func TestTwoWhoHandAGroupOverMakeOneOwner(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "", 2, 3)
	for range 10 {
		var wg sync.WaitGroup
		for _, pair := range [][2]model.UserID{{1, 2}, {2, 1}, {1, 3}, {3, 1}, {2, 3}, {3, 2}} {
			wg.Go(func() {
				_, err := w.Transfer(t.Context(), id, pair[0], pair[1])
				expect(t, err, errs.ErrNotGroupOwner)
			})
		}
		wg.Wait()
		w.checkGroup(t, id)
	}
}

// TestAKickAgainstAPromotion: whoever comes first, the outcome is that of one after the other.
func TestAKickAgainstAPromotion(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "", 2)
	require.NoError(t, w.give(t, id, 1, 2, "admin"))
	for user := model.UserID(10); user < 20; user++ {
		_, _, err := w.Add(t.Context(), id, 1, []model.UserID{user})
		require.NoError(t, err)
		var wg sync.WaitGroup
		var kicked, promoted error
		wg.Go(func() { kicked = w.Kick(t.Context(), id, 2, user) })
		wg.Go(func() { promoted = w.give(t, id, 1, user, "admin") })
		wg.Wait()
		if kicked == nil {
			require.ErrorIs(t, promoted, errs.ErrUserNotFound)
		} else {
			require.ErrorIs(t, kicked, errs.ErrForbidden)
			require.NoError(t, promoted)
		}
		w.checkGroup(t, id)
	}
}

// TestADismissalAgainstJoins: who joined before it was there, after it nobody joins, and no count stays that keeps anybody out.
func TestADismissalAgainstJoins(t *testing.T) {
	t.Parallel()
	w := newWorld(t, but(func(c *membership.Config) { c.MaxGroupsPerUser = 1 }))
	for range 8 {
		id := w.create(t, "")
		var wg sync.WaitGroup
		for user := model.UserID(2); user < 6; user++ {
			wg.Go(func() {
				added, _, err := w.Add(t.Context(), id, 1, []model.UserID{user})
				expect(t, err, errs.ErrGroupNotFound)
				if err == nil && len(added) == 0 {
					t.Error("was kept out by a group that is dismissed")
				}
			})
		}
		wg.Go(func() { expect(t, w.Dismiss(t.Context(), id, 1)) })
		wg.Wait()
		expect(t, w.Dismiss(t.Context(), id, 1), errs.ErrGroupNotFound)
		w.checkGroup(t, id)
		w.checkCounts(t)
	}
}
