package app

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"
	"github.com/zeromicro/go-zero/core/logx"
	"google.golang.org/grpc"

	"im-backend/common/imclient/transcode"
	"im-backend/common/model"
	"im-backend/common/proto/gen/authpb"
	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/proto/gen/logpb"
	"im-backend/common/proto/gen/wsgatewaypb"
	"im-backend/common/utils/confx"
	"im-backend/common/utils/mtls"
	"im-backend/common/utils/redisx"
	"im-backend/common/utils/rpcx"
	"im-backend/ws-gateway/etc"
	"im-backend/ws-gateway/internal/server"
	"im-backend/ws-gateway/internal/svc"
)

func TestMain(m *testing.M) {
	logx.Disable()
	if spec := os.Getenv(clientsEnv); spec != "" {
		runClients(spec)
		return
	}
	os.Exit(m.Run())
}

const gatewayID = "gw-test"

// dialect is what a client speaks.
type dialect struct {
	protocol string // a subprotocol
	deflate  bool   // it offers permessage-deflate
}

func (d dialect) String() string {
	if d.deflate {
		return d.protocol + " deflated"
	}
	return d.protocol
}

// dialects are all of them.
var dialects = []dialect{{"im.v1.json", false}, {"im.v1.proto", false}, {"im.v1.json", true}, {"im.v1.proto", true}}

// world is one gateway on real sockets, with fakes behind it.
type world struct {
	t     testing.TB
	auth  *fakeAuth
	log   *database
	chats []*fakeChat
	addrs []string
	redis *miniredis.Miniredis
	svc   *svc.ServiceContext
	http  *httptest.Server
	push  wsgatewaypb.WsGatewayClient

	dialect dialect // of the clients that connect next; the zero value asks for no subprotocol
}

// newWorld starts a gateway; change may alter its configuration. chats is the number of chat-service instances.
func newWorld(t testing.TB, chats int, change func(*Config)) *world {
	t.Helper()
	return newWorldOn(t, chats, func(lis net.Listener) net.Listener { return lis }, change)
}

// newWorldOn is newWorld with a listener of the test's making.
func newWorldOn(t testing.TB, chats int, listen func(net.Listener) net.Listener, change func(*Config)) *world {
	t.Helper()
	w := &world{
		t: t, log: newDatabase(), redis: miniredis.RunT(t),
		auth: &fakeAuth{used: map[string]bool{}, dead: map[int64]bool{}},
	}
	var c Config
	require.NoError(t, confx.Load(etc.YAML, confx.Values(nil), &c))
	if change != nil {
		change(&c)
	}
	authConn := dial(t, serve(t, func(s *grpc.Server) { authpb.RegisterAuthServiceServer(s, w.auth) }))
	var addrs []string
	for range chats {
		chat := newFakeChat(w.log)
		w.chats = append(w.chats, chat)
		addrs = append(addrs, serve(t, func(s *grpc.Server) { chatpb.RegisterChatServiceServer(s, chat) }))
	}
	redisClient := redisx.Open(redisx.Config{Addr: w.redis.Addr(), PoolSize: 8})
	t.Cleanup(func() { _ = redisClient.Close() })
	w.svc = svc.NewServiceContext(c, gatewayID, svc.Peers{
		Redis: redisClient, Auth: authpb.NewAuthServiceClient(authConn),
		Chat: chatpb.NewChatServiceClient(dial(t, addrs[0])),
	})
	w.addrs = addrs
	w.svc.Links.SetInstances(addrs)
	w.svc.Start()
	public, err := publicHandler(c, w.svc)
	require.NoError(t, err)
	w.http = httptest.NewUnstartedServer(nil)
	w.http.Config, w.http.Listener = publicServer(c, public, listen(w.http.Listener))
	w.http.Start()
	t.Cleanup(w.stop)
	w.push = wsgatewaypb.NewWsGatewayClient(dial(t, serve(t, func(s *grpc.Server) {
		wsgatewaypb.RegisterWsGatewayServer(s, server.NewWsGatewayServer(w.svc))
	})))
	return w
}

// newWorldIn is newWorld with one chat-service, for clients of a dialect.
func newWorldIn(t testing.TB, d dialect, change func(*Config)) *world {
	t.Helper()
	w := newWorld(t, 1, func(c *Config) {
		c.Conn.Compression = d.deflate
		if change != nil {
			change(c)
		}
	})
	w.dialect = d
	return w
}

// serve runs a gRPC server on a loopback port until the test ends.
func serve(t testing.TB, register func(*grpc.Server)) string {
	t.Helper()
	lis, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := grpc.NewServer()
	register(s)
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Serve(lis) }()
	t.Cleanup(func() { s.Stop(); <-done })
	return lis.Addr().String()
}

func dial(t testing.TB, addr string) *grpc.ClientConn {
	t.Helper()
	conn, err := rpcx.DialAddr(addr, "", mtls.Config{})
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// stop is what app does at the end.
func (w *world) stop() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	w.http.Close()
	w.svc.Drain(ctx)
	w.svc.Stop()
}

func (w *world) url() string { return "ws" + strings.TrimPrefix(w.http.URL, "http") + "/ws" }

// member lets a user be a member of a group when it connects.
func (w *world) member(user int64, room string, from, at int64) {
	w.log.set(func(l *database) {
		id := model.UserID(user)
		l.rooms[id] = append(l.rooms[id], &chatpb.Room{UserId: user, ConversationId: room, FromSeq: from, AtSeq: at})
	})
}

func (w *world) redisMembers(key string) []string {
	members, _ := w.redis.Members(key) // none when there is no such key
	return members
}

