package e2e_test

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/imclient"
)

// follow subscribes to people and answers their ids among those that are told.
func follow(t testing.TB, conn *imclient.Conn, people ...*person) []string {
	t.Helper()
	ids := []string{}
	for _, p := range people {
		ids = append(ids, p.id)
	}
	var answer struct{ Items []imclient.Presence }
	require.NoError(t, conn.Request(t.Context(), "presence.subscribe", map[string]any{"userIds": ids}, &answer))
	told := []string{}
	for _, i := range answer.Items {
		told = append(told, i.UserID)
	}
	return told
}

// sees waits until a connection has been told that somebody is online on some platforms and no others.
func sees(t testing.TB, conn *imclient.Conn, who *person, platforms ...string) imclient.Presence {
	t.Helper()
	for {
		var p imclient.Presence
		next(t, conn, "presence", &p)
		if p.UserID == who.id && slices.Equal(p.Platforms, platforms) {
			require.Equal(t, len(platforms) > 0, p.Online)
			return p
		}
	}
}

// presence is what a GET says of one, nil when nothing.
func (p *person) presence(of *person) *imclient.Presence {
	p.t.Helper()
	items, err := p.Presence(p.t.Context(), of.id)
	require.NoError(p.t, err)
	if len(items) == 0 {
		return nil
	}
	return &items[0]
}

// hears is the presence events that come until a note to self does, which is pushed after them.
func (p *person) hears(conn *imclient.Conn) []imclient.Presence {
	p.t.Helper()
	p.say(single(p, p), "fence")
	timeout := time.After(15 * time.Second)
	var heard []imclient.Presence
	for {
		select {
		case e := <-conn.Events():
			if e.Type == "message" && strings.Contains(string(e.Data), "fence") {
				return heard
			}
			if e.Type == "presence" {
				var one imclient.Presence
				require.NoError(p.t, json.Unmarshal(e.Data, &one))
				heard = append(heard, one)
			}
		case <-timeout:
			require.Fail(p.t, "the note did not come")
		}
	}
}

func TestPresenceOverTwoGatewaysUntilTheLastDeviceGoes(t *testing.T) {
	t.Parallel()
	a, b := friends(t)
	conn := a.connect(0)
	require.Equal(t, []string{b.id, a.id}, follow(t, conn, b, a, newPerson(t)))
	web := b.connect(1)
	sees(t, conn, b, "web")
	phone := b.another("ios").connect(0)
	sees(t, conn, b, "ios", "web")
	eventually(t, "asked for, it is the same", func(context.Context) bool { // a flush by another test takes it away for a moment
		p := a.presence(b)
		return p.Online && slices.Equal([]string{"ios", "web"}, p.Platforms)
	})
	web.Close()
	sees(t, conn, b, "ios")
	phone.Close()
	sees(t, conn, b)
	eventually(t, "it is known when b was last seen", func(context.Context) bool {
		p := a.presence(b)
		if p.LastSeenAt == 0 { // flushed by another test
			b.connect(0).Close()
			return false
		}
		require.False(t, p.Online)
		require.Empty(t, p.Platforms)
		require.InDelta(t, time.Now().UnixMilli(), p.LastSeenAt, 60_000)
		return true
	})
}

func TestPresenceIsForFriendsOnly(t *testing.T) {
	t.Parallel()
	a, b := friends(t)
	stranger := newPerson(t)
	conn, strangers := a.connect(0), stranger.connect(1)
	b.connect(1)
	require.Empty(t, follow(t, strangers, b, a))
	require.Nil(t, stranger.presence(b))
	require.Equal(t, []string{b.id}, follow(t, conn, b))
	_, err := a.Presence(t.Context(), "nobody")
	requireReason(t, err, http.StatusBadRequest, "INVALID_ARGUMENT")

	require.NoError(t, b.Block(t.Context(), a.id))
	require.Nil(t, a.presence(b))
	require.Nil(t, b.presence(a))
	b.another("ios").connect(0)
	stranger.another("ios").connect(0)
	require.Empty(t, follow(t, conn, b))
	require.Empty(t, stranger.hears(strangers))

	require.NoError(t, b.Unblock(t.Context(), a.id))
	befriendAgain(t, a, b)
	require.Equal(t, []string{b.id}, follow(t, conn, b))
	require.NoError(t, b.DeleteFriend(t.Context(), a.id))
	require.Empty(t, follow(t, conn, b))
	require.Nil(t, a.presence(b))
}

