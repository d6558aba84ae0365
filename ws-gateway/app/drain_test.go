package app

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"
	clientv3 "go.etcd.io/etcd/client/v3"
	"google.golang.org/grpc"

	"im-backend/common/proto/gen/authpb"
	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/utils/confx"
	"im-backend/ws-gateway/etc"
)

// chatter sends without end, a few messages unanswered, until its connection is closed.
type chatter struct {
	*client
	name string
	room string

	ok      []string // client message ids that were answered with success
	refused []string // and with UNAVAILABLE
	goaway  bool
	code    int
}

func (c *chatter) run() {
	const unanswered = 8
	places := make(chan struct{}, unanswered)
	closed := make(chan struct{})
	var writing sync.WaitGroup
	writing.Go(func() {
		for i := 0; ; i++ {
			select {
			case places <- struct{}{}:
			case <-closed:
				return
			}
			text := fmt.Sprintf(`{"id":"%s-%d","type":"message.send","data":{"clientMsgId":"%s-%d","groupId":"%s","type":"text","content":{}}}`,
				c.name, i, c.name, i, c.room)
			if c.ws.WriteMessage(websocket.TextMessage, []byte(text)) != nil {
				return
			}
		}
	})
	c.read(places)
	close(closed)
	writing.Wait()
}

func (c *chatter) read(places chan struct{}) {
	for {
		_ = c.ws.SetReadDeadline(time.Now().Add(20 * time.Second))
		_, body, err := c.ws.ReadMessage()
		if err != nil {
			var closed *websocket.CloseError
			require.ErrorAs(c.t, err, &closed)
			c.code = closed.Code
			return
		}
		var r reply
		require.NoError(c.t, json.Unmarshal(body, &r))
		switch r.Type {
		case "goaway":
			c.goaway = true
			continue
		case "ok":
			c.ok = append(c.ok, *r.ID)
		default:
			require.Equal(c.t, "UNAVAILABLE", r.Error.Reason)
			require.True(c.t, r.Error.Retryable)
			c.refused = append(c.refused, *r.ID)
		}
		<-places
	}
}

func TestADrainLeavesNothingUnansweredThatWasStored(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2, nil)
	stalled := w.connect("900", "1") // never reads again
	mute := w.connect("901", "1")
	mute.ws.SetCloseHandler(func(int, string) error { return nil }) // never answers the close
	flood := roomEntry("s:900:901", 1)
	flood.Room, flood.UserIds = "", []int64{900}
	flood.GetEntry().Content = []byte(`{"text":"` + strings.Repeat("z", 60_000) + `"}`)
	s := w.stream()
	for range 15 { // more than its socket takes, and less than its queue
		s.push(flood)
	}
	var chatters []*chatter
	var talking sync.WaitGroup
	for i := range 12 {
		c := &chatter{client: w.connect(strconv.Itoa(i+1), "1"), name: fmt.Sprint("c", i), room: strconv.Itoa(i + 100)}
		chatters = append(chatters, c)
		talking.Go(c.run)
	}
	for _, c := range chatters {
		eventually(t, "all talk", func() bool { return len(w.log.order("g:"+c.room)) > 20 })
	}
	ctx, cancel := context.WithTimeout(context.Background(), 25*time.Second)
	defer cancel()
	w.svc.Drain(ctx)
	require.NoError(t, ctx.Err(), "nobody had to be cut off")
	talking.Wait()
	for _, c := range chatters {
		require.Equal(t, 1001, c.code)
		require.True(t, c.goaway)
		stored := w.log.order("g:" + c.room)
		slices.Sort(stored)
		slices.Sort(c.ok)
		require.Equal(t, stored, c.ok, "what was stored was answered")
		for _, id := range c.refused {
			require.NotContains(t, stored, id)
		}
	}
	code, _ := mute.closeCode()
	require.Equal(t, 1001, code)
	require.NoError(t, stalled.ws.Close())
}

// stopping is a whole gateway, with a client that has a send under way which chat-service does not answer.
type stopping struct {
	app        *App
	etcd       *clientv3.Client
	ws, ops    string
	registered func() int
}

