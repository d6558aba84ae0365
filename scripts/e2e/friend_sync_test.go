package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/imclient"
	"im-backend/common/model"
)

func (p *person) notifications() string { return string(model.NotificationID(p.userID())) }

// notices are the events of the notifications that a device has shown, each with the request that it is about.
func (w *watcher) notices(id string) []string {
	notices := []string{}
	for _, m := range w.seen(id) {
		var content struct{ Event, RequestID string }
		require.NoError(w.t, json.Unmarshal(m.Content, &content))
		notices = append(notices, content.Event+" "+content.RequestID)
	}
	return notices
}

// TestNoticesOfRequestsReachEveryDevice: two that are there, and one that comes later and syncs.
func TestNoticesOfRequestsReachEveryDevice(t *testing.T) {
	t.Parallel()
	asking, asked := newPerson(t), newPerson(t)
	here := []*watcher{asked.watch(0, nil), asked.another("ios").watch(1, nil)}
	away := asked.another("windows")
	askers := []*watcher{asking.watch(1, nil), asking.another("android").watch(0, nil)}

	first, err := asking.AddFriend(t.Context(), asked.id, "one")
	require.NoError(t, err)
	_, err = asked.RejectFriend(t.Context(), first.RequestID)
	require.NoError(t, err)
	second, err := asking.AddFriend(t.Context(), asked.id, "two")
	require.NoError(t, err)
	require.NotEqual(t, first.RequestID, second.RequestID)
	_, err = asked.AcceptFriend(t.Context(), second.RequestID, "")
	require.NoError(t, err)

	want := []string{"friend.request " + first.RequestID, "friend.request " + second.RequestID}
	for _, device := range append(here, away.watch(1, &imclient.MemoryStore{})) {
		eventually(t, "both requests", func(context.Context) bool { return len(device.seen(asked.notifications())) >= 2 })
		require.Equal(t, want, device.notices(asked.notifications()))
	}
	for _, device := range append(askers, asking.another("macos").watch(0, &imclient.MemoryStore{})) {
		eventually(t, "the answer", func(context.Context) bool { return len(device.seen(asking.notifications())) >= 1 })
		require.Equal(t, []string{"friend.accepted " + second.RequestID}, device.notices(asking.notifications()))
		eventually(t, "the friendship", func(context.Context) bool { return len(device.seen(single(asking, asked))) >= 1 })
	}
	unread, err := asked.Conversation(t.Context(), asked.notifications())
	require.NoError(t, err)
	require.EqualValues(t, 2, unread.Unread)
}

// friendSync keeps a friend list by its changes, a page of two at a time.
type friendSync struct {
	version int64
	list    map[string]imclient.Friend
}

func (s *friendSync) run(p *person) (reset bool) {
	p.t.Helper()
	since, cursor := s.version, ""
	for {
		page, err := p.Friends(p.t.Context(), since, 2, cursor)
		require.NoError(p.t, err)
		if page.Reset || (since == 0 && cursor == "") {
			reset, s.list = page.Reset, map[string]imclient.Friend{}
		}
		for _, f := range page.Items {
			s.list[f.User.UserID] = f
		}
		for _, id := range page.Deleted {
			delete(s.list, id)
		}
		if s.version, cursor = page.Version, page.NextCursor; cursor == "" {
			return reset
		}
	}
}

func TestAFriendListIsKeptByItsChanges(t *testing.T) {
	t.Parallel()
	me := newPerson(t)
	others := people(t, 5)
	for _, other := range others {
		befriend(t, other, me)
	}
	s := &friendSync{}
	require.False(t, s.run(me))
	require.Len(t, s.list, 5)

	noted, err := me.UpdateFriend(t.Context(), others[1].id, map[string]any{"remark": " boss ", "starred": true, "tags": []string{"work", "chess"}})
	require.NoError(t, err)
	require.Equal(t, "boss", noted.Remark)
	require.NoError(t, others[2].DeleteFriend(t.Context(), me.id))
	changes, err := me.Friends(t.Context(), s.version, 0, "")
	require.NoError(t, err)
	require.Equal(t, []imclient.Friend{noted}, changes.Items)
	require.Equal(t, []string{others[2].id}, changes.Deleted)
	require.False(t, s.run(me))
	require.Len(t, s.list, 4)
	require.Equal(t, noted, s.list[others[1].id])

	noted, err = me.UpdateFriend(t.Context(), others[1].id, map[string]any{"tags": []string{}})
	require.NoError(t, err)
	require.Empty(t, noted.Tags)
	require.Equal(t, "boss", noted.Remark)
	s.version += 1000
	require.True(t, s.run(me), "an unknown version starts over")
	require.Len(t, s.list, 4)

	for field, value := range map[string]any{"remark": "a\u202eb", "tags": []string{"a\nb"}} {
		_, err = me.UpdateFriend(t.Context(), others[1].id, map[string]any{field: value})
		api := requireReason(t, err, http.StatusBadRequest, "INVALID_ARGUMENT")
		require.Equal(t, field, api.Fields[0].Field)
	}
	many := make([]string, 21)
	for i := range many {
		many[i] = fmt.Sprint(i)
	}
	_, err = me.UpdateFriend(t.Context(), others[1].id, map[string]any{"tags": many})
	requireReason(t, err, http.StatusConflict, "TAG_LIMIT_REACHED")
}

func TestWhoTakesNoFriendRequestsIsNotAsked(t *testing.T) {
	t.Parallel()
	shy, other := newPerson(t), newPerson(t)
	me, err := shy.Me(t.Context())
	require.NoError(t, err)
	require.Equal(t, "everyone", me.Settings.FriendRequestsFrom)
	set := func(from string) error {
		_, err := shy.UpdateMe(t.Context(), map[string]any{"settings": map[string]any{"friendRequestsFrom": from}})
		return err
	}
	require.NoError(t, set("nobody"))
	_, err = other.AddFriend(t.Context(), shy.id, "")
	requireReason(t, err, http.StatusForbidden, "FRIEND_REQUESTS_REFUSED")
	requireReason(t, set("strangers"), http.StatusBadRequest, "INVALID_ARGUMENT")
	_, err = shy.AddFriend(t.Context(), other.id, "")
	require.NoError(t, err)
	crossing, err := other.AddFriend(t.Context(), shy.id, "")
	require.NoError(t, err, "who asked wants the answer")
	require.Equal(t, "accepted", crossing.Status)
}
