package e2e_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/imclient"
	"im-backend/common/utils/proxytest"
	"im-backend/common/utils/wire"
)

// pushed reads what a connection is pushed of a conversation up to a seq, without a client's repair, and checks that no seq is
// missing; what is repeated does not count.
func pushed(t testing.TB, conn *imclient.Conn, id string, from, to int64) {
	t.Helper()
	for at := from - 1; at < to; {
		var m wire.Message
		next(t, conn, "message", &m)
		if m.ConversationID != id || m.Seq <= at {
			continue
		}
		require.Equal(t, at+1, m.Seq, "an entry was not pushed")
		at = m.Seq
	}
}

// requireSeen waits until devices hold the whole of a conversation as their user's history has it, once and in order.
func requireSeen(t testing.TB, id string, reference []wire.Message, watchers ...*watcher) {
	t.Helper()
	require.NotEmpty(t, reference)
	for _, w := range watchers {
		eventually(t, "everything of "+id, func(context.Context) bool { return len(w.seen(id)) >= len(reference) })
		require.Equal(t, reference, w.seen(id))
	}
}

func TestUsersSpreadOverGatewaysGetEverythingOnceInOrder(t *testing.T) {
	t.Parallel()
	var urls []string
	for _, g := range startGateways(t, 3) {
		urls = append(urls, g.url())
	}
	urls = append(urls, sys.WSURLs()[:2]...)
	for _, n := range []int{2, 3, 5} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			spread(t, urls[len(urls)-n:])
		})
	}
}

// spread lets people with devices on all of some gateways talk.
func spread(t *testing.T, urls []string) {
	t.Helper()
	p := people(t, 4)
	devices := make([][]*watcher, len(p))
	for i, one := range p {
		for k := range urls {
			devices[i] = append(devices[i], one.watchAt(urls[k], nil))
		}
	}
	befriend(t, p[0], p[1])
	pair := single(p[0], p[1])
	g, id := group(t, p[0], p[1], p[2], p[3])
	talk := func(to string, writers ...*watcher) {
		t.Helper()
		const each = 10
		var wg sync.WaitGroup
		for _, w := range writers {
			wg.Go(func() {
				for range each {
					m := imclient.Text("hello")
					m.ConversationID = to
					_, err := w.Send(t.Context(), m)
					require.NoError(t, err)
				}
			})
		}
		wg.Wait()
	}
	first, last := 0, len(urls)-1
	talk(pair, devices[0][first], devices[1][last], devices[0][last])
	talk(id, devices[0][first], devices[1][last], devices[2][first], devices[3][last])
	require.NoError(t, p[0].RemoveMember(t.Context(), g.GroupID, p[3].id))
	talk(id, devices[0][last], devices[1][first])
	added, err := p[0].AddMembers(t.Context(), g.GroupID, p[3].id)
	require.NoError(t, err)
	require.Equal(t, []string{p[3].id}, added.Added)
	talk(id, devices[3][first], devices[2][last])

	for i, one := range p {
		requireSeen(t, id, one.history(id), devices[i]...)
	}
	requireSeen(t, pair, p[0].history(pair), append(devices[0], devices[1]...)...)
	all := p[0].history(id)
	requireRun(t, all, 1, len(all))
	require.Less(t, len(p[3].history(id)), len(all), "who was away sees nothing of that time")
}

func TestTheFirstMessagesOfANewGroupArePushedToEveryGateway(t *testing.T) {
	t.Parallel()
	p := people(t, 3)
	conns := []*imclient.Conn{p[0].connect(0), p[1].connect(1), p[2].connect(0), p[2].connect(1)}
	for range 10 {
		_, id := group(t, p[0], p[1:]...)
		p[0].say(id, "at once")
		for _, conn := range conns {
			pushed(t, conn, id, 1, 2)
		}
	}
}