func startStopping(t *testing.T) *stopping {
	t.Helper()
	etcdAddr, etcd := startEtcd(t)
	s := &stopping{etcd: etcd, ws: freeAddr(t), ops: freeAddr(t)}
	var c Config
	require.NoError(t, confx.Load(etc.YAML, confx.Values(map[string]string{
		"ETCD_ADDR": etcdAddr, "REDIS_ADDR": miniredis.RunT(t).Addr(), "WS_LISTEN": s.ws, "WSPUSH_LISTEN": freeAddr(t), "WSPUSH_OPS": s.ops,
	}), &c))
	c.Link.Deadline, c.Link.Stall = 4*time.Second, time.Minute
	s.app = New(c)
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	require.NoError(t, s.app.Start(ctx))
	t.Cleanup(func() { require.NoError(t, s.app.Stop(context.Background())) })
	auth, chat := &fakeAuth{used: map[string]bool{}, dead: map[int64]bool{}}, newFakeChat(newDatabase())
	chat.mute = true
	for key, register := range map[string]func(*grpc.Server){
		"auth.rpc": func(g *grpc.Server) { authpb.RegisterAuthServiceServer(g, auth) },
		"chat.rpc": func(g *grpc.Server) { chatpb.RegisterChatServiceServer(g, chat) },
	} {
		_, err := etcd.Put(ctx, key+"/1", serve(t, register))
		require.NoError(t, err)
	}
	s.registered = func() int {
		got, err := etcd.Get(context.Background(), "wsgateway.rpc", clientv3.WithPrefix())
		require.NoError(t, err)
		return len(got.Kvs)
	}
	eventually(t, "ready", func() bool { return s.app.Ready(context.Background()) == nil })
	return s
}

func (s *stopping) status(t *testing.T) int {
	t.Helper()
	answer, err := http.Get("http://" + s.ops + "/readyz")
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	return answer.StatusCode
}

func TestAStoppingGatewayTurnsNewClientsAwayUntilTheLastAnswer(t *testing.T) {
	t.Parallel()
	s := startStopping(t)
	require.Equal(t, http.StatusOK, s.status(t))
	token := http.Header{"Authorization": {"Bearer token-1-1"}}
	socket, _, err := websocket.DefaultDialer.Dial("ws://"+s.ws+"/ws", token)
	require.NoError(t, err)
	defer func() { _ = socket.Close() }()
	c := &client{t: t, ws: socket}
	require.Equal(t, "hello", c.next().Type)
	eventually(t, "the send is taken", func() bool { // until chat-service's instances are known it is refused
		c.send(`{"id":"1","type":"message.send","data":{"clientMsgId":"m","toUserId":"2","type":"text","content":{}}}`)
		return len(c.fence()) == 0
	})

	ctx, cancel := context.WithTimeout(context.Background(), 25*time.Second)
	defer cancel()
	stopped := make(chan struct{})
	go func() { defer close(stopped); _ = s.app.Stop(ctx) }()
	require.Equal(t, "goaway", c.next().Type)
	require.Equal(t, http.StatusServiceUnavailable, s.status(t), "not ready before anybody is sent away")
	_, answer, err := websocket.DefaultDialer.Dial("ws://"+s.ws+"/ws", token)
	require.Error(t, err)
	require.NotNil(t, answer, "it still answers: %v", err)
	require.Equal(t, http.StatusServiceUnavailable, answer.StatusCode)
	require.NotEmpty(t, answer.Header.Get("Retry-After"))
	eventually(t, "it has left Etcd", func() bool { return s.registered() == 0 })

	last := c.next()
	require.Equal(t, "1", *last.ID, "its answer is waited for")
	require.Equal(t, "TIMEOUT", last.Error.Reason)
	code, before := c.closeCode()
	require.Equal(t, 1001, code)
	require.Empty(t, before)
	<-stopped
	require.NoError(t, ctx.Err())
	_, answer, err = websocket.DefaultDialer.Dial("ws://"+s.ws+"/ws", token)
	require.Error(t, err)
	require.Nil(t, answer)
}