// befriendAgain makes friends of two who may be friends already.
func befriendAgain(t testing.TB, a, b *person) {
	t.Helper()
	if a.presence(b) == nil {
		befriend(t, a, b)
	}
}

func TestABlockEndsPresenceWithoutAnotherSubscribe(t *testing.T) {
	t.Parallel()
	a, b := friends(t)
	c := newPerson(t)
	befriend(t, a, c)
	conn := a.connect(0)
	follow(t, conn, b, c)
	require.NoError(t, b.Block(t.Context(), a.id))
	b.connect(1)
	c.connect(1) // announced after b by the same gateway
	for {
		var p imclient.Presence
		next(t, conn, "presence", &p)
		require.NotEqual(t, b.id, p.UserID)
		if p.Online {
			return
		}
	}
}

func TestWhoDoesNotShowWhenItWasLastSeenIsStillOnlineOrNot(t *testing.T) {
	t.Parallel()
	a, b := friends(t)
	_, err := b.UpdateMe(t.Context(), map[string]any{"settings": map[string]any{"showLastSeen": false}})
	require.NoError(t, err)
	conn := a.connect(0)
	follow(t, conn, b)
	device := b.connect(1)
	require.Zero(t, sees(t, conn, b, "web").LastSeenAt)
	device.Close()
	require.Zero(t, sees(t, conn, b).LastSeenAt)
	require.Zero(t, a.presence(b).LastSeenAt)
}

func TestAChangedChoiceToShowWhenOneWasLastSeenIsLive(t *testing.T) {
	t.Parallel()
	a, b := friends(t)
	conn := a.connect(0)
	follow(t, conn, b)
	b.connect(1)
	require.NotZero(t, sees(t, conn, b, "web").LastSeenAt)
	for _, show := range []bool{false, true} {
		_, err := b.UpdateMe(t.Context(), map[string]any{"settings": map[string]any{"showLastSeen": show}})
		require.NoError(t, err)
		for (sees(t, conn, b, "web").LastSeenAt != 0) != show { // a flush by another test may have been made up for meanwhile
			continue
		}
	}
}

func TestUsersOfAKilledGatewayAreOffline(t *testing.T) {
	t.Parallel()
	g := startGateways(t, 2)
	a, b := friends(t)
	conn := a.connectAt(g[0].url())
	follow(t, conn, b)
	b.connectAt(g[1].url())
	sees(t, conn, b, "web")
	other := b.another("ios").connect(0)
	sees(t, conn, b, "ios", "web")
	g[1].kill()
	sees(t, conn, b, "ios")
	eventually(t, "chat-service knows too", func(context.Context) bool { return slices.Equal([]string{"ios"}, a.presence(b).Platforms) })
	other.Close()
	sees(t, conn, b)
}

func TestPresenceComesBackAfterAFlushOfRedis(t *testing.T) {
	t.Parallel()
	a, b := friends(t)
	conn := a.connect(0)
	follow(t, conn, b)
	device := b.connect(1)
	sees(t, conn, b, "web")
	forgetRoutes(t)
	eventually(t, "b is announced again", func(context.Context) bool { return a.presence(b).Online })
	for _, p := range a.hears(conn) {
		require.True(t, p.Online, "a flush makes nobody offline who is followed")
	}
	device.Close()
	sees(t, conn, b)
}
