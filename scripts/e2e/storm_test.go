package e2e_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/imclient"
	"im-backend/common/utils/proxytest"
)

// storm is many people with several devices each behind a load balancer with two gateways.
type storm struct {
	people   []*person
	watchers [][]*watcher // by person
	rooms    []string     // the group and some pairs
	sent     sync.Map     // client message id → seq
	count    atomic.Int64
}

const (
	stormPeople  = 60
	stormDevices = 5
	stormPairs   = 6
	stormEach    = 25 // messages of one writer
)

func newStorm(t *testing.T, url string) *storm {
	t.Helper()
	s := &storm{people: people(t, stormPeople), watchers: make([][]*watcher, stormPeople)}
	_, id := group(t, s.people[0], s.people[1:]...)
	s.rooms = append(s.rooms, id)
	for i := range stormPairs {
		befriend(t, s.people[2*i], s.people[2*i+1])
		s.rooms = append(s.rooms, single(s.people[2*i], s.people[2*i+1]))
	}
	for i, one := range s.people {
		for range stormDevices {
			s.watchers[i] = append(s.watchers[i], one.watchAt(url, nil))
		}
	}
	return s
}

// of answers who takes part in a room.
func (s *storm) of(room int) []int {
	if room > 0 {
		return []int{2*room - 2, 2*room - 1}
	}
	all := make([]int, len(s.people))
	for i := range all {
		all[i] = i
	}
	return all
}

// write starts a writer for each room.
func (s *storm) write(t *testing.T, writing *sync.WaitGroup) {
	t.Helper()
	for n, room := range s.rooms {
		w := s.watchers[s.of(n)[0]][0]
		writing.Go(func() {
			for k := range stormEach {
				m := imclient.Text(fmt.Sprint(k))
				m.ConversationID, m.ClientMsgID = room, imclient.NewClientMsgID()
				got, err := w.Send(t.Context(), m)
				require.NoError(t, err)
				s.sent.Store(m.ClientMsgID, got.Seq)
				s.count.Add(1)
			}
		})
	}
}

func (s *storm) lost() (n int) {
	for _, all := range s.watchers {
		for _, w := range all {
			n += min(w.lost(), 1)
		}
	}
	return n
}

// check compares what every device holds with the log, and the log with what was answered.
func (s *storm) check(t *testing.T) {
	t.Helper()
	found := int64(0)
	for n, room := range s.rooms {
		history := s.people[s.of(n)[0]].history(room)
		requireRun(t, history, 1, len(history))
		for _, m := range history {
			if seq, ok := s.sent.Load(m.ClientMsgID); ok {
				require.Equal(t, seq, m.Seq)
				found++
			}
		}
		for _, i := range s.of(n) {
			requireSeen(t, room, history, s.watchers[i]...)
		}
	}
	require.Equal(t, s.count.Load(), found, "what was answered is in the log, once")
}

func TestAStormOfReconnectsAfterAGatewayDiedMissesNothing(t *testing.T) { //nolint:paralleltest // it would starve others
	g := startGateways(t, 2)
	balancer := proxytest.Start(t, g[0].ws, g[1].ws)
	s := newStorm(t, "ws://"+balancer.Addr()+"/ws")
	eventually(t, "all are connected", func(context.Context) bool {
		for _, all := range s.watchers {
			for _, w := range all {
				if w.Conn() == nil {
					return false
				}
			}
		}
		return true
	})
	var writing sync.WaitGroup
	s.write(t, &writing)
	total := int64(len(s.rooms) * stormEach)
	eventually(t, "messages flow", func(context.Context) bool { return s.count.Load() > total/3 })
	require.Less(t, s.count.Load(), total, "they still flow")
	g[0].kill()
	writing.Wait()
	s.check(t)
	require.Greater(t, s.lost(), stormPeople*stormDevices/4, "many had to connect again")
}
