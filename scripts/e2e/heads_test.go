package e2e_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"

	"im-backend/common/imclient"
	"im-backend/common/proto/gen/wsgatewaypb"
	"im-backend/common/utils/failpoint"
	"im-backend/scripts/imd/system"
)

var errLost = errors.New("lost on purpose")

// losePushes loses every push of an entry with a text in it, and answers how many it has lost.
func losePushes(t testing.TB, text string) *atomic.Int64 {
	t.Helper()
	lost := &atomic.Int64{}
	failpoint.Set(t, "ws-gateway/push/lose", func(about any) error {
		item, ok := about.(*wsgatewaypb.PushItem)
		if !ok || !strings.Contains(string(item.GetEntry().GetContent()), text) {
			return nil
		}
		lost.Add(1)
		return errLost
	})
	return lost
}

// pulse is a device that hears only what tells it of a lost push.
type pulse struct {
	t  testing.TB
	ws *websocket.Conn
	// heard is what came, in order: the heads that it was told, and nil for a ping of the server.
	heard chan map[string]int64
}

// feelPulse opens a connection to a gateway.
func (p *person) feelPulse(url string) *pulse {
	p.t.Helper()
	ws, resp, err := websocket.DefaultDialer.DialContext(p.t.Context(), url, http.Header{"Authorization": {"Bearer " + p.Tokens().AccessToken}})
	require.NoError(p.t, err)
	_ = resp.Body.Close()
	l := &pulse{t: p.t, ws: ws, heard: make(chan map[string]int64, 1000)}
	answer := ws.PingHandler()
	ws.SetPingHandler(func(data string) error {
		l.heard <- nil
		return answer(data)
	})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer close(l.heard)
		l.read()
	}()
	p.t.Cleanup(func() { _ = ws.Close(); <-ended })
	return l
}

func (l *pulse) read() {
	for {
		var f struct {
			Type string
			Data struct {
				Items []struct {
					ConversationID string
					MaxSeq         int64
				}
			}
		}
		switch err := l.ws.ReadJSON(&f); {
		case err != nil:
			return
		case f.Type == "heads":
			told := map[string]int64{}
			for _, h := range f.Data.Items {
				told[h.ConversationID] = h.MaxSeq
			}
			l.heard <- told
		}
	}
}

// next waits for what is heard next.
func (l *pulse) next() map[string]int64 {
	l.t.Helper()
	select {
	case told, ok := <-l.heard:
		require.True(l.t, ok, "the connection ended")
		return told
	case <-time.After(15 * time.Second):
		require.Fail(l.t, "no heartbeat")
		return nil
	}
}

// beat waits for a heartbeat.
func (l *pulse) beat() {
	l.t.Helper()
	for felt := false; !felt; {
		felt = l.next() == nil
	}
}

// tells checks that a head is told before the second heartbeat from now on.
func (l *pulse) tells(conversation string, seq int64) {
	l.t.Helper()
	for beats := 0; beats < 2; {
		told := l.next()
		if told == nil {
			beats++
		} else if told[conversation] == seq {
			return
		}
	}
	require.Fail(l.t, "not told before the second heartbeat", "%s %d", conversation, seq)
}

// TestALostPushWithNothingAfterItIsFoundByTheNextHeartbeat runs a system of its own, whose heart beats faster,
// before the tests that share one.
func TestALostPushWithNothingAfterItIsFoundByTheNextHeartbeat(t *testing.T) { //nolint:paralleltest // two systems are too much
	o := options(t.TempDir())
	o.MySQL, o.Redis, o.Kafka, o.Etcd = "", "", "", "" // real servers are the other system's
	o.ChatInstances, o.Gateways = 1, 1
	o.Overrides["WS_HEARTBEAT"] = "2s"
	starting, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	own, err := system.Start(starting, o)
	require.NoError(t, err)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		require.NoError(t, own.Stop(ctx))
	})
	sign := func(name string) *person {
		p := &person{Client: imclient.New(own.APIURL()), t: t, name: unique(name)}
		signedIn, err := p.Register(t.Context(), p.name, password, "", device("web"))
		require.NoError(t, err)
		p.user, p.id = signedIn.User, signedIn.User.UserID
		return p
	}
	a, b := sign("alice-"), sign("bob-")
	befriend(t, a, b)
	_, groupID := group(t, a, b)
	w := b.watchAt(own.WSURLs()[0], nil)
	for _, id := range []string{single(a, b), groupID} {
		before := a.say(id, "this one is pushed").Seq
		eventually(t, "the push", func(context.Context) bool { return len(w.seen(id)) == int(before) })
		text := unique("lost-")
		lost := losePushes(t, text)
		pulse := b.feelPulse(own.WSURLs()[0])
		pulse.beat() // most of a heartbeat is left now until the next
		last := a.say(id, text)
		pulse.tells(id, last.Seq)
		eventually(t, "the lost entry", func(context.Context) bool { return len(w.seen(id)) == int(last.Seq) })
		require.Positive(t, lost.Load(), "its push was lost")
		requireRun(t, w.seen(id), 1, int(last.Seq))
	}
}
