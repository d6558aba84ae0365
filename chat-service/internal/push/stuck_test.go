package push_test

import (
	"context"
	"fmt"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
	metrics "github.com/zeromicro/go-zero/core/prometheus"

	"im-backend/chat-service/internal/push"
	"im-backend/chat-service/internal/push/pushtest"
	"im-backend/common/model"
	"im-backend/common/proto/gen/wsgatewaypb"
	"im-backend/common/utils/proxytest"
	"im-backend/common/utils/rediskey"
)

// everywhere is a place that all living gateways share.
func (b *bench) everywhere() *push.Where {
	return b.Locate(context.Background(), push.Ask{}, func(redis.Pipeliner) {})
}

// pushRun pushes entries of a conversation to every gateway.
func (b *bench) pushRun(id string, from, to int64) {
	where := b.everywhere()
	for seq := from; seq <= to; seq++ {
		b.Push(where, entry(id, seq, 1))
	}
}

// droppedFor is how many events were counted as not pushed to a gateway.
func droppedFor(t *testing.T, gateway string) int {
	t.Helper()
	families, err := prometheus.DefaultGatherer.Gather()
	require.NoError(t, err)
	for _, family := range families {
		if family.GetName() != "im_chat_push_dropped_total" {
			continue
		}
		for _, one := range family.GetMetric() {
			if one.GetLabel()[0].GetValue() == gateway {
				return int(one.GetCounter().GetValue())
			}
		}
	}
	return 0
}

func TestAGroupEntryCostsOnePushForEachInterestedGateway(t *testing.T) {
	t.Parallel()
	var all []*pushtest.Gateway
	for n := range 5 {
		all = append(all, pushtest.Start(t, fmt.Sprint("gateway-", n)))
	}
	b := newBench(t, all...)
	for n, g := range all {
		b.announce(g.ID, []model.UserID{model.UserID(n), 100, 200}) // whoever is there, the room alone counts
	}
	b.announce(all[3].ID, nil, "g:9")
	counts := func() (n []int) {
		b.Flush()
		for _, g := range all {
			n = append(n, len(g.Items()))
		}
		return n
	}
	toRoom := func(seq int64) {
		b.push(&wsgatewaypb.PushItem{Room: "g:9", Event: entry("g:9", seq, 1).GetEvent()})
	}
	for seq := range int64(20) {
		toRoom(seq)
	}
	require.Equal(t, []int{0, 0, 0, 20, 0}, counts())
	b.announce(all[0].ID, nil, "g:9")
	b.announce(all[4].ID, nil, "g:9")
	toRoom(21)
	require.Equal(t, []int{1, 0, 0, 21, 1}, counts())
	for _, n := range []int{0, 3, 4} {
		_, err := b.redis.SRem(rediskey.Room("g:9"), all[n].ID)
		require.NoError(t, err)
	}
	toRoom(22)
	require.Equal(t, []int{1, 0, 0, 21, 1}, counts(), "nobody's last member is there any more")
	for _, g := range all {
		require.Equal(t, 1, g.Streams())
	}
}

func TestADeadGatewayIsForgottenWithItsLease(t *testing.T) {
	t.Parallel()
	dead, well := pushtest.Start(t, "dead"), pushtest.Start(t, "well")
	b := newBench(t, dead, well)
	b.announce("dead", []model.UserID{1}, "g:9")
	b.announce("well", []model.UserID{2}, "g:9")
	dead.Stop()
	require.True(t, b.push(entry("x", 1, 1, 1, 2)).Online(1), "as long as its lease lasts")
	b.living(well)
	where := b.push(&wsgatewaypb.PushItem{Room: "g:9", UserIds: []int64{1, 2}, Event: entry("x", 2, 1).GetEvent()})
	require.True(t, where.Known)
	require.False(t, where.Online(1), "its routes are ignored")
	require.True(t, where.Online(2))
	eventually(t, func() bool { return len(well.Seqs("x")) == 2 }, "the others have everything")
	require.Equal(t, run(1, 2), well.Seqs("x"))
}

