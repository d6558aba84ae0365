package app

import (
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// pipeline sends n messages of a connection without waiting and answers the seqs by their position, zero for a failure.
func (c *client) pipeline(name, target string, n int) []int64 {
	c.t.Helper()
	for i := range n {
		c.send(fmt.Sprintf(`{"id":"%d","type":"message.send","data":{"clientMsgId":"%s-%04d",%s,"type":"text","content":{}}}`,
			i, name, i, target))
	}
	out := make([]int64, n)
	for range n {
		r := c.next()
		i, err := strconv.Atoi(*r.ID)
		require.NoError(c.t, err)
		if r.Type != "ok" {
			require.True(c.t, r.Error.Retryable, r.Error.Reason)
			continue
		}
		out[i] = seqOf(c.t, r)
	}
	return out
}

func seqOf(t testing.TB, r reply) int64 {
	t.Helper()
	r.Type = "message"
	return seqs(t, []reply{r})[0]
}

func TestPipelinedSendsKeepTheirOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3, nil)
	var wg sync.WaitGroup
	for user := 1; user <= 6; user++ {
		c := w.connect(strconv.Itoa(user), "1")
		wg.Go(func() {
			name := "u" + strconv.Itoa(user)
			got := c.pipeline(name, `"toUserId":"99"`, 150)
			for i, seq := range got {
				require.Equal(t, int64(i+1), seq, "message %d", i)
			}
		})
	}
	wg.Wait()
}

func TestBrokenLinksKeepOrderAndLoseNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3, nil)
	for i, chat := range w.chats {
		chat.mu.Lock()
		chat.breaks = 310 + 70*i
		chat.mu.Unlock()
	}
	var answers [4][]int64
	var wg sync.WaitGroup
	for user := 1; user <= 4; user++ {
		c := w.connect(strconv.Itoa(user), "1")
		wg.Go(func() {
			answers[user-1] = c.pipeline("u"+strconv.Itoa(user), `"groupId":"77"`, 200)
		})
	}
	wg.Wait()
	stored := w.log.order("g:77")
	for user, seqs := range answers {
		for i, seq := range seqs { // a send that meets two broken streams in a row is refused, for its client to retry
			if seq > 0 {
				require.Equal(t, fmt.Sprintf("u%d-%04d", user+1, i), stored[seq-1], "answered and stored")
			}
		}
	}
	last := map[string]string{}
	for _, id := range stored {
		require.Greater(t, id, last[id[:2]], "stored out of order")
		last[id[:2]] = id
	}
	require.NotEmpty(t, stored)
}

func TestInstancesThatComeAndGoKeepOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3, nil)
	addrs := w.addrs
	c := w.connect("1", "1")
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
				w.svc.Links.SetInstances([]string{addrs[i%3], addrs[(i+1)%3]})
			}
		}
	})
	for round := range 3 {
		for i, seq := range c.pipeline("r"+strconv.Itoa(round), `"toUserId":"2"`, 100) {
			require.Equal(t, int64(100*round+i+1), seq)
		}
	}
	close(stop)
	wg.Wait()
}

func TestAStalledInstanceIsLeft(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2, func(c *Config) { c.Link.Stall = 300 * time.Millisecond })
	w.chats[0].mu.Lock()
	w.chats[0].mute = true
	w.chats[0].mu.Unlock()
	c := w.connect("1", "1")
	for to := 2; to < 12; to++ { // some of these conversations are the mute one's
		c.send(fmt.Sprintf(`{"id":"x","type":"message.send","data":{"clientMsgId":"m","toUserId":"%d","type":"text","content":{}}}`, to))
		require.Equal(t, "ok", c.next().Type)
	}
}

func TestDeadlinesOfSends(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, func(c *Config) { c.Link.Deadline, c.Requests.Sends = 300*time.Millisecond, 10 })
	w.chats[0].mu.Lock()
	w.chats[0].mute = true
	w.chats[0].mu.Unlock()
	c := w.connect("1", "1")
	for range 11 {
		c.send(`{"id":"x","type":"message.send","data":{"clientMsgId":"m","toUserId":"2","type":"text","content":{}}}`)
	}
	for range 11 { // the last one waits in the socket until there is room
		r := c.next()
		require.Equal(t, "TIMEOUT", r.Error.Reason)
		require.True(t, r.Error.Retryable)
	}
}
