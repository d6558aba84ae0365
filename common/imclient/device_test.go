package imclient

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/imclient/fakeim"
	"im-backend/common/utils/wire"
)

// phone is a running device and what it was given.
type phone struct {
	*Device
	mu     sync.Mutex
	got    map[string][]int64
	events []string
	synced atomic.Int64
	ended  chan error
	stop   context.CancelFunc
}

func startPhone(t *testing.T, s *fakeim.Server, o DeviceOptions) *phone {
	t.Helper()
	p := &phone{got: map[string][]int64{}, ended: make(chan error, 1)}
	o.MinBackoff, o.MaxBackoff = time.Millisecond, 5*time.Millisecond
	o.OnMessage = func(m wire.Message) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.got[m.ConversationID] = append(p.got[m.ConversationID], m.Seq)
	}
	o.OnEvent = func(e Event) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.events = append(p.events, e.Type)
	}
	o.OnSynced = func() { p.synced.Add(1) }
	p.Device = NewDevice(signedIn(t, s), o)
	ctx, cancel := context.WithCancel(t.Context())
	p.stop = cancel
	go func() { p.ended <- p.Run(ctx) }()
	t.Cleanup(cancel)
	return p
}

// holds waits until the phone was given exactly 1..n.
func (p *phone) holds(t *testing.T, id string, n int) {
	t.Helper()
	require.Eventually(t, func() bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		return len(p.got[id]) >= n
	}, time.Minute, time.Millisecond, "%s", id)
	p.mu.Lock()
	defer p.mu.Unlock()
	require.Len(t, p.got[id], n)
	for i, seq := range p.got[id] {
		require.EqualValues(t, i+1, seq)
	}
}

func (p *phone) syncs(t *testing.T, n int64) {
	t.Helper()
	require.Eventually(t, func() bool { return p.synced.Load() >= n }, time.Minute, time.Millisecond)
}

const chat = "s:7:8"

func TestADeviceCatchesUpAndThenReceives(t *testing.T) {
	t.Parallel()
	s := fakeim.New(t)
	for i := range 10_001 {
		s.Post(chat, fmt.Sprint(i))
	}
	for i := range 250 { // more than a page of conversations
		s.Post(fmt.Sprintf("g:%d", i+1), "hi")
	}
	p := startPhone(t, s, DeviceOptions{})
	p.syncs(t, 1)
	p.holds(t, chat, 10_001)
	p.holds(t, "g:250", 1)
	s.Post(chat, "live")
	s.Post("g:999", "a new conversation")
	p.holds(t, chat, 10_002)
	p.holds(t, "g:999", 1)
}

func TestLostPushesAreFoundByTheNextOneByHeadsAndByReconnecting(t *testing.T) {
	t.Parallel()
	s := fakeim.New(t)
	p := startPhone(t, s, DeviceOptions{})
	p.syncs(t, 1)
	lose := func(n int) {
		s.LosePushes(true)
		for range n {
			s.Post(chat, "lost")
		}
		s.LosePushes(false)
	}
	lose(3)
	s.Post(chat, "found by the next one")
	p.holds(t, chat, 4)
	lose(2)
	s.Push("heads", map[string]any{"items": []map[string]any{{"conversationId": chat, "maxSeq": 6}}})
	p.holds(t, chat, 6)
	lose(300)
	s.Break()
	p.holds(t, chat, 306)
	for _, m := range s.Log(chat)[300:] {
		s.Push("message", m) // repeats
	}
	s.Post(chat, "last")
	p.holds(t, chat, 307)
	require.GreaterOrEqual(t, s.Dials(), 2)
}

func TestADeviceComesBackWhenItWasToldTo(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]bool{"with a ticket": false, "with a token": true} {
		s := fakeim.New(t)
		s.RefuseHandshakes(1, 3600, 100) // an hour by the header, which is for others
		var o DeviceOptions
		if url {
			o.URL = s.WS()
		}
		var down atomic.Int64
		o.OnDown = func(err error) {
			down.Add(1)
			require.Equal(t, "UNAVAILABLE", Reason(err), name)
		}
		start := time.Now()
		p := startPhone(t, s, o) // its own delay is a few milliseconds
		p.syncs(t, 1)
		require.GreaterOrEqual(t, time.Since(start), 100*time.Millisecond, name)
		require.EqualValues(t, 1, down.Load(), name)
	}
}

func TestADeviceGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	s := fakeim.New(t)
	store := &MemoryStore{}
	s.Post(chat, "1")
	first := startPhone(t, s, DeviceOptions{Store: store})
	first.holds(t, chat, 1)
	first.syncs(t, 1)
	first.stop()
	require.ErrorIs(t, <-first.ended, context.Canceled)
	for range 40 {
		s.Post(chat, "missed")
	}
	s.ForgetSyncTokens() // the server says reset: start over, and still nothing comes twice
	second := startPhone(t, s, DeviceOptions{Store: store})
	second.syncs(t, 1)
	second.mu.Lock()
	defer second.mu.Unlock()
	require.Len(t, second.got[chat], 40)
	require.EqualValues(t, 2, second.got[chat][0])
}

