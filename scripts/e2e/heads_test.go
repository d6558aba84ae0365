package e2e_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

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
		last := a.say(id, text)
		eventually(t, "the lost entry", func(context.Context) bool { return len(w.seen(id)) == int(last.Seq) })
		require.Positive(t, lost.Load(), "its push was lost")
		requireRun(t, w.seen(id), 1, int(last.Seq))
	}
}
