package app

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/proto/gen/wsgatewaypb"
	"im-backend/common/utils/failpoint"
)

const beat = 320 * time.Millisecond // a part of it is 10 ms

// entry is one entry of a user's conversation and when it was stored.
type entry struct {
	user         int64
	conversation string
	seq          int64
	at           time.Time
}

// timeline answers ListHeads as chat-service does: what moved since a time, and somewhat before.
func (w *world) timeline(overlap time.Duration) (store func(user int64, conversation string, seq int64)) {
	var entries []entry
	w.log.set(func(l *database) {
		l.moved = func(user int64, since time.Time) []*chatpb.Head {
			heads := map[string]*chatpb.Head{}
			for _, e := range entries {
				if e.user == user && e.at.After(since.Add(-overlap)) {
					heads[e.conversation] = &chatpb.Head{UserId: user, ConversationId: e.conversation, MaxSeq: e.seq}
				}
			}
			var out []*chatpb.Head
			for _, h := range heads {
				out = append(out, h)
			}
			return out
		}
	})
	return func(user int64, conversation string, seq int64) {
		w.log.set(func(*database) { entries = append(entries, entry{user, conversation, seq, time.Now()}) })
	}
}

// heard is a frame, and how many pings came before it.
type heard struct {
	reply

	beats int
}

// listener is a client that reads all the time, so that it answers pings while the test waits for something else.
type listener struct {
	*client
	frames chan heard
	pings  chan struct{}
	beats  int // pings before the frame that next answered last
}

func (w *world) listen(user, session string) *listener {
	w.t.Helper()
	l := &listener{client: w.connect(user, session), frames: make(chan heard, 1000), pings: make(chan struct{}, 1000)}
	answer := l.ws.PingHandler()
	beats := 0
	l.ws.SetPingHandler(func(data string) error {
		beats++
		l.pings <- struct{}{}
		return answer(data)
	})
	_ = l.ws.SetReadDeadline(time.Time{})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer close(l.frames)
		for {
			var r reply
			if l.ws.ReadJSON(&r) != nil {
				return
			}
			l.frames <- heard{r, beats}
		}
	}()
	w.t.Cleanup(func() { _ = l.ws.Close(); <-ended })
	return l
}

// next waits for the next frame.
func (l *listener) next() reply {
	l.t.Helper()
	select {
	case r, ok := <-l.frames:
		require.True(l.t, ok, "the connection ended")
		l.beats = r.beats
		return r.reply
	case <-time.After(10 * time.Second):
		require.Fail(l.t, "nothing came")
		return reply{}
	}
}

// heads takes the next frame, which must be heads.
func (l *listener) heads() map[string]int64 {
	l.t.Helper()
	r := l.next()
	require.Equal(l.t, "heads", r.Type)
	require.Nil(l.t, r.ID)
	var data struct {
		Items []struct {
			ConversationID string `json:"conversationId"`
			MaxSeq         int64  `json:"maxSeq"`
		} `json:"items"`
	}
	require.NoError(l.t, json.Unmarshal(r.Data, &data))
	out := map[string]int64{}
	for _, h := range data.Items {
		out[h.ConversationID] = h.MaxSeq
	}
	require.Len(l.t, out, len(data.Items))
	return out
}

// nothing makes sure that nothing came.
func (l *listener) nothing() {
	l.t.Helper()
	l.send(`{"id":"fence","type":"ping"}`)
	require.NotNil(l.t, l.next().ID)
}

func TestEveryDeviceIsToldOnceOfAHeadThatMoved(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, func(c *Config) { c.Hub.Heartbeat = beat })
	store := w.timeline(10 * time.Second)
	phone, web, other := w.listen("1", "1"), w.listen("1", "2"), w.listen("2", "3")
	store(1, "s:1:2", 7)
	for _, c := range []*listener{phone, web} {
		require.Equal(t, map[string]int64{"s:1:2": 7}, c.heads())
	}
	store(1, "g:9", 3) // the answer about it has s:1:2 again, which was told
	for _, c := range []*listener{phone, web} {
		require.Equal(t, map[string]int64{"g:9": 3}, c.heads())
	}
	store(1, "s:1:2", 8)
	for _, c := range []*listener{phone, web} {
		require.Equal(t, map[string]int64{"s:1:2": 8}, c.heads())
		c.nothing()
	}
	other.nothing()
}

var errLost = errors.New("lost on purpose")

func TestALostPushIsFoundBeforeTheSecondHeartbeat(t *testing.T) { //nolint:paralleltest // a fail point is the whole process's
	w := newWorld(t, 1, func(c *Config) { c.Hub.Heartbeat = beat })
	store := w.timeline(0)
	c := w.listen("1", "1")
	failpoint.Set(t, "ws-gateway/push/lose", func(about any) error {
		if item, ok := about.(*wsgatewaypb.PushItem); ok && item.GetEntry().GetConversationId() == "s:1:77" {
			return errLost
		}
		return nil
	})
	s := w.stream()
	item := roomEntry("s:1:77", 4)
	item.Room, item.UserIds = "", []int64{1}
	c.nothing()
	for range c.beats + 1 { // up to one that comes now, so that most of a heartbeat is left until the next
		<-c.pings
	}
	before := c.beats + 1
	store(1, "s:1:77", 4)
	s.push(item)
	require.Equal(t, map[string]int64{"s:1:77": 4}, c.heads(), "the push itself would come first")
	require.Less(t, c.beats, before+2)
}

func TestHeadsThatMovedWhileChatWasAwayAreToldAfterwards(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, func(c *Config) { c.Hub.Heartbeat = beat })
	store := w.timeline(0)
	c := w.listen("1", "1")
	w.log.set(func(l *database) { l.away = true })
	store(1, "s:1:2", 5)
	store(1, "s:1:3", 6)
	before := w.chats[0].headsAsked.Load()
	eventually(t, "it was asked in vain", func() bool { return w.chats[0].headsAsked.Load() >= before+2 })
	c.nothing()
	w.log.set(func(l *database) { l.away = false })
	require.Equal(t, map[string]int64{"s:1:2": 5, "s:1:3": 6}, c.heads())
}

func TestASlowAnswerAboutHeadsDelaysNoPing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, func(c *Config) { c.Hub.Heartbeat = beat })
	wait := make(chan struct{})
	w.log.set(func(l *database) { l.heads = wait })
	c := w.listen("1", "1")
	eventually(t, "the question is under way", func() bool { return w.chats[0].headsAsked.Load() > 0 })
	under, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	for range 5 {
		select {
		case <-c.pings:
		case <-under.Done():
			require.Fail(t, "no ping")
		}
	}
	close(wait)
}
