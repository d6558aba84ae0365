package app

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/model"
	"im-backend/common/utils/routes"
)

func TestWhoChoosesToShowWhenItWasLastSeenIsShownOtherwiseAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, nil)
	w.live("other")
	w.befriend(1, []int64{2, 3})
	w.befriend(2, []int64{2, 3})
	w.befriend(4, []int64{2})
	w.elsewhere("other", 2, "x", "ios")
	w.gone(2, "x")
	chosen := routes.Notice{Users: []model.UserID{2, 99}, Chosen: true}
	a, own, former := w.connect("1", "10"), w.connect("2", "20"), w.connect("4", "40")
	require.Equal(t, []string{"2 web seen", "3 "}, a.subscribe("2", "3"))
	require.Equal(t, []string{"2 web seen"}, own.subscribe("2"))
	require.Equal(t, []string{"2 web seen"}, former.subscribe("2"))

	w.befriend(1, []int64{2, 3}, 2)
	w.befriend(4, nil) // who may see nothing any more cannot say what the others may see
	w.notice(chosen)
	require.Equal(t, "2 web", a.presence())
	w.notice(chosen) // again changes nothing
	w.befriend(1, []int64{2, 3})
	w.notice(chosen)
	require.Equal(t, "2 web seen", a.presence())
	w.befriend(1, []int64{2, 3}, 2)
	w.notice(chosen)
	require.Equal(t, "2 web", a.presence())
	_ = own.ws.Close()
	require.Equal(t, "2 ", a.presence(), "and what comes later is hidden too")
}

func TestOneselfIsAlwaysSeenWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, nil)
	w.live("other")
	w.befriend(1, []int64{2}, 2)
	w.befriend(2, []int64{2})
	own := w.connect("2", "20")
	a := w.connect("1", "10")
	require.Equal(t, []string{"2 web seen"}, own.subscribe("2"))
	require.Equal(t, []string{"2 web"}, a.subscribe("2"))
	w.notice(routes.Notice{Users: []model.UserID{2}, Chosen: true})
	w.elsewhere("other", 2, "x", "ios")
	require.Equal(t, "2 ios+web seen", own.presence())
	require.Equal(t, "2 ios+web", a.presence())
}

// The notice comes after chat-service was asked and before its answer is taken.
func TestAChoiceDuringASubscribeIsNotMissed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, nil)
	w.befriend(1, []int64{2, 3}, 3)
	release := make(chan struct{})
	w.log.set(func(l *database) { l.slow[2] = release })
	a, other := w.connect("1", "10"), w.connect("1", "11")
	require.Equal(t, []string{"3 "}, other.subscribe("3"))
	w.connect("2", "20")
	a.send(`{"id":"first","type":"presence.subscribe","data":{"userIds":["2"]}}`)
	eventually(t, "it is asked", func() bool {
		w.log.mu.Lock()
		defer w.log.mu.Unlock()
		return w.log.waiting > 0
	})
	w.befriend(1, []int64{2, 3}, 2)
	w.notice(routes.Notice{Users: []model.UserID{2, 3}, Chosen: true})
	require.Equal(t, "3 ", other.presence(), "the notice is there")
	close(release)
	for got := ""; got != "2 web"; { // in the answer or after it
		r := a.next()
		if r.Type == "presence" {
			got = a.readPresence(r)
			continue
		}
		var data struct{ Items []shown }
		require.NoError(t, json.Unmarshal(r.Data, &data))
		got = data.Items[0].String()
	}
}

func TestAChoiceIsAskedForAgainWhenChatIsAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, nil)
	w.befriend(1, []int64{2})
	w.connect("2", "20")
	a := w.connect("1", "10")
	require.Equal(t, []string{"2 web seen"}, a.subscribe("2"))
	w.befriend(1, []int64{2}, 2)
	w.log.set(func(l *database) { l.away = true })
	w.redis.Close() // and the notice is missed
	require.NoError(t, w.redis.Restart())
	eventually(t, "it is asked", func() bool {
		w.log.mu.Lock()
		defer w.log.mu.Unlock()
		return w.log.refused > 0
	})
	w.log.set(func(l *database) { l.away = false })
	require.Equal(t, "2 web", a.presence())
}
