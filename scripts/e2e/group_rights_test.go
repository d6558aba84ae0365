package e2e_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"
	"github.com/zeromicro/go-zero/core/discov"
	"github.com/zeromicro/go-zero/zrpc"

	"im-backend/common/imclient"
	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/proto/gen/logpb"
	"im-backend/common/utils/mtls"
	"im-backend/common/utils/rpcx"
	"im-backend/common/utils/wire"
)

// ruled is a group whose entries the test appends itself, as group-service does: its rights as the messages feel them.
type ruled struct {
	t    testing.TB
	id   string
	chat chatpb.ChatServiceClient
}

// newRuled makes a group of an owner and members.
func newRuled(t testing.TB, owner *person, members ...*person) *ruled {
	t.Helper()
	conn, err := rpcx.Dial(t.Context(), zrpc.RpcClientConf{
		Etcd:    discov.EtcdConf{Hosts: strings.Split(sys.Stores().Etcd, ","), Key: "chat.rpc"},
		Timeout: 10_000, NonBlock: true,
	}, mtls.Config{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, conn.Close()) })
	g := &ruled{t: t, id: fmt.Sprint("g:", time.Now().UnixNano()), chat: chatpb.NewChatServiceClient(conn)}
	changes := []*logpb.MemberChange{moving(owner, logpb.MemberChange_KIND_JOINED, "owner")}
	for _, m := range members {
		changes = append(changes, moving(m, logpb.MemberChange_KIND_JOINED, "member"))
	}
	g.append(&chatpb.AppendRequest{Creates: true, Changes: changes})
	return g
}

func moving(p *person, kind logpb.MemberChange_Kind, role string) *logpb.MemberChange {
	return &logpb.MemberChange{UserId: int64(p.userID()), Kind: kind, Role: role}
}

func (g *ruled) append(in *chatpb.AppendRequest) int64 {
	g.t.Helper()
	in.AppendId, in.ConversationId, in.Content = unique("append-"), g.id, []byte(`{"event":"group.updated"}`)
	out, err := g.chat.Append(g.t.Context(), in)
	require.NoError(g.t, err)
	return out.GetSeq()
}

func (g *ruled) move(change *logpb.MemberChange) int64 {
	g.t.Helper()
	return g.append(&chatpb.AppendRequest{Changes: []*logpb.MemberChange{change}})
}

func (g *ruled) set(s *chatpb.GroupSettings) {
	g.t.Helper()
	g.append(&chatpb.AppendRequest{Settings: s})
}

// mute silences a member until a time, zero: no more.
func (g *ruled) mute(p *person, until int64) {
	g.t.Helper()
	change := moving(p, logpb.MemberChange_KIND_UPDATED, "member")
	change.MutedUntil = until
	g.move(change)
}

// tells sends over HTTP.
func (g *ruled) tells(p *person, mentions ...string) error {
	m := imclient.Text("hello")
	m.ConversationID, m.Mentions = g.id, mentions
	_, err := p.SendMessage(g.t.Context(), m)
	return err
}

// tellsOn sends over a WebSocket.
func (g *ruled) tellsOn(conn *imclient.Conn) *imclient.APIError {
	m := imclient.Text("hello")
	m.ConversationID, m.ClientMsgID = g.id, imclient.NewClientMsgID()
	var refused *imclient.APIError
	if err := conn.Request(g.t.Context(), "message.send", m, nil); err != nil {
		require.ErrorAs(g.t, err, &refused)
	}
	return refused
}

func TestAMutedMemberIsToldWhenItMaySpeakAndSpeaksThen(t *testing.T) {
	t.Parallel()
	p := people(t, 2)
	g := newRuled(t, p[0], p[1])
	socket := p[1].connect(0)
	until := time.Now().Add(time.Hour).UnixMilli()
	for name, mute := range map[string]func(until int64){
		"the member": func(until int64) { g.mute(p[1], until) },
		"all":        func(until int64) { g.set(&chatpb.GroupSettings{MutedAllUntil: until}) },
	} {
		mute(until)
		refused := requireReason(t, g.tells(p[1]), http.StatusForbidden, "MUTED")
		require.Contains(t, refused.Detail, fmt.Sprint(until))
		require.InDelta(t, time.Hour, refused.RetryAfter, float64(5*time.Minute), name)
		refused = g.tellsOn(socket)
		require.Equal(t, "MUTED", refused.Reason)
		require.False(t, refused.Retryable, "trying again is no use before")
		require.InDelta(t, time.Hour, refused.RetryAfter, float64(5*time.Minute))
		require.NoError(t, g.tells(p[0]), "the owner is free")
		mute(0)
		require.NoError(t, g.tells(p[1]))
		require.Nil(t, g.tellsOn(socket))
	}
}

