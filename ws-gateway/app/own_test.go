package app

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/proto/gen/wsgatewaypb"
)

func TestTypingIsPassedOnNowAndThen(t *testing.T) {
	t.Parallel()
	for _, d := range dialects {
		t.Run(d.String(), func(t *testing.T) {
			t.Parallel()
			w := newWorldIn(t, d, nil)
			c, other := w.connect("1", "1"), w.connect("1", "2")
			say := func(c *client, id string) reply {
				c.send(`{"id":"t","type":"conversation.typing","data":{"conversationId":"` + id + `"}}`)
				return c.next()
			}
			began := time.Now()
			for range 20 {
				for _, one := range []*client{c, other} {
					r := say(one, "s:1:2")
					require.Equal(t, "ok", r.Type)
					require.JSONEq(t, `{}`, string(r.Data))
				}
			}
			pauses := int(time.Since(began) / (3 * time.Second))
			w.log.set(func(l *database) {
				require.GreaterOrEqual(t, len(l.typed), 2, "each connection")
				require.LessOrEqual(t, len(l.typed), 2*(1+pauses))
			})
			require.Equal(t, "CONVERSATION_NOT_FOUND", say(c, "s:1:9").Error.Reason)
		})
	}
}

func typing(room string, by int64, users ...int64) *wsgatewaypb.PushItem {
	return &wsgatewaypb.PushItem{Room: room, UserIds: users, Event: &wsgatewaypb.PushItem_Typing{
		Typing: &wsgatewaypb.TypingEvent{ConversationId: "g:5", UserId: by},
	}}
}

func TestTypingReachesThePresentMembersOfARoomAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, nil)
	for user := range int64(3) {
		w.member(user+1, "g:5", 1, 10)
	}
	one, two, three, four := w.connect("1", "1"), w.connect("2", "2"), w.connect("3", "3"), w.connect("4", "4")
	s := w.stream()
	s.push(roomEntry("g:5", 11, left(3)), typing("g:5", 1), typing("g:7", 1))
	got := two.fence()
	require.Len(t, got, 2)
	require.Equal(t, "typing", got[1].Type)
	require.JSONEq(t, `{"conversationId":"g:5","userId":"1"}`, string(got[1].Data))
	require.Len(t, one.fence(), 1, "who types is not told")
	require.Len(t, three.fence(), 1, "a former member sees its own end and nothing after it")
	require.Empty(t, four.fence())
	s.push(roomEntry("g:5", 12))
	require.Equal(t, []int64{12}, seqs(t, two.fence()), "what is no entry moves nothing")
	s.push(typing("", 1, 4))
	require.Equal(t, "typing", four.next().Type)
}

func TestOwnStateReachesTheOtherDevices(t *testing.T) {
	t.Parallel()
	for _, d := range dialects {
		t.Run(d.String(), func(t *testing.T) {
			t.Parallel()
			w := newWorldIn(t, d, nil)
			phone, web, peer := w.connect("1", "1"), w.connect("1", "2"), w.connect("2", "3")
			s := w.stream()
			s.push(&wsgatewaypb.PushItem{UserIds: []int64{1}, Event: &wsgatewaypb.PushItem_Conversation{
				Conversation: &wsgatewaypb.ConversationEvent{
					ConversationId: "s:1:2", ExceptSessionId: 2, Version: 9, Pinned: true, Draft: "d", MinSeq: 3, DeletedSeqs: []int64{4},
				},
			}})
			r := phone.next()
			require.Equal(t, "conversation", r.Type)
			require.JSONEq(t, `{"conversationId":"s:1:2","version":9,"pinned":true,"mutedUntil":0,"draft":"d","markedUnread":false,`+
				`"archived":false,"hidden":false,"minSeq":3,"readSeq":0,"unread":0,"deletedSeqs":[4]}`, string(r.Data))
			require.Empty(t, web.fence())
			require.Empty(t, peer.fence())
			s.push(&wsgatewaypb.PushItem{UserIds: []int64{2}, Event: &wsgatewaypb.PushItem_Delivered{
				Delivered: &wsgatewaypb.DeliveredEvent{ConversationId: "s:1:2", UserId: 1, Seq: 7},
			}})
			r = peer.next()
			require.Equal(t, "delivered", r.Type)
			require.JSONEq(t, `{"conversationId":"s:1:2","userId":"1","seq":7}`, string(r.Data))
			require.Empty(t, phone.fence())
		})
	}
}