// forgetRoutes empties Redis at once of all but what the users' sessions are: FLUSHALL would log the other tests' users out.
func forgetRoutes(t *testing.T) {
	t.Helper()
	const script = `for _, key in ipairs(redis.call('KEYS', '*')) do
		if not (string.find(key, '^session') or string.find(key, '^ticket') or string.find(key, '^signing')) then redis.call('DEL', key) end
	end
	return 1`
	require.NoError(t, redisClient(t).Eval(t.Context(), script, nil).Err())
}

func TestAFlushOfRedisCostsNoPushAndIsAnnouncedAnew(t *testing.T) {
	t.Parallel()
	p := people(t, 3)
	befriend(t, p[0], p[1])
	pair := single(p[0], p[1])
	_, id := group(t, p[0], p[1], p[2])
	p[0].say(id, "before")
	conns := []*imclient.Conn{p[1].connect(0), p[1].connect(1)}
	watchers := []*watcher{p[0].watch(0, nil), p[2].watch(1, nil)}
	const n = 60
	start := p[0].say(pair, "start").Seq
	for i := range n {
		p[0].say(pair, "single")
		p[2].say(id, "group")
		if i == n/3 {
			forgetRoutes(t)
		}
	}
	for _, conn := range conns {
		pushed(t, conn, pair, start, start+n)
	}
	rdb := redisClient(t)
	eventually(t, "routes and rooms are announced again", func(ctx context.Context) bool {
		routes, err := rdb.HLen(ctx, "route:{"+p[1].id+"}").Result()
		require.NoError(t, err)
		rooms, err := rdb.SCard(ctx, "room:{"+id+"}").Result()
		require.NoError(t, err)
		return routes == 2 && rooms == 2
	})
	end := p[0].say(pair, "after").Seq
	for _, conn := range conns {
		pushed(t, conn, pair, end, end)
	}
	requireSeen(t, id, p[0].history(id), watchers...)
}

func TestAGatewayThatLosesRedisGoesOnDelivering(t *testing.T) {
	t.Parallel()
	proxy := proxytest.Start(t, sys.Stores().Redis)
	g := startGateway(t, proxy.Addr())
	a, b := friends(t)
	id := single(a, b)
	conn := b.connectAt(g.url())
	marker := "gateway:{" + g.id(t.Context()) + "}"
	rdb := redisClient(t)
	marked := func(want int64) func(context.Context) bool {
		return func(ctx context.Context) bool {
			n, err := rdb.Exists(ctx, marker).Result()
			require.NoError(t, err)
			return n == want
		}
	}
	eventually(t, "everything is announced", marked(1))
	at := a.say(id, "before").Seq
	pushed(t, conn, id, at, at)
	burst := func(conns ...*imclient.Conn) {
		t.Helper()
		from := at + 1
		for range 20 {
			at = a.say(id, "cut off").Seq
		}
		for _, c := range conns {
			pushed(t, c, id, from, at)
		}
	}
	proxy.Freeze(true) // hanging
	burst(conn)
	eventually(t, "its marker ends", marked(0))
	late := b.connectAt(g.url())
	burst(conn, late)
	proxy.Refuse(true) // and stopped
	proxy.Cut()
	burst(conn, late)
	require.Equal(t, http.StatusServiceUnavailable, g.status(t.Context()))
	proxy.Refuse(false)
	proxy.Freeze(false)
	eventually(t, "it announces again", marked(1))
	routes, err := rdb.HLen(t.Context(), "route:{"+b.id+"}").Result()
	require.NoError(t, err)
	require.EqualValues(t, 2, routes)
	burst(conn, late)
	require.NoError(t, conn.Err(), "no connection ended")
	require.NoError(t, late.Err())
}

