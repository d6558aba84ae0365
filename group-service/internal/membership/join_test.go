package membership_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/group-service/internal/membership"
	"im-backend/group-service/internal/store"
)

// notices are the entries of a user's notifications.
func (w *world) notices(t *testing.T, user model.UserID) []map[string]any {
	t.Helper()
	notices := []map[string]any{}
	for _, content := range w.chat.Contents(string(model.NotificationID(user))) {
		var notice map[string]any
		require.NoError(t, json.Unmarshal([]byte(content), &notice))
		notices = append(notices, notice)
	}
	return notices
}

// ask has a user ask to join a group that approves.
func (w *world) ask(t *testing.T, id model.GroupID, user model.UserID) store.Request {
	t.Helper()
	joined, err := w.Join(t.Context(), id, user, "let me in")
	require.NoError(t, err)
	require.True(t, joined.Asked)
	return joined.Request
}

// statuses are what became of the requests to join a group, the newest first.
func (w *world) statuses(t *testing.T, id model.GroupID) []store.RequestStatus {
	t.Helper()
	var rows []string
	require.NoError(t, w.db.Table("group_join_requests").Where("group_id = ?", id).Order("id DESC").Pluck("status", &rows).Error)
	out := []store.RequestStatus{}
	for _, status := range rows {
		out = append(out, store.RequestStatus(status))
	}
	return out
}

func TestAnOpenGroupTakesWhoComes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "open")
	joined, err := w.Join(t.Context(), id, 2, "")
	require.NoError(t, err)
	require.False(t, joined.Asked)
	require.Equal(t, store.Ordinary, joined.Membership.Role)
	require.EqualValues(t, 2, joined.Membership.MemberCount)
	events := w.events(t, id)
	require.Equal(t, "member.joined", events[1]["event"])
	require.Equal(t, "2", events[1]["operatorId"])
	require.Equal(t, []any{"2"}, events[1]["userIds"])
	_, err = w.Join(t.Context(), id, 2, "")
	require.ErrorIs(t, err, errs.ErrAlreadyMember)
	require.Len(t, w.events(t, id), 2)
	for _, tc := range []struct {
		id   model.GroupID
		user model.UserID
		want error
	}{{id + 1, 3, errs.ErrGroupNotFound}, {id, stranger, errs.ErrUserNotFound}} {
		_, err = w.Join(t.Context(), tc.id, tc.user, "")
		require.ErrorIs(t, err, tc.want)
	}
	_, err = w.Join(t.Context(), w.create(t, "invite_only"), 3, "")
	require.ErrorIs(t, err, errs.ErrForbidden)
	require.NoError(t, w.Dismiss(t.Context(), id, 1))
	_, err = w.Join(t.Context(), id, 3, "")
	require.ErrorIs(t, err, errs.ErrGroupNotFound)
}

func TestNobodyJoinsAFullGroupOrOneTooMany(t *testing.T) {
	t.Parallel()
	w := newWorld(t, but(func(c *membership.Config) { c.MaxMembers, c.MaxGroupsPerUser = 2, 1 }))
	id := w.create(t, "open")
	_, err := w.Join(t.Context(), id, 2, "")
	require.NoError(t, err)
	_, err = w.Join(t.Context(), id, 3, "")
	require.ErrorIs(t, err, errs.ErrGroupFull)
	other, err := w.Create(t.Context(), membership.Draft{Owner: 4, Name: "other", JoinPolicy: "open"})
	require.NoError(t, err)
	_, err = w.Join(t.Context(), other.ID, 2, "")
	require.ErrorIs(t, err, errs.ErrGroupLimitReached)
}

func TestARequestIsToldToAdminsAndItsAnswerToTheAsker(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "approval", 2, 3)
	w.promote(t, id, 2, store.Admin)
	r := w.ask(t, id, 9)
	require.Equal(t, store.Pending, r.Status)
	again, err := w.Join(t.Context(), id, 9, "something else")
	require.NoError(t, err)
	require.Equal(t, r, again.Request, "the one that is pending")
	for user, n := range map[model.UserID]int{1: 1, 2: 1, 3: 0, 9: 0} {
		require.Len(t, w.notices(t, user), n, user)
	}
	notice := w.notices(t, 2)[0]
	require.Equal(t, "group.join_request", notice["event"])
	require.Equal(t, []any{id.String(), "9", "let me in", "pending", nil},
		[]any{notice["groupId"], notice["userId"], notice["message"], notice["status"], notice["operatorId"]})
	require.Len(t, w.events(t, id), 1, "the log says nothing")

	accepted, err := w.AcceptRequest(t.Context(), id, 2, r.ID)
	require.NoError(t, err)
	require.Equal(t, []any{store.Accepted, model.UserID(2)}, []any{accepted.Status, accepted.HandledBy})
	require.NotZero(t, accepted.HandledAt)
	require.Contains(t, w.members(t, id, 1), model.UserID(9))
	joined := w.events(t, id)[1]
	require.Equal(t, []any{"member.joined", "2", []any{"9"}}, []any{joined["event"], joined["operatorId"], joined["userIds"]})
	answer := w.notices(t, 9)
	require.Len(t, answer, 1)
	require.Equal(t, []any{"accepted", "2"}, []any{answer[0]["status"], answer[0]["operatorId"]})
	_, err = w.RejectRequest(t.Context(), id, 1, r.ID)
	require.ErrorIs(t, err, errs.ErrRequestAlreadyHandled)
	require.Len(t, w.notices(t, 9), 1)
}

func TestARejectedUserMayAskAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "approval")
	first := w.ask(t, id, 9)
	_, err := w.RejectRequest(t.Context(), id, 1, first.ID)
	require.NoError(t, err)
	require.Equal(t, "rejected", w.notices(t, 9)[0]["status"])
	require.NotContains(t, w.members(t, id, 1), model.UserID(9))
	require.NotEqual(t, first.ID, w.ask(t, id, 9).ID)
	require.Equal(t, []store.RequestStatus{store.Pending, store.Rejected}, w.statuses(t, id))
}

func TestRequestsAreForAdmins(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "approval", 2)
	r := w.ask(t, id, 9)
	for user, want := range map[model.UserID]error{2: errs.ErrNotGroupAdmin, 9: errs.ErrGroupNotFound} {
		_, err := w.AcceptRequest(t.Context(), id, user, r.ID)
		require.ErrorIs(t, err, want)
		_, err = w.RejectRequest(t.Context(), id, user, r.ID)
		require.ErrorIs(t, err, want)
		_, _, err = w.Requests(t.Context(), membership.RequestList{Group: id, User: user})
		require.ErrorIs(t, err, want)
	}
	_, err := w.AcceptRequest(t.Context(), id, 1, r.ID+1)
	require.ErrorIs(t, err, errs.ErrRequestNotFound)
	_, err = w.AcceptRequest(t.Context(), w.create(t, "approval"), 1, r.ID)
	require.ErrorIs(t, err, errs.ErrRequestNotFound, "of another group")
	_, err = w.Join(t.Context(), id, 8, string(make([]rune, 201)))
	require.ErrorIs(t, err, errs.ErrInvalidArgument)
	_, _, err = w.Requests(t.Context(), membership.RequestList{Group: id, User: 1, Status: "lost"})
	require.ErrorIs(t, err, errs.ErrInvalidArgument)
}

func TestRequestsAreListedNewestFirstInPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "approval")
	var want []int64
	for user := model.UserID(10); user < 15; user++ {
		want = append([]int64{w.ask(t, id, user).ID}, want...)
	}
	_, err := w.RejectRequest(t.Context(), id, 1, want[0])
	require.NoError(t, err)
	for status, ids := range map[store.RequestStatus][]int64{"": want, store.Pending: want[1:], store.Rejected: want[:1]} {
		got := []int64{}
		q := membership.RequestList{Group: id, User: 1, Status: status, Limit: 2}
		for {
			page, next, err := w.Requests(t.Context(), q)
			require.NoError(t, err)
			for _, r := range page {
				got = append(got, r.ID)
			}
			if q.Cursor = next; next == "" {
				break
			}
		}
		require.Equal(t, ids, got, status)
	}
}

func TestRequestsAreObsoleteWhenTheyHaveNoPointAnyMore(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "approval")
	added, banned, invited, left := w.ask(t, id, 10), w.ask(t, id, 11), w.ask(t, id, 12), w.ask(t, id, 13)
	_, _, err := w.Add(t.Context(), id, 1, []model.UserID{10})
	require.NoError(t, err)
	require.NoError(t, w.Ban(t.Context(), id, 1, 11))
	i, err := w.CreateInvite(t.Context(), id, 1, 0, 0)
	require.NoError(t, err)
	_, err = w.JoinByInvite(t.Context(), 12, i.Code)
	require.NoError(t, err)
	require.Equal(t, []store.RequestStatus{store.Pending, store.Obsolete, store.Obsolete, store.Obsolete}, w.statuses(t, id))
	for _, r := range []store.Request{added, banned, invited} {
		_, err := w.AcceptRequest(t.Context(), id, 1, r.ID)
		require.ErrorIs(t, err, errs.ErrRequestAlreadyHandled)
	}
	require.NoError(t, w.Dismiss(t.Context(), id, 1))
	require.Equal(t, store.Obsolete, w.statuses(t, id)[0])
	_, err = w.AcceptRequest(t.Context(), id, 1, left.ID)
	require.ErrorIs(t, err, errs.ErrGroupNotFound)
}

func TestARequestOfADeletedAccountIsObsolete(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "approval")
	r := w.ask(t, id, 9)
	require.NoError(t, w.db.Table("group_join_requests").Where("id = ?", r.ID).Update("user_id", int64(stranger)).Error)
	_, err := w.AcceptRequest(t.Context(), id, 1, r.ID)
	require.ErrorIs(t, err, errs.ErrRequestAlreadyHandled)
	require.Equal(t, []store.RequestStatus{store.Obsolete}, w.statuses(t, id))
	require.Len(t, w.events(t, id), 1)
}

func TestAnAcceptedRequestThatDoesNotFitStaysPending(t *testing.T) {
	t.Parallel()
	w := newWorld(t, but(func(c *membership.Config) { c.MaxMembers = 2 }))
	id := w.create(t, "approval", 2)
	r := w.ask(t, id, 9)
	_, err := w.AcceptRequest(t.Context(), id, 1, r.ID)
	require.ErrorIs(t, err, errs.ErrGroupFull)
	require.Equal(t, []store.RequestStatus{store.Pending}, w.statuses(t, id))
	require.Empty(t, w.notices(t, 9))
	require.NoError(t, w.Kick(t.Context(), id, 1, 2))
	_, err = w.AcceptRequest(t.Context(), id, 1, r.ID)
	require.NoError(t, err)
}
