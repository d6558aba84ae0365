package membership_test

import (
	"errors"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/group-service/internal/membership"
	"im-backend/group-service/internal/store"
)

// together runs n calls at the same time and counts those that succeed; the others must fail for the reason that is allowed.
func together(t *testing.T, n int, allowed *errs.Error, call func(i int) error) int {
	t.Helper()
	var won atomic.Int32
	var strange sync.Map
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-start
			if err := call(i); err == nil {
				won.Add(1)
			} else if !errors.Is(err, allowed) {
				strange.Store(i, err)
			}
		})
	}
	close(start)
	wg.Wait()
	strange.Range(func(i, err any) bool {
		require.NoError(t, err.(error), "call %d", i)
		return false
	})
	return int(won.Load())
}

// requireAgreement checks that the log of a group leads to the members that it has.
func (w *world) requireAgreement(t *testing.T, id model.GroupID) {
	t.Helper()
	require.NoError(t, w.Flush(t.Context(), id))
	batch, err := w.Batch(t.Context(), []model.GroupID{id})
	require.NoError(t, err)
	members := w.known(t, id)
	require.Len(t, members, int(batch[0].MemberCount))
	projected := project(t, w.chat.Log(string(model.GroupConversationID(id)))).members
	if batch[0].Gone() {
		require.Empty(t, projected)
		return
	}
	require.ElementsMatch(t, slices.Collect(maps.Keys(members)), slices.Collect(maps.Keys(projected)))
}

func TestOneOfManyAdminsAnswersARequest(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	admins := []model.UserID{2, 3, 4, 5, 6, 7, 8}
	id := w.create(t, "approval", admins...)
	for _, admin := range admins {
		w.promote(t, id, admin, store.Admin)
	}
	r := w.ask(t, id, 9)
	won := together(t, len(admins), errs.ErrRequestAlreadyHandled, func(i int) error {
		answer := w.AcceptRequest
		if i%3 == 2 {
			answer = w.RejectRequest
		}
		_, err := answer(t.Context(), id, admins[i], r.ID)
		return err
	})
	require.Equal(t, 1, won)
	w.requireAgreement(t, id)
	require.Len(t, w.notices(t, 9), 1)
	status := w.statuses(t, id)[0]
	present := len(w.members(t, id, 1)) == len(admins)+2
	require.Equal(t, present, status == store.Accepted, status)
}

func TestAnInviteIsUsedExactlySoOften(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "invite_only")
	i := w.invite(t, id, 1, 0, 5)
	won := together(t, 20, errs.ErrNotFound, func(n int) error {
		_, err := w.JoinByInvite(t.Context(), model.UserID(100+n), i.Code)
		return err
	})
	require.Equal(t, 5, won)
	w.requireAgreement(t, id)
	require.Len(t, w.members(t, id, 1), 6)
}

func TestOneUserUsesAnInviteOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "invite_only")
	i := w.invite(t, id, 1, 0, 5)
	require.Equal(t, 1, together(t, 8, errs.ErrAlreadyMember, func(int) error {
		_, err := w.JoinByInvite(t.Context(), 9, i.Code)
		return err
	}))
	list, _, err := w.Invites(t.Context(), id, 1, 0, "")
	require.NoError(t, err)
	require.EqualValues(t, 1, list[0].Uses)
}

func TestAUserWhoIsBannedWhileJoiningIsOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "open")
	for user := model.UserID(10); user < 20; user++ {
		together(t, 3, errs.ErrForbidden, func(i int) error {
			if i == 0 {
				return w.Ban(t.Context(), id, 1, user)
			}
			_, err := w.Join(t.Context(), id, user, "")
			if errors.Is(err, errs.ErrAlreadyMember) {
				return nil
			}
			return err
		})
		require.NotContains(t, w.members(t, id, 1), user)
	}
	w.requireAgreement(t, id)
	require.Len(t, w.members(t, id, 1), 1)
}

func TestNobodyJoinsAGroupThatWasDismissed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	for range 10 {
		id := w.create(t, "open")
		joined := together(t, 4, errs.ErrGroupNotFound, func(i int) error {
			if i == 0 {
				return w.Dismiss(t.Context(), id, 1)
			}
			_, err := w.Join(t.Context(), id, model.UserID(10+i), "")
			return err
		}) - 1
		w.requireAgreement(t, id)
		events := w.events(t, id)
		require.Equal(t, "group.dismissed", events[len(events)-1]["event"], "nothing comes after it")
		require.Len(t, events, 2+joined)
	}
}

