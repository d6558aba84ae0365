package app

import (
	"context"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/status"

	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/proto/gen/wsgatewaypb"
)

func TestAnEntryReachesEveryDeviceOfItsUsers(t *testing.T) {
	t.Parallel()
	for _, d := range dialects {
		t.Run(d.String(), func(t *testing.T) {
			t.Parallel()
			w := newWorldIn(t, d, nil)
			phone, web, peer, other := w.connect("1", "1"), w.connect("1", "2"), w.connect("2", "3"), w.connect("3", "4")
			s := w.stream()
			item := &wsgatewaypb.PushItem{UserIds: []int64{1, 2, 999}, Event: roomEntry("s:1:2", 1).GetEvent()}
			s.push(item)
			for _, c := range []*client{phone, web, peer} {
				r := c.next()
				require.Equal(t, "message", r.Type)
				require.Nil(t, r.ID)
				require.JSONEq(t, `{"conversationId":"s:1:2","seq":1,"messageId":"1","clientMsgId":"","senderId":"0","type":"text",`+
					`"content":{"text":"x"},"createdAt":0}`, string(r.Data))
			}
			require.Empty(t, other.fence())

			s.push(&wsgatewaypb.PushItem{UserIds: []int64{1, 2}, Event: &wsgatewaypb.PushItem_Read{
				Read: &wsgatewaypb.ReadEvent{ConversationId: "s:1:2", UserId: 1, Seq: 1, ExceptSessionId: 2},
			}})
			for _, c := range []*client{phone, peer} {
				r := c.next()
				require.Equal(t, "read", r.Type)
				require.JSONEq(t, `{"conversationId":"s:1:2","userId":"1","seq":1}`, string(r.Data))
			}
			require.Empty(t, web.fence())
		})
	}
}

func TestRoomWindows(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, nil)
	w.member(1, "g:5", 1, 10)
	w.member(2, "g:5", 4, 10)
	one, two, three := w.connect("1", "1"), w.connect("2", "2"), w.connect("3", "3")
	fast, slow := w.stream(), w.stream()

	fast.push(roomEntry("g:5", 11), roomEntry("g:5", 12, joined(3)), roomEntry("g:5", 13))
	fast.push(roomEntry("g:5", 14, left(2)), roomEntry("g:5", 15))
	slow.push(roomEntry("g:5", 11), roomEntry("g:5", 12, joined(3))) // lags and repeats: it opens nothing again
	slow.push(roomEntry("g:5", 13), roomEntry("g:5", 3, joined(2)))
	fast.push(roomEntry("g:5", 16))

	require.Subset(t, seqs(t, one.fence()), []int64{11, 12, 13, 14, 15, 16})
	forTwo := seqs(t, two.fence())
	require.Subset(t, forTwo, []int64{11, 12, 13, 14})
	require.NotContains(t, forTwo, int64(15))
	require.NotContains(t, forTwo, int64(16))
	require.NotContains(t, forTwo, int64(3))
	forThree := seqs(t, three.fence())
	require.Subset(t, forThree, []int64{12, 13, 14, 15, 16})
	require.NotContains(t, forThree, int64(11))
	require.Contains(t, w.redisMembers("room:{g:5}"), gatewayID)
}

func TestARoomIsTakenBackWithItsLastMember(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, nil)
	w.member(1, "g:5", 1, 10)
	w.member(2, "g:5", 1, 10)
	one, two := w.connect("1", "1"), w.connect("2", "2")
	interested := func() bool { return slices.Contains(w.redisMembers("room:{g:5}"), gatewayID) }
	w.log.set(func(l *database) { clear(l.rooms) }) // the log is ahead of the pushes
	s := w.stream()
	s.push(roomEntry("g:5", 11, left(1)), roomEntry("g:5", 12))
	require.True(t, interested(), "one is still there")
	s.push(roomEntry("g:5", 13, left(2)))
	eventually(t, "the group is not sent here any more", func() bool { return !interested() })
	s.push(roomEntry("g:5", 14))
	require.Equal(t, []int64{11}, seqs(t, one.fence()))
	require.Equal(t, []int64{11, 12, 13}, seqs(t, two.fence()), "each saw its own end")

	s.push(roomEntry("g:5", 20, joined(1)), roomEntry("g:5", 21))
	require.True(t, interested(), "before the acknowledgement")
	require.Equal(t, []int64{20, 21}, seqs(t, one.fence()))
	require.Empty(t, two.fence())
	for _, c := range []*client{one, two} {
		require.NoError(t, c.ws.Close())
	}
	eventually(t, "nothing is left", func() bool { return !interested() })
}

func TestARoomIsTakenBackWhenOnlyAFormerMemberStays(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, nil)
	w.member(1, "g:5", 1, 10)
	w.member(2, "g:5", 1, 10)
	one, two := w.connect("1", "1"), w.connect("2", "2")
	w.log.set(func(l *database) { clear(l.rooms) })
	w.stream().push(roomEntry("g:5", 11, left(1)))
	require.Equal(t, []int64{11}, seqs(t, one.fence()))
	require.NoError(t, two.ws.Close())
	eventually(t, "the group is not sent here any more", func() bool {
		return !slices.Contains(w.redisMembers("room:{g:5}"), gatewayID)
	})
}

func TestALostKickDoesNotLeak(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, nil)
	w.member(1, "g:5", 1, 10)
	w.member(2, "g:5", 1, 10)
	one, two := w.connect("1", "1"), w.connect("2", "2")
	w.log.set(func(l *database) { // the kick is entry 11, and its push is lost
		l.rooms[2] = nil
		l.rooms[1] = []*chatpb.Room{{UserId: 1, ConversationId: "g:5", FromSeq: 1, AtSeq: 13}}
	})
	s := w.stream()
	s.push(roomEntry("g:5", 12), roomEntry("g:5", 13))
	require.Equal(t, int64(12), seqOf(t, one.next()))
	require.Equal(t, int64(13), seqOf(t, one.next()))
	require.Empty(t, two.fence())
}

func TestAJoinFarFromTheHeadOfAnUnknownRoom(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, nil)
	c := w.connect("1", "1")
	s := w.stream()
	s.push(roomEntry("g:9", 500)) // nobody of it is here
	s.push(roomEntry("g:9", 501, joined(1)), roomEntry("g:9", 502))
	require.Equal(t, []int64{501, 502}, seqs(t, c.fence()))
	require.Contains(t, w.redisMembers("room:{g:9}"), gatewayID) // before the acknowledgement
}

func TestPushStreamsEndWhenTheGatewayStops(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, nil)
	s := w.stream()
	s.push()
	w.svc.Push.Stop()
	_, err := s.s.Recv()
	require.Error(t, err)
	require.NotErrorIs(t, err, io.EOF)
	require.Equal(t, "the gateway is going away", status.Convert(err).Message())
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_, err = w.push.EndSessions(ctx, &wsgatewaypb.EndSessionsRequest{UserId: 1, SessionIds: []int64{1}})
	require.NoError(t, err)
}
