package app

import (
	"context"
	"encoding/json"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2/server"
	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"

	"im-backend/common/proto/gen/wsgatewaypb"
)

func TestASlowReaderIsClosedWith4002AndCostsNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, func(c *Config) { c.Conn.QueueBytes = 256 << 10 })
	slow, quick := w.connect("1", "1"), w.connect("2", "2")
	s := w.stream()
	entry := roomEntry("s:1:2", 1)
	entry.Room, entry.UserIds = "", []int64{1, 2}
	entry.GetEntry().Content = []byte(`{"text":"` + strings.Repeat("z", 60_000) + `"}`)
	for range 300 {
		s.push(entry)
		require.Equal(t, "message", quick.next().Type)
	}
	code, before := slow.closeCode()
	require.Equal(t, 4002, code)
	require.Less(t, len(before), 300)
	require.Empty(t, quick.fence())
}

func TestSilenceOfTwoHeartbeatsClosesWith4001(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, func(c *Config) { c.Hub.Heartbeat = 150 * time.Millisecond })
	silent, alive := w.connect("1", "1"), w.connect("2", "2")
	silent.ws.SetPingHandler(func(string) error { return nil })
	var pings int
	answer := alive.ws.PingHandler()
	alive.ws.SetPingHandler(func(data string) error { pings++; return answer(data) })
	start := time.Now()
	code, _ := silent.closeCode()
	require.Equal(t, 4001, code)
	require.GreaterOrEqual(t, time.Since(start), 280*time.Millisecond)
	require.Less(t, time.Since(start), 3*time.Second)
	_ = alive.ws.SetReadDeadline(time.Now().Add(700 * time.Millisecond))
	_, _, err := alive.ws.ReadMessage()
	var timeout net.Error
	require.ErrorAs(t, err, &timeout, "the answering one was closed: %v", err)
	require.Greater(t, pings, 2)
}

func TestEndedSessionsAreKicked(t *testing.T) {
	t.Parallel()
	for _, d := range dialects {
		t.Run(d.String(), func(t *testing.T) {
			t.Parallel()
			w := newWorldIn(t, d, nil)
			for session, want := range map[int64]struct {
				reason wsgatewaypb.EndReason
				code   int
				text   string
			}{
				101: {wsgatewaypb.EndReason_END_REASON_REVOKED, 4501, "SESSION_REVOKED"},
				102: {wsgatewaypb.EndReason_END_REASON_REPLACED, 4502, "SESSION_REPLACED"},
			} {
				name := strconv.FormatInt(session, 10)
				ended, kept := w.connect("1", name), w.connect("1", "2")
				start := time.Now()
				_, err := w.push.EndSessions(context.Background(), &wsgatewaypb.EndSessionsRequest{
					UserId: 1, SessionIds: []int64{session}, Reason: want.reason,
				})
				require.NoError(t, err)
				w.stream().push(&wsgatewaypb.PushItem{UserIds: []int64{1}, Event: roomEntry("n:1", 1).GetEvent()})
				code, before := ended.closeCode()
				require.Less(t, time.Since(start), time.Second)
				require.Equal(t, want.code, code)
				require.Len(t, before, 1, "nothing is pushed after the kick")
				require.Equal(t, "kicked", before[0].Type)
				require.JSONEq(t, `{"reason":"`+want.text+`"}`, string(before[0].Data))
				require.Equal(t, "message", kept.next().Type)

				late := w.open("1", name) // its session was checked before it ended
				code, before = late.closeCode()
				require.Equal(t, want.code, code)
				require.Equal(t, "hello", before[0].Type)
				require.NoError(t, kept.ws.Close())
			}
		})
	}
}

func TestSessionsEndWhileTheGatewayIsCutOffFromRedis(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, nil)
	ended, kept := w.connect("1", "1"), w.connect("1", "2")
	w.redis.SetError("LOADING")
	_, err := w.push.EndSessions(context.Background(), &wsgatewaypb.EndSessionsRequest{UserId: 1, SessionIds: []int64{1}})
	require.NoError(t, err)
	code, before := ended.closeCode()
	require.Equal(t, 4501, code)
	require.Equal(t, "kicked", before[len(before)-1].Type)
	require.Empty(t, kept.fence())
	w.redis.SetError("")
}

func TestAKickedClientThatDoesNotReadIsCutOffWithinASecond(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, func(c *Config) { c.Conn.QueueBytes = 64 << 20; c.Conn.QueueFrames = 10_000 })
	w.connect("1", "1")
	entry := roomEntry("s:1:2", 1)
	entry.Room, entry.UserIds = "", []int64{1}
	entry.GetEntry().Content = []byte(`{"text":"` + strings.Repeat("z", 60_000) + `"}`)
	s := w.stream()
	for range 300 {
		s.push(entry)
	}
	start := time.Now()
	_, err := w.push.EndSessions(context.Background(), &wsgatewaypb.EndSessionsRequest{UserId: 1, SessionIds: []int64{1}})
	require.NoError(t, err)
	eventually(t, "its route is gone", func() bool { return !w.redis.Exists("route:{1}") })
	require.Less(t, time.Since(start), 2*time.Second)
}