func TestAKickedMemberComesBackAsOftenAsItIsLetIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "open")
	for range 10 {
		together(t, 4, errs.ErrUserNotFound, func(i int) error {
			if i%2 == 0 {
				return w.Kick(t.Context(), id, 1, 2)
			}
			_, err := w.Join(t.Context(), id, 2, "")
			if errors.Is(err, errs.ErrAlreadyMember) {
				return nil
			}
			return err
		})
		w.requireAgreement(t, id)
	}
	var joined, kicked int
	for _, event := range w.events(t, id)[1:] {
		switch event["event"] {
		case "member.joined":
			joined++
		case "member.kicked":
			kicked++
		}
		require.Contains(t, []int{0, 1}, joined-kicked, "one by one")
	}
	present := len(w.members(t, id, 1)) - 1
	require.Equal(t, present, joined-kicked)
}

func TestAskingAtTheSameTimeMakesOneRequest(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "approval")
	ids := make([]int64, 8)
	require.Equal(t, 8, together(t, 8, nil, func(i int) error {
		joined, err := w.Join(t.Context(), id, 9, "")
		ids[i] = joined.Request.ID
		return err
	}))
	for _, got := range ids {
		require.Equal(t, ids[0], got)
	}
	require.NoError(t, w.Flush(t.Context(), id))
	require.Len(t, w.notices(t, 1), 1)
}

func TestAnImportIsWholeAndMayBeRepeated(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	made, err := w.Import(t.Context(), 1, " the staff ", 450)
	require.NoError(t, err)
	require.Equal(t, []any{"the staff", int32(450), store.Owner}, []any{made.Name, made.MaxMembers, made.Role})
	users := make([]model.UserID, 300)
	for i := range users {
		users[i] = model.UserID(1000 + i)
	}
	n, err := w.ImportMembers(t.Context(), made.ID, users)
	require.NoError(t, err)
	require.Equal(t, 300, n)
	n, err = w.ImportMembers(t.Context(), made.ID, users)
	require.NoError(t, err)
	require.Zero(t, n)
	events := w.events(t, made.ID)
	require.Len(t, events, 2)
	require.Equal(t, []any{"member.joined", "1", float64(300), nil},
		[]any{events[1]["event"], events[1]["operatorId"], events[1]["count"], events[1]["userIds"]})
	n, err = w.ImportMembers(t.Context(), made.ID, []model.UserID{1, 1000, 5000})
	require.NoError(t, err)
	require.Equal(t, 1, n)
	require.Equal(t, []any{"5000"}, w.events(t, made.ID)[2]["userIds"])
	w.requireAgreement(t, made.ID)

	for i := range users {
		users[i] += 100_000
	}
	_, err = w.ImportMembers(t.Context(), made.ID, users)
	require.ErrorIs(t, err, errs.ErrGroupFull)
	_, err = w.ImportMembers(t.Context(), made.ID, make([]model.UserID, 1001))
	require.ErrorIs(t, err, errs.ErrInvalidArgument)
	_, err = w.ImportMembers(t.Context(), made.ID, []model.UserID{6000, stranger})
	require.ErrorIs(t, err, errs.ErrUserNotFound)
	require.ErrorContains(t, err, stranger.String())
	w.requireAgreement(t, made.ID)
	for _, size := range []int32{0, 100_001} {
		_, err = w.Import(t.Context(), 1, "x", size)
		require.ErrorIs(t, err, errs.ErrInvalidArgument)
	}
	_, err = w.Import(t.Context(), stranger, "x", 5)
	require.ErrorIs(t, err, errs.ErrUserNotFound)
	_, err = w.ImportMembers(t.Context(), made.ID+1, users)
	require.ErrorIs(t, err, errs.ErrGroupNotFound)
}

func TestADumpHasEverythingInPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	first, second := w.create(t, "open", 5, 3, 4), w.create(t, "open")
	require.NoError(t, w.Leave(t.Context(), first, 4))
	require.NoError(t, w.Dismiss(t.Context(), second, 1))
	var groups []membership.Group
	for after := model.GroupID(0); ; {
		page, err := w.DumpGroups(t.Context(), after, 1)
		require.NoError(t, err)
		if len(page) == 0 {
			break
		}
		groups, after = append(groups, page...), page[0].ID
	}
	require.Len(t, groups, 2)
	require.Equal(t, []bool{false, true}, []bool{groups[0].Gone(), groups[1].Gone()})
	var users []model.UserID
	for after := model.UserID(0); ; {
		page, version, err := w.DumpMembers(t.Context(), first, after, 2)
		require.NoError(t, err)
		require.Equal(t, groups[0].Version, version)
		for _, m := range page {
			users, after = append(users, m.User), m.User
		}
		if len(page) < 2 {
			break
		}
	}
	require.Equal(t, []model.UserID{1, 3, 5}, users)
	for _, limit := range []int32{0, 5001} {
		_, err := w.DumpGroups(t.Context(), 0, limit)
		require.ErrorIs(t, err, errs.ErrInvalidArgument)
		_, _, err = w.DumpMembers(t.Context(), first, 0, limit)
		require.ErrorIs(t, err, errs.ErrInvalidArgument)
	}
	_, _, err := w.DumpMembers(t.Context(), second+1, 0, 1)
	require.ErrorIs(t, err, errs.ErrGroupNotFound)
}