func TestWhatAGatewayNeverAcknowledgesIsBoundedDroppedAndCounted(t *testing.T) {
	t.Parallel()
	metrics.Enable()
	silent, well := pushtest.Start(t, "never-acknowledges"), pushtest.Start(t, "acknowledges")
	silent.Silence(true)
	b := newBench(t, silent, well)
	const step, n, size = int64(1000), int64(20_000), 4 << 10
	before := droppedFor(t, silent.ID)
	for seq := int64(1); seq <= n; seq += step {
		where := b.everywhere()
		for at := seq; at < seq+step; at++ {
			b.Push(where, entry("x", at, size))
		}
		eventually(t, func() bool { return len(well.Items()) == int(seq+step-1) }, "the other one keeps up")
	}
	require.Equal(t, run(1, n), well.Seqs("x"))
	require.Zero(t, droppedFor(t, well.ID))
	lost := droppedFor(t, silent.ID) - before
	require.Positive(t, lost)

	silent.Silence(false)
	eventually(t, func() bool {
		b.pushRun("y", 1, 1)
		return len(silent.Seqs("y")) > 0
	}, "it gets new events when it acknowledges again")
	got := silent.Seqs("x") // the first stream carried some that came again over the next one
	again := slices.Index(got[1:], 1) + 1
	require.Positive(t, again)
	require.Equal(t, run(1, int64(again)), got[:again])
	require.Equal(t, run(1, n-int64(lost)), got[again:], "what it could hold, in order; its clients find the rest by the gap")
	require.Equal(t, 2, silent.Streams(), "a stream that owes acknowledgements is given up")
}

func TestABacklogThatComesAllAtOnceIsNotTooMuch(t *testing.T) {
	t.Parallel()
	g := pushtest.Start(t, "busy")
	b := newBench(t, g)
	g.Hang(true)
	const n = 100_000 // seconds of messages, as when Kafka is back
	b.pushRun("x", 1, n)
	g.Hang(false)
	eventually(t, func() bool { return len(g.Items()) >= n }, "all of it")
	require.Equal(t, run(1, n), g.Seqs("x"))
}

func TestStuckGatewaysDoNotAddUp(t *testing.T) {
	t.Parallel()
	const stuck = 8
	gateways := []*pushtest.Gateway{pushtest.Start(t, "well")}
	for n := range stuck {
		g := pushtest.Start(t, fmt.Sprint("stuck-", n))
		g.Silence(n%2 == 0)
		g.Hang(n%2 == 1)
		gateways = append(gateways, g)
	}
	b := newBench(t, gateways...)
	b.pushRun("x", 1, 100)
	eventually(t, func() bool { return len(gateways[0].Seqs("x")) == 100 }, "the others have everything")
	began := time.Now()
	b.Flush()
	require.Less(t, time.Since(began), stuck*time.Second, "one moment for all of them, not one for each")
}

func TestASocketThatNeverSpeaksHoldsNothingUp(t *testing.T) {
	t.Parallel()
	mute, err := net.Listen("tcp", "127.0.0.1:0") // connections are made, and nobody ever takes them
	require.NoError(t, err)
	well := pushtest.Start(t, "well")
	b := newBench(t)
	b.Update([]string{well.Value(), "mute@" + mute.Addr().String()})
	b.pushRun("x", 1, 500)
	eventually(t, func() bool { return len(well.Seqs("x")) == 500 }, "the other one has all")
	require.NoError(t, mute.Close())
	awake := pushtest.StartAt(t, "mute", mute.Addr().String())
	eventually(t, func() bool { return len(awake.Seqs("x")) == 500 }, "what waited comes when it speaks")
	require.Equal(t, run(1, 500), awake.Seqs("x"))
}

func TestAStreamThatWentSilentIsReplacedAndRepeatsWhatWasNotAcknowledged(t *testing.T) {
	t.Parallel()
	g := pushtest.Start(t, "one")
	proxy := proxytest.Start(t, g.Addr)
	b := newBench(t)
	b.Update([]string{"one@" + proxy.Addr()})
	b.pushRun("x", 1, 10)
	b.Flush()
	require.Equal(t, run(1, 10), g.Seqs("x"))
	proxy.Lose() // without a word, as when a machine dies or a router forgets a connection
	b.pushRun("x", 11, 60)
	require.Equal(t, run(1, 10), g.Seqs("x"))
	eventually(t, func() bool { return len(g.Seqs("x")) >= 60 }, "the keepalive finds it")
	require.Equal(t, run(1, 60), g.Seqs("x"))
	require.Equal(t, 2, g.Streams())
}
