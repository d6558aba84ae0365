package app

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/proto/gen/logpb"
	"im-backend/common/proto/gen/wsgatewaypb"
)

// negotiated is the extension that a handshake with an offer ends with.
func (w *world) negotiated(offer string) string {
	w.t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, w.http.URL+"/ws", nil)
	require.NoError(w.t, err)
	req.Header = http.Header{
		"Authorization": {"Bearer token-1-1"}, "Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {"13"},
		"Sec-Websocket-Key": {"AAAAAAAAAAAAAAAAAAAAAA=="}, "Sec-Websocket-Extensions": {offer},
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	require.NoError(w.t, err)
	require.NoError(w.t, resp.Body.Close())
	require.Equal(w.t, http.StatusSwitchingProtocols, resp.StatusCode, offer)
	return resp.Header.Get("Sec-Websocket-Extensions")
}

func TestCompressionIsNegotiatedOnlyWhenItIsOnAndCanBeKept(t *testing.T) {
	t.Parallel()
	on := newWorld(t, 1, func(c *Config) { c.Conn.Compression = true })
	const taken = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
	for offer, want := range map[string]string{
		"permessage-deflate":                                                taken,
		"permessage-deflate; client_max_window_bits":                        taken,
		"permessage-deflate;client_max_window_bits=10":                      taken,
		"permessage-deflate; server_no_context_takeover":                    taken,
		"permessage-deflate; server_max_window_bits=10":                     "",
		"permessage-deflate; server_max_window_bits=10, permessage-deflate": taken,
		"permessage-deflate; unknown=1":                                     "",
		"x-webkit-deflate-frame":                                            "",
		"permessage-deflate; client_max_window_bits @":                      "",
	} {
		require.Equal(t, want, on.negotiated(offer), offer)
	}
	require.Empty(t, newWorld(t, 1, nil).negotiated("permessage-deflate"), "off unless asked for")
}

// head reads the first bytes of the next frame as it comes, after which the connection is of no more use.
func (c *client) head() (flags byte, size int) {
	c.t.Helper()
	head := make([]byte, 4)
	_, err := io.ReadFull(c.ws.NetConn(), head)
	require.NoError(c.t, err)
	if size = int(head[1]); size == 126 {
		size = int(head[2])<<8 | int(head[3])
	}
	return head[0] & 0xf0, size
}

func TestLargeFramesAreCompressedAndSmallOnesAreNot(t *testing.T) {
	t.Parallel()
	const final, compressed = 0x80, 0x40
	for _, protocol := range []string{"im.v1.json", "im.v1.proto"} {
		w := newWorldIn(t, dialect{protocol, true}, nil)
		s := w.stream()
		large := &wsgatewaypb.PushItem{UserIds: []int64{1}, Event: roomEntry("s:1:2", 1).GetEvent()}
		large.GetEntry().Content = []byte(`{"text":"` + strings.Repeat("long text ", 5000) + `"}`)
		w.log.set(func(l *database) {
			l.page = func() (*chatpb.SyncResponse, error) {
				return &chatpb.SyncResponse{NextSince: strings.Repeat("long text ", 5000)}, nil
			}
		})
		for name, provoke := range map[string]func(c *client){
			"event":  func(*client) { s.push(large) },
			"answer": func(c *client) { c.send(`{"id":"1","type":"sync"}`) },
		} {
			c := w.connect("1", "1")
			provoke(c)
			flags, size := c.head()
			require.EqualValues(t, final|compressed, flags, name)
			require.Less(t, size, 2000, name)
		}
		small := w.connect("2", "2")
		s.push(&wsgatewaypb.PushItem{UserIds: []int64{2}, Event: roomEntry("s:2:3", 1).GetEvent()})
		flags, _ := small.head()
		require.EqualValues(t, final, flags)
	}
}

