package app

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/proto/gen/wsgatewaypb"
)

// secretly is an entry of a room that says a secret.
func secretly(room string, seq int64, kind, content string) *wsgatewaypb.PushItem {
	item := roomEntry(room, seq)
	item.GetEntry().Type, item.GetEntry().Content = kind, []byte(content)
	item.GetEntry().Mentions = []string{"1"}
	return item
}

// filler is a large entry that no compression makes small.
func filler(user, seq int) *wsgatewaypb.PushItem {
	item := own(user, seq, 0)
	noise := make([]byte, slowEntry)
	_, _ = rand.Read(noise) // it never fails
	item.GetEntry().Content = []byte(`{"text":"` + base64.StdEncoding.EncodeToString(noise) + `"}`)
	return item
}

func (w *world) recall(conversation string, seq int64) {
	w.t.Helper()
	_, err := w.push.Recall(context.Background(), &wsgatewaypb.RecallRequest{ConversationId: conversation, Seq: seq, RecalledAt: 5000})
	require.NoError(w.t, err)
}

// TestNothingThatWaitsSaysWhatWasRecalled has clients that read nothing until the recall is answered.
func TestNothingThatWaitsSaysWhatWasRecalled(t *testing.T) {
	t.Parallel()
	for _, d := range dialects {
		t.Run(d.String(), func(t *testing.T) {
			t.Parallel()
			w := newWorldOn(t, 1, func(lis net.Listener) net.Listener { return narrow{lis} }, func(c *Config) {
				c.Conn.WriteTimeout, c.Conn.QueueBytes, c.Conn.Compression = time.Minute, 16<<20, d.deflate
			})
			w.dialect = d
			var stalled []*client
			for i := range 2 {
				w.member(int64(i+1), "g:1", 1, 1)
				stalled = append(stalled, w.dialNarrow(i+1))
			}
			s := w.stream()
			for i := range 20 { // more than a socket takes
				s.push(filler(1, i+1), filler(2, i+1))
			}
			s.push(
				secretly("g:1", 2, "text", `{"text":"SECRET"}`),
				secretly("g:1", 3, "edit", `{"content":{"text":"SECRET"},"targetSeq":2}`),
				secretly("g:1", 4, "text", `{"text":"open"}`),
				secretly("g:1", 5, "edit", `{"content":{"text":"open"},"targetSeq":4}`),
			)
			w.recall("g:1", 2)
			s.push(secretly("g:1", 2, "text", `{"text":"SECRET"}`), secretly("g:1", 6, "edit", `{"content":{"text":"SECRET"},"targetSeq":2}`))
			for _, c := range stalled {
				said := map[int64]string{}
				for _, r := range c.fence() {
					require.NotContains(t, string(r.Data), "SECRET")
					if strings.Contains(string(r.Data), "g:1") {
						said[seqOf(t, r)] = string(r.Data)
					}
				}
				require.Len(t, said, 5)
				require.Contains(t, said[2], `"recalledAt":5000`)
				require.Contains(t, said[2], `"content":{}`)
				require.NotContains(t, said[2], "mentions")
				require.Contains(t, said[3], `"targetSeq":2`)
				require.Contains(t, said[4], "open")
				require.Contains(t, said[5], "open")
				require.Contains(t, said[6], `"targetSeq":2`)
			}
		})
	}
}

// TestNothingThatIsHeldSaysWhatWasRecalled recalls an entry that waits for windows to be read again.
func TestNothingThatIsHeldSaysWhatWasRecalled(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, nil)
	w.member(1, "g:1", 1, 1)
	c := w.connect("1", "1")
	answer := make(chan struct{})
	w.log.set(func(l *database) { l.asked = answer })
	s := w.stream()
	s.push(secretly("g:1", 9, "text", `{"text":"SECRET"}`)) // a jump: is the user a member still?
	w.recall("g:1", 9)
	w.log.set(func(l *database) { l.rooms[1][0].AtSeq = 9 })
	close(answer)
	r := c.next()
	require.Equal(t, int64(9), seqOf(t, r))
	require.NotContains(t, string(r.Data), "SECRET")
}