func TestADeviceReconnectsAfter4xxxAndNotAfter45xx(t *testing.T) {
	t.Parallel()
	s := fakeim.New(t)
	p := startPhone(t, s, DeviceOptions{URL: s.WS()})
	for i, code := range []int{1001, 4001, 4002, 4003} {
		p.syncs(t, int64(i+1))
		s.Close(code, "again")
	}
	p.syncs(t, 5)
	s.Push("kicked", map[string]string{"reason": "replaced"})
	s.Close(4502, "replaced")
	var closed *CloseError
	require.ErrorAs(t, <-p.ended, &closed)
	require.Equal(t, 4502, closed.Code)
	require.Equal(t, 5, s.Dials())
	require.Equal(t, []string{"kicked"}, p.events)
	_, err := p.Send(t.Context(), Text("x"))
	require.ErrorAs(t, err, &closed, "sends end with the device")
}

func TestAGoawayIsHonoured(t *testing.T) {
	t.Parallel()
	s := fakeim.New(t)
	p := startPhone(t, s, DeviceOptions{})
	p.syncs(t, 1)
	s.Push("goaway", map[string]int{"reconnectAfterMs": 30}) // the gateway keeps the connection: the device leaves by itself
	p.syncs(t, 2)
	start := time.Now()
	s.Push("goaway", map[string]int{"reconnectAfterMs": 50})
	s.Close(1001, "going away")
	p.syncs(t, 3)
	require.GreaterOrEqual(t, time.Since(start), 40*time.Millisecond, "the delay is kept when the gateway closes first")
}

func TestExpiredTokensAreRefreshedAndDeadSessionsEndTheDevice(t *testing.T) {
	t.Parallel()
	for _, url := range []bool{true, false} {
		s := fakeim.New(t)
		o := DeviceOptions{}
		if url {
			o.URL = s.WS()
		}
		p := startPhone(t, s, o)
		p.syncs(t, 1)
		s.Expire()
		s.Break()
		p.syncs(t, 2)
		require.Equal(t, 1, s.Refreshes())
		p.client.setTokens(Tokens{AccessToken: "forged"})
		s.Break()
		require.Equal(t, "UNAUTHENTICATED", Reason(<-p.ended))
	}
}

func TestASendIsRepeatedUntilItHasAnAnswerAndMakesOneMessage(t *testing.T) {
	t.Parallel()
	s := fakeim.New(t)
	faults := []fakeim.Fault{fakeim.LoseRequest, fakeim.LoseAnswer, fakeim.TryLater, fakeim.LoseAnswer, fakeim.None}
	var n atomic.Int64
	s.OnSend(func() fakeim.Fault { return faults[min(int(n.Add(1))-1, len(faults)-1)] })
	p := startPhone(t, s, DeviceOptions{})
	m := Text("once")
	m.ToUserID = "8"
	sent, err := p.Send(t.Context(), m)
	require.NoError(t, err)
	require.EqualValues(t, 1, sent.Seq)
	require.Len(t, s.Log(chat), 1)
	require.EqualValues(t, 5, n.Load())
	p.holds(t, chat, 1)
}

func TestASendEndsWithARefusalOrWithItsContext(t *testing.T) {
	t.Parallel()
	s := fakeim.New(t)
	s.OnSend(func() fakeim.Fault { return fakeim.Refuse })
	p := startPhone(t, s, DeviceOptions{})
	_, err := p.Send(t.Context(), Text("x"))
	require.Equal(t, "NOT_FRIENDS", Reason(err))
	idle := NewDevice(New(s.URL), DeviceOptions{}) // never connected
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err = idle.Send(ctx, Text("x"))
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.Nil(t, idle.Conn())
}

func TestManySendersUnderFaultsLoseAndRepeatNothing(t *testing.T) {
	t.Parallel()
	s := fakeim.New(t)
	var n atomic.Int64
	s.OnSend(func() fakeim.Fault {
		switch n.Add(1) % 17 {
		case 3:
			return fakeim.LoseAnswer
		case 9:
			return fakeim.LoseRequest
		case 13:
			return fakeim.TryLater
		}
		return fakeim.None
	})
	p := startPhone(t, s, DeviceOptions{})
	var wg sync.WaitGroup
	failures := make(chan error, 100)
	for i := range cap(failures) {
		wg.Go(func() {
			m := Text(fmt.Sprint(i))
			m.ToUserID = "8"
			_, err := p.Send(t.Context(), m)
			failures <- err
		})
	}
	wg.Wait()
	for range cap(failures) {
		require.NoError(t, <-failures)
	}
	require.Len(t, s.Log(chat), 100)
	p.holds(t, chat, 100)
}