func TestCompressedMessagesRoundTrip(t *testing.T) {
	t.Parallel()
	for _, protocol := range []string{"im.v1.json", "im.v1.proto"} {
		w := newWorldIn(t, dialect{protocol, true}, nil)
		text := strings.Repeat("long text ", 5000)
		entry := &logpb.Entry{ConversationId: "s:1:2", Seq: 1, Type: "text", Content: []byte(`{"text":"` + text + `"}`)}
		w.log.set(func(l *database) {
			l.page = func() (*chatpb.SyncResponse, error) {
				return &chatpb.SyncResponse{Conversations: []*chatpb.SyncConversation{
					{Conversation: &chatpb.Conversation{ConversationId: "s:1:2"}, Messages: []*logpb.Entry{entry, entry}},
				}}, nil
			}
		})
		c := w.connect("1", "1")
		c.send(`{"id":"1","type":"message.send","data":{"clientMsgId":"m","toUserId":"2","type":"text","content":{"text":"` + text + `"}}}`)
		require.Equal(t, "ok", c.next().Type)
		w.log.set(func(l *database) { require.JSONEq(t, `{"text":"`+text+`"}`, string(l.bodies["m"].GetContent())) })
		c.send(`{"id":"2","type":"sync"}`)
		var page struct {
			Conversations []struct {
				Messages []struct{ Content struct{ Text string } }
			}
		}
		require.NoError(t, json.Unmarshal(c.next().Data, &page))
		require.Equal(t, text, page.Conversations[0].Messages[1].Content.Text)
		w.stream().push(&wsgatewaypb.PushItem{UserIds: []int64{1}, Event: &wsgatewaypb.PushItem_Entry{Entry: entry}})
		require.Contains(t, string(c.next().Data), text)
		require.Empty(t, c.fence())
	}
}

func TestABombClosesWith1009(t *testing.T) { //nolint:paralleltest // it measures what the whole process allocates
	w := newWorldIn(t, dialect{"im.v1.json", true}, func(c *Config) { c.Conn.ReadLimit = 65536 })
	head := `{"id":"big","type":"ping","data":{"x":"`
	fits := w.connect("1", "1")
	fits.send(head + strings.Repeat("x", 65536-len(head)-3) + `"}}`)
	require.Equal(t, "ok", fits.next().Type)
	fits.send(head + strings.Repeat("x", 65536-len(head)-2) + `"}}`)
	code, _ := fits.closeCode()
	require.Equal(t, 1009, code)

	const inflated = 16 << 20
	bomb := deflated(t, inflated)
	require.Less(t, len(bomb), 65536, "it passes the limit of the bytes on the wire")
	c := w.connect("1", "2")
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	sendCompressed(t, c, bomb)
	code, _ = c.closeCode()
	require.Equal(t, 1009, code)
	runtime.ReadMemStats(&after)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(1<<20))
}

func TestWhatCannotBeInflatedClosesWith1007(t *testing.T) {
	t.Parallel()
	w := newWorldIn(t, dialect{"im.v1.json", true}, nil)
	for _, payload := range []string{"\xff\xff\xff\xff\xff\xff", "\x00\x64\x00\x9b\xffcut off"} {
		c := w.connect("1", "1")
		sendCompressed(t, c, []byte(payload))
		code, _ := c.closeCode()
		require.Equal(t, 1007, code, "%q", payload)
	}
}

// deflated is a message of n equal bytes as permessage-deflate sends it.
func deflated(t *testing.T, n int) []byte {
	t.Helper()
	var buf bytes.Buffer
	w, err := flate.NewWriter(&buf, flate.BestCompression)
	require.NoError(t, err)
	chunk := make([]byte, 1<<20)
	for range n / len(chunk) {
		_, err = w.Write(chunk)
		require.NoError(t, err)
	}
	require.NoError(t, w.Flush())
	return buf.Bytes()[:buf.Len()-4]
}

// sendCompressed writes a compressed text frame with a mask of zeros.
func sendCompressed(t *testing.T, c *client, payload []byte) {
	t.Helper()
	head := []byte{0xc1, 0x80 | 127, 0, 0, 0, 0, 0, byte(len(payload) >> 16), byte(len(payload) >> 8), byte(len(payload)), 0, 0, 0, 0}
	_, err := c.ws.NetConn().Write(append(head, payload...))
	require.NoError(t, err)
}