func TestSlowModeSaysWhenTheNextMessageMayFollow(t *testing.T) {
	t.Parallel()
	p := people(t, 2)
	g := newRuled(t, p[0], p[1])
	g.set(&chatpb.GroupSettings{SlowModeSeconds: 3600})
	require.NoError(t, g.tells(p[1]))
	refused := requireReason(t, g.tells(p[1]), http.StatusTooManyRequests, "RATE_LIMITED")
	require.InDelta(t, time.Hour, refused.RetryAfter, float64(5*time.Minute))
	refused = g.tellsOn(p[1].connect(1))
	require.Equal(t, "RATE_LIMITED", refused.Reason)
	require.InDelta(t, time.Hour, refused.RetryAfter, float64(5*time.Minute))
	for range 3 {
		require.NoError(t, g.tells(p[0]))
	}
	g.set(&chatpb.GroupSettings{})
	require.NoError(t, g.tells(p[1]))
}

func TestAnAdminMentionsAllUntilItIsNone(t *testing.T) {
	t.Parallel()
	p := people(t, 3)
	g := newRuled(t, p[0], p[1], p[2])
	requireReason(t, g.tells(p[1], "all"), http.StatusForbidden, "NOT_GROUP_ADMIN")
	g.move(moving(p[1], logpb.MemberChange_KIND_UPDATED, "admin"))
	require.NoError(t, g.tells(p[1], "all"))
	c, err := p[2].Conversation(t.Context(), g.id)
	require.NoError(t, err)
	require.True(t, c.Mentioned)
	g.move(moving(p[1], logpb.MemberChange_KIND_UPDATED, "member"))
	requireReason(t, g.tells(p[1], "all"), http.StatusForbidden, "NOT_GROUP_ADMIN")
	g.set(&chatpb.GroupSettings{MentionAllRole: "member"})
	require.NoError(t, g.tells(p[1], "all", p[0].id, "12345"))
}

func seqsOf(messages []wire.Message) []int64 {
	seqs := make([]int64, len(messages))
	for i, m := range messages {
		seqs[i] = m.Seq
	}
	return seqs
}

// synced answers what a first sync has of a conversation.
func (p *person) synced(id string) (seqs []int64) {
	p.t.Helper()
	page, err := p.Sync(p.t.Context(), "", 0)
	require.NoError(p.t, err)
	for _, c := range page.Conversations {
		if c.ConversationID == id {
			return seqsOf(c.Messages)
		}
	}
	return nil
}

func TestWindowsOpenCloseAndStayReadableByEveryWay(t *testing.T) {
	t.Parallel()
	p := people(t, 4)
	owner, back, plain, curious := p[0], p[1], p[2], p[3]
	g := newRuled(t, owner, back)                                       // 1
	require.NoError(t, g.tells(back))                                   // 2
	g.move(moving(back, logpb.MemberChange_KIND_LEFT, ""))              // 3
	require.NoError(t, g.tells(owner))                                  // 4
	g.move(moving(plain, logpb.MemberChange_KIND_JOINED, "member"))     // 5
	reader := moving(curious, logpb.MemberChange_KIND_JOINED, "member") //
	reader.HistoryVisible = true                                        //
	g.move(reader)                                                      // 6
	g.move(moving(back, logpb.MemberChange_KIND_JOINED, "member"))      // 7
	require.NoError(t, g.tells(owner))                                  // 8
	g.append(&chatpb.AppendRequest{Dismisses: true})                    // 9
	for _, member := range p {
		requireReason(t, g.tells(member), http.StatusNotFound, "GROUP_NOT_FOUND")
	}
	for _, tc := range []struct {
		member *person
		sees   []int64
	}{
		{owner, []int64{1, 2, 3, 4, 5, 6, 7, 8, 9}},
		{back, []int64{1, 2, 3, 7, 8, 9}},
		{plain, []int64{5, 6, 7, 8, 9}},
		{curious, []int64{1, 2, 3, 4, 5, 6, 7, 8, 9}},
	} {
		require.Equal(t, tc.sees, seqsOf(tc.member.history(g.id)))
		require.Equal(t, tc.sees, tc.member.synced(g.id))
		w := tc.member.watch(0, nil)
		eventually(t, "a device has them too", func(context.Context) bool { return len(w.seen(g.id)) >= len(tc.sees) })
		require.Equal(t, tc.sees, seqsOf(w.seen(g.id)))
	}
}