func TestAFrozenGatewayHoldsNobodyUpAndCatchesUp(t *testing.T) {
	t.Parallel()
	g := startGateways(t, 2)
	p := people(t, 3)
	_, id := group(t, p[0], p[1], p[2])
	frozen, well := p[1].watchAt(g[0].url(), nil), p[2].connectAt(g[1].url())
	start := p[0].say(id, "start").Seq
	eventually(t, "it is here", func(context.Context) bool { return len(frozen.seen(id)) == int(start) })
	g[0].signal(syscall.SIGSTOP)
	const n = 100
	for range n {
		p[0].say(id, "go on")
	}
	pushed(t, well, id, start, start+n)
	require.Len(t, frozen.seen(id), int(start))
	g[0].signal(syscall.SIGCONT)
	// When it was away for longer than its lease it has lost what waited for it, and its clients see that by the next entry.
	eventually(t, "it has caught up", func(context.Context) bool {
		p[0].say(id, "are you back?")
		return len(frozen.seen(id)) > int(start+n)
	})
	requireSeen(t, id, p[0].history(id), frozen)
}

func TestADeadGatewayIsForgottenAndItsClientsGoOnElsewhere(t *testing.T) {
	t.Parallel()
	g := startGateways(t, 2)
	balancer := proxytest.Start(t, g[0].ws, g[1].ws)
	p := people(t, 3)
	_, id := group(t, p[0], p[1], p[2])
	dead, well := p[1].connectAt(g[0].url()), p[2].connectAt(g[1].url())
	moved := p[1].watchAt("ws://"+balancer.Addr()+"/ws", nil)
	start := p[0].say(id, "start").Seq
	pushed(t, dead, id, start, start)
	g[0].kill()
	const n = 30
	for range n {
		p[0].say(id, "nobody waits for the dead")
	}
	pushed(t, well, id, start, start+n)
	eventually(t, "its lease ends", func(ctx context.Context) bool { return g[0].id(ctx) == "" })
	for range n {
		p[0].say(id, "it is forgotten")
	}
	pushed(t, well, id, start+n+1, start+2*n)
	requireSeen(t, id, p[0].history(id), moved)
}

func TestAStoppedGatewayHandsItsClientsOver(t *testing.T) {
	t.Parallel()
	g := startGateways(t, 2)
	balancer := proxytest.Start(t, g[0].ws, g[1].ws)
	a, b := friends(t)
	id := single(a, b)
	var watchers []*watcher
	for range 10 {
		watchers = append(watchers, a.watchAt("ws://"+balancer.Addr()+"/ws", nil), b.watchAt("ws://"+balancer.Addr()+"/ws", nil))
	}
	direct := a.connectAt(g[0].url())
	ctx, stop := context.WithCancel(t.Context())
	var mu sync.Mutex
	sent := map[string]int64{}
	var writing sync.WaitGroup
	for _, w := range watchers {
		writing.Go(func() {
			for ctx.Err() == nil {
				m := imclient.Text("hello")
				m.ConversationID, m.ClientMsgID = id, imclient.NewClientMsgID()
				got, err := w.Send(t.Context(), m)
				require.NoError(t, err)
				mu.Lock()
				sent[m.ClientMsgID] = got.Seq
				mu.Unlock()
			}
		})
	}
	count := func() int { mu.Lock(); defer mu.Unlock(); return len(sent) }
	eventually(t, "all write", func(context.Context) bool { return count() > 100 })
	g[0].signal(syscall.SIGTERM)
	var away struct{ ReconnectAfterMs *int64 }
	next(t, direct, "goaway", &away)
	require.NotNil(t, away.ReconnectAfterMs)
	require.Equal(t, 1001, closeCode(t, direct))
	<-g[0].ended
	require.Zero(t, g[0].command.ProcessState.ExitCode(), "it ended in time and by itself")
	require.Empty(t, g[0].id(t.Context()))
	before := count()
	eventually(t, "all go on", func(context.Context) bool { return count() > before+100 })
	stop()
	writing.Wait()

	history := a.history(id)
	requireRun(t, history, 1, len(history))
	requireSeen(t, id, history, watchers...)
	require.Len(t, history, len(sent)+1, "each message once, and the greeting of new friends")
	for _, m := range history[1:] {
		require.Equal(t, sent[m.ClientMsgID], m.Seq)
	}
}