// reply is any frame of the gateway.
type reply struct {
	ID    *string         `json:"id"`
	Type  string          `json:"type"`
	Data  json.RawMessage `json:"data"`
	Error *struct {
		Reason       string           `json:"reason"`
		Message      string           `json:"message"`
		Retryable    bool             `json:"retryable"`
		RetryAfterMs int64            `json:"retryAfterMs"`
		Fields       []map[string]any `json:"fields"`
	} `json:"error"`
}

// client is a plain WebSocket client. Whatever it speaks, tests write and read JSON.
type client struct {
	t  testing.TB
	ws *websocket.Conn
}

func (c *client) binary() bool { return c.ws.Subprotocol() == "im.v1.proto" }

func (w *world) dial(header http.Header, query string) (*websocket.Conn, *http.Response, error) {
	d := websocket.Dialer{HandshakeTimeout: 5 * time.Second, EnableCompression: w.dialect.deflate}
	if w.dialect.protocol != "" {
		d.Subprotocols = []string{w.dialect.protocol}
	}
	ws, resp, err := d.Dial(w.url()+query, header)
	if err == nil {
		w.t.Cleanup(func() { _ = ws.Close() })
	}
	return ws, resp, err
}

// connect opens a connection and reads its hello.
func (w *world) connect(user, session string) *client {
	w.t.Helper()
	c := w.open(user, session)
	require.Equal(w.t, "hello", c.next().Type)
	return c
}

func (w *world) open(user, session string) *client {
	w.t.Helper()
	ws, _, err := w.dial(http.Header{"Authorization": {"Bearer token-" + user + "-" + session}}, "")
	require.NoError(w.t, err)
	return &client{t: w.t, ws: ws}
}

func (c *client) send(text string) {
	c.t.Helper()
	if !c.binary() {
		require.NoError(c.t, c.ws.WriteMessage(websocket.TextMessage, []byte(text)))
		return
	}
	payload, err := transcode.Request([]byte(text))
	require.NoError(c.t, err)
	require.NoError(c.t, c.ws.WriteMessage(websocket.BinaryMessage, payload))
}

// read takes a frame apart.
func (c *client) read(kind int, payload []byte) (r reply) {
	c.t.Helper()
	if c.binary() {
		require.Equal(c.t, websocket.BinaryMessage, kind)
		var err error
		payload, err = transcode.Frame(payload)
		require.NoError(c.t, err)
	} else {
		require.Equal(c.t, websocket.TextMessage, kind)
	}
	require.NoError(c.t, json.Unmarshal(payload, &r), "%s", payload)
	return r
}

func (c *client) next() reply {
	c.t.Helper()
	require.NoError(c.t, c.ws.SetReadDeadline(time.Now().Add(10*time.Second)))
	kind, body, err := c.ws.ReadMessage()
	require.NoError(c.t, err)
	return c.read(kind, body)
}

// closeCode reads until the connection ends and answers the code and the frames before it.
func (c *client) closeCode() (int, []reply) {
	c.t.Helper()
	var before []reply
	for {
		require.NoError(c.t, c.ws.SetReadDeadline(time.Now().Add(15*time.Second)))
		kind, body, err := c.ws.ReadMessage()
		if err != nil {
			var closed *websocket.CloseError
			require.ErrorAs(c.t, err, &closed)
			return closed.Code, before
		}
		before = append(before, c.read(kind, body))
	}
}

// fence makes sure that everything pushed before has arrived: it answers the frames that came before the answer to a ping.
func (c *client) fence() []reply {
	c.t.Helper()
	c.send(`{"id":"fence","type":"ping"}`)
	var before []reply
	for {
		r := c.next()
		if r.ID != nil && *r.ID == "fence" {
			return before
		}
		before = append(before, r)
	}
}

// stream is a push stream.
type stream struct {
	t  testing.TB
	s  wsgatewaypb.WsGateway_PushClient
	id uint64
}

func (w *world) stream() *stream {
	w.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	w.t.Cleanup(cancel)
	s, err := w.push.Push(ctx)
	require.NoError(w.t, err)
	return &stream{t: w.t, s: s}
}

// push sends one batch and waits for its acknowledgement.
func (s *stream) push(items ...*wsgatewaypb.PushItem) {
	s.t.Helper()
	s.id++
	require.NoError(s.t, s.s.Send(&wsgatewaypb.PushRequest{BatchId: s.id, Items: items}))
	ack, err := s.s.Recv()
	require.NoError(s.t, err)
	require.Equal(s.t, s.id, ack.GetBatchId())
}

func roomEntry(room string, seq int64, changes ...*logpb.MemberChange) *wsgatewaypb.PushItem {
	return &wsgatewaypb.PushItem{Room: room, Event: &wsgatewaypb.PushItem_Entry{Entry: &logpb.Entry{
		ConversationId: room, Seq: seq, MessageId: seq, Type: "text", Content: []byte(`{"text":"x"}`), Changes: changes,
	}}}
}

func joined(user int64) *logpb.MemberChange {
	return &logpb.MemberChange{Kind: logpb.MemberChange_KIND_JOINED, UserId: user}
}

func left(user int64) *logpb.MemberChange {
	return &logpb.MemberChange{Kind: logpb.MemberChange_KIND_LEFT, UserId: user}
}

// seqs are the seqs of the message events among frames.
func seqs(t testing.TB, frames []reply) []int64 {
	t.Helper()
	var out []int64
	for _, f := range frames {
		if f.Type == "message" {
			var m struct{ Seq int64 }
			require.NoError(t, json.Unmarshal(f.Data, &m))
			out = append(out, m.Seq)
		}
	}
	return out
}