// sluggish is a connection of a person whose socket takes next to nothing until it is read.
func (p *person) sluggish(url string) *websocket.Conn {
	p.t.Helper()
	dialer := websocket.Dialer{NetDialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, addr)
		if tcp, ok := conn.(*net.TCPConn); ok {
			err = errors.Join(err, tcp.SetReadBuffer(4<<10))
		}
		return conn, err
	}}
	ws, resp, err := dialer.DialContext(p.t.Context(), url, http.Header{"Authorization": {"Bearer " + p.Tokens().AccessToken}})
	require.NoError(p.t, err)
	_ = resp.Body.Close()
	p.t.Cleanup(func() { _ = ws.Close() })
	_, _, err = ws.ReadMessage() // hello: it is in its rooms
	require.NoError(p.t, err)
	return ws
}

// rest reads what a connection still gets, up to an entry of another conversation, or to its end when it was too slow.
func rest(t testing.TB, ws *websocket.Conn, until string) (entries []wire.Message) {
	t.Helper()
	if tcp, ok := ws.NetConn().(*net.TCPConn); ok {
		require.NoError(t, tcp.SetReadBuffer(1<<20))
	}
	require.NoError(t, ws.SetReadDeadline(time.Now().Add(time.Minute)))
	for {
		_, text, err := ws.ReadMessage()
		if err != nil {
			require.NotErrorIs(t, err, os.ErrDeadlineExceeded)
			return entries
		}
		var frame struct {
			Type string
			Data wire.Message
		}
		require.NoError(t, json.Unmarshal(text, &frame))
		if frame.Type != "message" {
			continue
		}
		if frame.Data.ConversationID == until {
			return entries
		}
		entries = append(entries, frame.Data)
	}
}

func TestAKickedMembersSlowDeviceGetsNothingAfterTheKick(t *testing.T) {
	t.Parallel()
	for _, messages := range []int{20, 200} { // from what waits in the socket to more than may wait at all
		t.Run(fmt.Sprint(messages), func(t *testing.T) {
			t.Parallel()
			p := people(t, 2)
			owner, victim := p[0], p[1]
			g := newRuled(t, owner, victim)
			ws := victim.sluggish(sys.WSURLs()[messages%2])
			for range messages {
				owner.say(g.id, strings.Repeat("x", 15<<10))
			}
			kick := g.move(moving(victim, logpb.MemberChange_KIND_LEFT, ""))
			for range 20 {
				owner.say(g.id, "after the kick")
			}
			self := single(victim, victim)
			victim.say(self, "a note to self")
			entries := rest(t, ws, self)
			require.NotEmpty(t, entries)
			for _, e := range entries {
				require.LessOrEqual(t, e.Seq, kick)
			}
			w := victim.watch(0, nil) // it comes back
			eventually(t, "it syncs its window", func(context.Context) bool { return len(w.seen(g.id)) == int(kick) })
			require.NoError(t, g.tells(owner))
			victim.say(self, "another note")
			eventually(t, "the note is there", func(context.Context) bool { return len(w.seen(self)) == 2 })
			require.Len(t, w.seen(g.id), int(kick))
		})
	}
}

func TestALargeGroupsMembersGetEverythingLiveAndAfterwards(t *testing.T) {
	t.Parallel()
	p := people(t, 4)
	g := newRuled(t, p[0], p[1:]...)
	for first := int64(1); first < 1500; first += 500 { // of nobody whom the other services know
		var crowd []*logpb.MemberChange
		for user := range int64(500) {
			crowd = append(crowd, &logpb.MemberChange{UserId: first + user, Kind: logpb.MemberChange_KIND_JOINED, Role: "member"})
		}
		g.append(&chatpb.AppendRequest{Changes: crowd})
	}
	live := []*watcher{p[0].watch(0, nil), p[1].watch(1, nil)}
	for _, w := range live {
		eventually(t, "it is in the group", func(context.Context) bool { return len(w.seen(g.id)) == 4 })
	}
	since, err := p[2].Sync(t.Context(), "", 0)
	require.NoError(t, err)
	for range 10 {
		require.NoError(t, g.tells(p[1]))
	}
	require.NoError(t, g.tells(p[0], p[2].id))
	want := []int64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}
	for _, w := range append(live, p[3].watch(0, nil)) {
		eventually(t, "everything is there", func(context.Context) bool { return len(w.seen(g.id)) == len(want) })
		require.Equal(t, want, seqsOf(w.seen(g.id)))
	}
	page, err := p[2].Sync(t.Context(), since.NextSince, 0)
	require.NoError(t, err)
	require.Len(t, page.Conversations, 1)
	require.EqualValues(t, 11, page.Conversations[0].Unread)
	require.True(t, page.Conversations[0].Mentioned)
}
