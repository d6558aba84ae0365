package membership_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/model"
	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/proto/gen/logpb"
	"im-backend/common/utils/errs"
	"im-backend/group-service/internal/membership"
	"im-backend/group-service/internal/store"
)

// in is the time some time from now.
func (w *world) in(d time.Duration) int64 { return w.clock.Load() + d.Milliseconds() }

func (w *world) mute(t *testing.T, id model.GroupID, by, user model.UserID, until int64) (store.Member, error) {
	t.Helper()
	return w.UpdateMember(t.Context(), id, by, user, membership.MemberChanges{MutedUntil: &until})
}

func TestMutingOneMember(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "", 2, 3)
	until := w.in(time.Hour)
	m, err := w.mute(t, id, 1, 2, until)
	require.NoError(t, err)
	require.Equal(t, until, m.MutedUntil)
	require.Equal(t, map[string]any{
		"event": "member.muted", "groupId": id.String(), "operatorId": "1", "userIds": []any{"2"}, "mutedUntil": float64(until),
	}, w.last(t, id))
	log := w.chat.Log("g:" + id.String())
	require.Len(t, log[1].GetChanges(), 1)
	change := log[1].GetChanges()[0]
	require.Equal(t, logpb.MemberChange_KIND_UPDATED, change.GetKind())
	require.Equal(t, "member", change.GetRole())
	require.Equal(t, until, change.GetMutedUntil())

	_, err = w.mute(t, id, 1, 2, until)
	require.NoError(t, err)
	require.Len(t, w.events(t, id), 2, "nothing new, nothing told")
	m, err = w.mute(t, id, 1, 2, w.in(-time.Hour))
	require.NoError(t, err)
	require.Zero(t, m.MutedUntil, "a mute in the past is an unmute")
	require.EqualValues(t, 0, w.last(t, id)["mutedUntil"])
	_, err = w.mute(t, id, 1, 2, 0)
	require.NoError(t, err)
	require.Len(t, w.events(t, id), 3, "who is not muted is not unmuted")
	_, err = w.mute(t, id, 2, 3, until)
	require.ErrorIs(t, err, errs.ErrNotGroupAdmin)
	_, err = w.mute(t, id, 1, 9, until)
	require.ErrorIs(t, err, errs.ErrUserNotFound)
}

func TestAMuteThatIsOverNeedsNoUnmute(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "", 2)
	_, err := w.mute(t, id, 1, 2, w.in(time.Minute))
	require.NoError(t, err)
	w.clock.Add(time.Hour.Milliseconds())
	_, err = w.mute(t, id, 1, 2, 0)
	require.NoError(t, err)
	require.Len(t, w.events(t, id), 2)
}

func TestMutesEndWithinTenYears(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "", 2)
	forever := time.UnixMilli(w.clock.Load()).AddDate(10, 0, 0).UnixMilli()
	for _, bad := range []int64{-1, forever + 1000} {
		_, err := w.mute(t, id, 1, 2, bad)
		require.ErrorIs(t, err, errs.ErrInvalidArgument)
		_, err = w.MuteAll(t.Context(), id, 1, bad)
		require.ErrorIs(t, err, errs.ErrInvalidArgument)
	}
	_, err := w.mute(t, id, 1, 2, forever)
	require.NoError(t, err)
	_, err = w.MuteAll(t.Context(), id, 1, forever)
	require.NoError(t, err)
}

func TestMutingAll(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "", 2)
	until := w.in(time.Hour)
	g, err := w.MuteAll(t.Context(), id, 1, until)
	require.NoError(t, err)
	require.Equal(t, until, g.MutedAllUntil)
	require.Equal(t, map[string]any{
		"event": "group.updated", "groupId": id.String(), "operatorId": "1", "mutedAllUntil": float64(until),
	}, w.last(t, id))
	requireSettings(t, &chatpb.GroupSettings{MutedAllUntil: until, MentionAllRole: "admin"}, w.settings(t, id))
	_, err = w.MuteAll(t.Context(), id, 1, until)
	require.NoError(t, err)
	require.Len(t, w.events(t, id), 2)
	_, err = w.MuteAll(t.Context(), id, 2, 0)
	require.ErrorIs(t, err, errs.ErrNotGroupAdmin)
	g, err = w.MuteAll(t.Context(), id, 1, 0)
	require.NoError(t, err)
	require.Zero(t, g.MutedAllUntil)
	requireSettings(t, &chatpb.GroupSettings{MentionAllRole: "admin"}, w.settings(t, id))
}

// TestMutesWaitForChatAndMayBeRepeated: an answer means that chat-service knows.
func TestMutesWaitForChatAndMayBeRepeated(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "", 2)
	until := w.in(time.Hour)
	w.chat.Fail(down)
	for range 2 {
		_, err := w.mute(t, id, 1, 2, until)
		require.ErrorIs(t, err, errs.ErrUnavailable)
		_, err = w.MuteAll(t.Context(), id, 1, until)
		require.ErrorIs(t, err, errs.ErrUnavailable)
	}
	w.chat.Fail(nil)
	_, err := w.mute(t, id, 1, 2, until)
	require.NoError(t, err)
	_, err = w.MuteAll(t.Context(), id, 1, until)
	require.NoError(t, err)
	require.Len(t, w.events(t, id), 3)
}

// TestWhoIsMutedSaysNothingByNamesEither: what the others are shown is a way to write.
func TestWhoIsMutedSaysNothingByNamesEither(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "", 2, 3)
	require.NoError(t, w.give(t, id, 1, 3, "admin"))
	member, text, later := "member", "hear me", w.in(time.Hour)
	_, err := w.Update(t.Context(), id, 1, membership.Changes{EditRole: &member})
	require.NoError(t, err)
	says := func(user model.UserID, want error) {
		t.Helper()
		for _, change := range []membership.Changes{{Name: &text}, {AvatarURL: given("http://a/" + text[:4])}, {Announcement: &text}} {
			_, err := w.Update(t.Context(), id, user, change)
			require.ErrorIs(t, err, want)
		}
		_, err := w.Announce(t.Context(), id, user, text)
		require.ErrorIs(t, err, want)
		_, err = w.UpdateMember(t.Context(), id, user, user, membership.MemberChanges{Nickname: &text})
		require.ErrorIs(t, err, want)
	}
	mute := func(user model.UserID, until int64) {
		t.Helper()
		_, err := w.UpdateMember(t.Context(), id, 1, user, membership.MemberChanges{MutedUntil: &until})
		require.NoError(t, err)
	}
	mute(2, later)
	mute(3, later)
	says(2, errs.ErrMuted)
	says(3, errs.ErrMuted)
	_, err = w.UpdateMember(t.Context(), id, 3, 2, membership.MemberChanges{Nickname: &text})
	require.ErrorIs(t, err, errs.ErrMuted, "nor by the name of another")
	mute(2, 0)
	mute(3, 0)
	_, err = w.MuteAll(t.Context(), id, 1, later)
	require.NoError(t, err)
	says(2, errs.ErrMuted)
	says(3, nil)
	_, err = w.UpdateMember(t.Context(), id, 2, 2, membership.MemberChanges{Nickname: given("")})
	require.NoError(t, err, "what changes nothing says nothing")
}

func given(s string) *string { return &s }