func TestDeadSessionsAreFoundByTheCheck(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, func(c *Config) { c.Hub.CheckSessions = 50 * time.Millisecond })
	dead, alive := w.connect("1", "1"), w.connect("2", "2")
	w.auth.set(func(a *fakeAuth) { a.away = true }) // ends nobody
	require.Empty(t, alive.fence())
	w.auth.set(func(a *fakeAuth) { a.away = false; a.dead[1] = true })
	code, before := dead.closeCode()
	require.Equal(t, 4501, code)
	require.Equal(t, "kicked", before[len(before)-1].Type)
	require.Empty(t, alive.fence())
}

func TestTheClientsCloseIsAnswered(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, nil)
	c := w.connect("1", "1")
	start := time.Now()
	require.NoError(t, c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(1000, "bye"), time.Now().Add(time.Second)))
	code, _ := c.closeCode()
	require.Equal(t, 1000, code)
	require.Less(t, time.Since(start), 500*time.Millisecond)
	eventually(t, "its route is gone", func() bool { return !w.redis.Exists("route:{1}") })
}

func TestDrainSaysGoawayFinishesAnswersAndClosesWith1001(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, nil)
	var clients []*client
	for i := range 20 {
		clients = append(clients, w.connect(strconv.Itoa(i+1), "1"))
	}
	w.member(50, "g:1", 1, 1)
	clients = append(clients, w.connect("50", "1"))
	for _, c := range clients {
		c.send(`{"id":"last","type":"message.send","data":{"clientMsgId":"m","groupId":"8","type":"text","content":{}}}`)
	}
	eventually(t, "the sends are taken", func() bool { return len(w.log.order("g:8")) > 0 })
	var wg sync.WaitGroup
	wg.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 8*time.Second)
		defer cancel()
		w.svc.Drain(ctx)
	})
	for _, c := range clients {
		code, before := c.closeCode()
		require.Equal(t, 1001, code)
		kinds := map[string]reply{}
		for _, r := range before {
			kinds[r.Type] = r
		}
		require.Contains(t, kinds, "ok")
		var data struct{ ReconnectAfterMs *int64 }
		require.NoError(t, json.Unmarshal(kinds["goaway"].Data, &data))
		require.NotNil(t, data.ReconnectAfterMs)
		require.LessOrEqual(t, *data.ReconnectAfterMs, int64(3000))
	}
	wg.Wait()
	_, resp, err := w.dial(map[string][]string{"Authorization": {"Bearer token-1-1"}}, "")
	require.Error(t, err)
	require.Equal(t, 503, resp.StatusCode)
	w.svc.Stop()
	left := slices.DeleteFunc(w.redis.Keys(), func(key string) bool { return strings.HasPrefix(key, "seen:") })
	require.Empty(t, left, "routes, rooms and the marker are taken back; when users were seen stays")
}

// looksAt counts from now on how often the gateway looks for a marker that is not there.
func (w *world) looksAt(marker string) (inVain func() int64) {
	var looks atomic.Int64
	w.redis.Server().SetPreHook(func(_ *server.Peer, command string, args ...string) bool {
		if command == "SET" && args[0] == marker && slices.Contains(args, "XX") && !w.redis.Exists(marker) {
			looks.Add(1)
		}
		return false
	})
	return looks.Load
}

func TestAFlushInTheMiddleOfAnAnnouncementIsAnnouncedAfterToo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, func(c *Config) { c.Announce.Check = 50 * time.Millisecond })
	const marker = "gateway:{" + gatewayID + "}"
	w.connect("1", "1")
	eventually(t, "it is announced", func() bool { return w.redis.Exists(marker) && w.redis.Exists("route:{1}") })
	var flushes atomic.Int64
	w.redis.Server().SetPreHook(func(_ *server.Peer, command string, _ ...string) bool {
		if command == "RENAME" && flushes.Add(1) <= 3 {
			w.redis.FlushAll() // after everything was written, before the marker is
		}
		return false
	})
	w.redis.FlushAll()
	eventually(t, "the marker is set after the last of them", func() bool { return flushes.Load() > 3 && w.redis.Exists(marker) })
	require.True(t, w.redis.Exists("route:{1}"))
}

func TestAFlushedRedisIsAnnouncedToAgainBeforeTheMarkerReturns(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, func(c *Config) { c.Announce.Check = 50 * time.Millisecond })
	marker := "gateway:{" + gatewayID + "}"
	w.member(1, "g:1", 1, 1)
	w.connect("1", "1")
	eventually(t, "the marker is set", func() bool { return w.redis.Exists(marker) })
	looks := w.looksAt(marker)
	w.redis.FlushAll()
	eventually(t, "the marker returns", func() bool { return w.redis.Exists(marker) })
	require.LessOrEqual(t, looks(), int64(1), "the first look finds that it is gone")
	require.True(t, w.redis.Exists("route:{1}"))
	require.Contains(t, w.redisMembers("room:{g:1}"), gatewayID)
	require.InDelta(t, 90, w.redis.TTL("route:{1}").Seconds(), 1)

	w.redis.SetError("LOADING")
	w.connect("2", "2") // is let in all the same
	w.redis.SetError("")
	eventually(t, "everything is announced", func() bool { return w.redis.Exists(marker) && w.redis.Exists("route:{2}") })
}
