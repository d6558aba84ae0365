package e2e_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/imclient"
	"im-backend/common/utils/wire"
)

func ptr[T any](v T) *T { return &v }

// listed answers the ids of a person's list of single conversations and groups.
func (p *person) listed() []string {
	p.t.Helper()
	var ids []string
	for cursor := ""; ; {
		page, err := p.Conversations(p.t.Context(), 0, cursor)
		require.NoError(p.t, err)
		for _, c := range page.Items {
			if c.Type != "notification" {
				ids = append(ids, c.ConversationID)
			}
		}
		if cursor = page.NextCursor; cursor == "" {
			return ids
		}
	}
}

func (p *person) conversation(id string) wire.Conversation {
	p.t.Helper()
	c, err := p.Conversation(p.t.Context(), id)
	require.NoError(p.t, err)
	return c
}

// position is a read or delivered event.
type position struct {
	ConversationID string
	UserID         string
	Seq            int64
}

func TestSettingsReachTheOtherDevices(t *testing.T) {
	t.Parallel()
	for _, protocol := range []imclient.Protocol{imclient.JSON, imclient.Proto} {
		t.Run(string(protocol), func(t *testing.T) {
			t.Parallel()
			a, b := friends(t)
			id := single(a, b)
			other, peer := a.another("ios").connectIn(protocol, 1), b.connectIn(protocol, 0)
			first, err := a.Sync(t.Context(), "", 0)
			require.NoError(t, err)
			got, err := a.UpdateConversation(t.Context(), id, imclient.ConversationChange{
				Pinned: ptr(true), MutedUntil: ptr(int64(5)), Draft: ptr("<é>"), MarkedUnread: ptr(true), Archived: ptr(true),
			})
			require.NoError(t, err)
			require.Equal(t, got, a.conversation(id))
			require.True(t, got.Pinned && got.Archived && got.MarkedUnread)
			require.Equal(t, "<é>", got.Draft)
			require.EqualValues(t, 5, got.MutedUntil)
			var state wire.ConversationState
			next(t, other, "conversation", &state)
			require.Equal(t, wire.ConversationState{
				ConversationID: id, Version: got.Version, Pinned: true, MutedUntil: 5, Draft: "<é>", MarkedUnread: true, Archived: true,
				MinSeq: 1, ReadSeq: got.ReadSeq, Unread: got.Unread,
			}, state)
			page, err := a.Sync(t.Context(), first.NextSince, 0)
			require.NoError(t, err)
			require.Len(t, page.Conversations, 1, "a device that was away")
			require.Equal(t, got.Version, page.Conversations[0].Version)
			require.Equal(t, "<é>", page.Conversations[0].Draft)
			require.Empty(t, a.listed())
			archived, err := a.ArchivedConversations(t.Context(), 0, "")
			require.NoError(t, err)
			require.Len(t, archived.Items, 1)
			theirs := b.conversation(id)
			require.False(t, theirs.Pinned || theirs.Archived || theirs.MarkedUnread)

			require.NoError(t, a.MarkRead(t.Context(), id, got.MaxSeq))
			require.False(t, a.conversation(id).MarkedUnread)
			var read position
			next(t, other, "read", &read)
			require.Equal(t, position{id, a.id, got.MaxSeq}, read)
			a.say(id, "a fence")
			message(t, peer, id, got.MaxSeq+1)
		})
	}
}

func TestRefusedChangesOfOwnState(t *testing.T) {
	t.Parallel()
	a, b := friends(t)
	stranger := newPerson(t)
	id := single(a, b)
	long := strings.Repeat("é", 1001)
	_, err := a.UpdateConversation(t.Context(), id, imclient.ConversationChange{Draft: &long})
	requireReason(t, err, http.StatusBadRequest, "INVALID_ARGUMENT")
	_, err = a.UpdateConversation(t.Context(), id, imclient.ConversationChange{MutedUntil: ptr(int64(-1))})
	requireReason(t, err, http.StatusBadRequest, "INVALID_ARGUMENT")
	requireReason(t, a.DeleteMessages(t.Context(), id), http.StatusBadRequest, "INVALID_ARGUMENT")
	requireReason(t, a.DeleteMessages(t.Context(), id, make([]int64, 101)...), http.StatusBadRequest, "INVALID_ARGUMENT")
	require.NoError(t, a.DeleteMessages(t.Context(), id, 99, -1), "what one may not see is ignored")
	for _, gone := range []string{id, "s:1:2"} {
		for _, err := range []error{
			stranger.MarkRead(t.Context(), gone, 1), stranger.HideConversation(t.Context(), gone),
			stranger.ClearConversation(t.Context(), gone), stranger.DeleteMessages(t.Context(), gone, 1),
			func() error { _, err := stranger.Readers(t.Context(), gone, 1, 0, ""); return err }(),
			func() error {
				_, err := stranger.UpdateConversation(t.Context(), gone, imclient.ConversationChange{Pinned: ptr(true)})
				return err
			}(),
		} {
			requireReason(t, err, http.StatusNotFound, "CONVERSATION_NOT_FOUND")
		}
	}
	_, err = a.Readers(t.Context(), id, 99, 0, "")
	requireReason(t, err, http.StatusNotFound, "MESSAGE_NOT_FOUND")
	_, err = a.Readers(t.Context(), id, 1, 201, "")
	requireReason(t, err, http.StatusBadRequest, "INVALID_ARGUMENT")
	require.Equal(t, http.StatusNotFound, status(t, a, http.MethodGet, "/v1/conversations/"+id+"/messages/x/readers", nil))
	conn := stranger.connect(0)
	for kind, reason := range map[string]string{
		"conversation.read": "CONVERSATION_NOT_FOUND", "conversation.delivered": "CONVERSATION_NOT_FOUND", "conversation.typing": "CONVERSATION_NOT_FOUND",
	} {
		err := conn.Request(t.Context(), kind, map[string]any{"conversationId": id, "seq": 1}, nil)
		require.Equal(t, reason, imclient.Reason(err), kind)
		err = conn.Request(t.Context(), kind, map[string]any{}, nil)
		require.Equal(t, "INVALID_ARGUMENT", imclient.Reason(err), kind)
	}
	_, team := group(t, a, b)
	err = b.connect(0).Request(t.Context(), "conversation.delivered", map[string]any{"conversationId": team, "seq": 1}, nil)
	require.Equal(t, "INVALID_ARGUMENT", imclient.Reason(err))
}

func TestClearingAndHidingAreForOneAloneAndEndWithTheNextMessage(t *testing.T) {
	t.Parallel()
	a, b := friends(t)
	id := single(a, b)
	for range 3 {
		b.say(id, "hello")
	}
	other := a.another("ios")
	live := other.connect(1)
	held, err := other.Sync(t.Context(), "", 0)
	require.NoError(t, err)
	require.NoError(t, a.HideConversation(t.Context(), id))
	var state wire.ConversationState
	next(t, live, "conversation", &state)
	require.True(t, state.Hidden)
	require.Empty(t, a.listed())
	require.Len(t, a.history(id), 4)
	b.say(id, "again")
	require.Equal(t, []string{id}, a.listed())

	require.NoError(t, a.ClearConversation(t.Context(), id))
	next(t, live, "conversation", &state)
	require.EqualValues(t, 6, state.MinSeq)
	for _, one := range []*person{a, other} {
		require.Empty(t, one.listed())
		require.Empty(t, one.history(id))
		c := one.conversation(id)
		require.Equal(t, "null", string(c.LastMessage))
		require.Zero(t, c.Unread)
	}
	page, err := other.Sync(t.Context(), held.NextSince, 0)
	require.NoError(t, err)
	require.Len(t, page.Conversations, 1)
	require.Empty(t, page.Conversations[0].Messages)
	require.EqualValues(t, 6, page.Conversations[0].MinSeq)
	require.Len(t, b.history(id), 5)
	b.say(id, "and again")
	require.Equal(t, []string{id}, a.listed())
	require.Len(t, a.history(id), 1)
	require.EqualValues(t, 1, a.conversation(id).Unread)
}

func TestDeletedMessagesAreGoneOnAllOfOnesDevicesAlone(t *testing.T) {
	t.Parallel()
	a, b := friends(t)
	id := single(a, b)
	for range 5 {
		b.say(id, "hello")
	}
	other := a.another("ios")
	live := other.connect(1)
	held, err := other.Sync(t.Context(), "", 0)
	require.NoError(t, err)
	require.NoError(t, a.DeleteMessages(t.Context(), id, 2, 4, 6))
	var state wire.ConversationState
	next(t, live, "conversation", &state)
	require.Equal(t, []int64{2, 4, 6}, state.DeletedSeqs)
	require.EqualValues(t, 2, state.Unread)
	page, err := other.Sync(t.Context(), held.NextSince, 0)
	require.NoError(t, err)
	require.Equal(t, []int64{2, 4, 6}, page.Conversations[0].DeletedSeqs)
	for _, one := range []*person{a, other} {
		require.Equal(t, []int64{1, 3, 5}, seqsOf(one.history(id)))
		c := one.conversation(id)
		require.EqualValues(t, 2, c.Unread)
		require.Contains(t, string(c.LastMessage), `"seq":5`)
	}
	require.Len(t, b.history(id), 6)
	w := other.watch(0, nil) // a new device holds what is left
	b.say(id, "more")
	eventually(t, "what is left", func(context.Context) bool { return len(w.seen(id)) >= 4 })
	require.Equal(t, []int64{1, 3, 5, 7}, seqsOf(w.seen(id)))
}

func TestReadersOfAGroupMessage(t *testing.T) {
	t.Parallel()
	p := people(t, 4)
	_, id := group(t, p[0], p[1], p[2])
	at := p[0].say(id, "who reads this?").Seq
	require.NoError(t, p[1].MarkRead(t.Context(), id, at))
	_, err := p[0].AddMembers(t.Context(), strings.TrimPrefix(id, "g:"), p[3].id)
	require.NoError(t, err)
	for _, asker := range []*person{p[0], p[2]} {
		got, err := asker.Readers(t.Context(), id, at, 0, "")
		require.NoError(t, err)
		require.Equal(t, imclient.Readers{Read: []string{p[1].id}, ReadCount: 1, UnreadCount: 1}, got)
	}
	_, err = p[3].Readers(t.Context(), id, at, 0, "")
	requireReason(t, err, http.StatusNotFound, "MESSAGE_NOT_FOUND")
}

func TestReceiptsReachThePeer(t *testing.T) {
	t.Parallel()
	for _, protocol := range []imclient.Protocol{imclient.JSON, imclient.Proto} {
		t.Run(string(protocol), func(t *testing.T) {
			t.Parallel()
			a, b := friends(t)
			id := single(a, b)
			at := a.say(id, "hello").Seq
			mine, theirs := a.connectIn(protocol, 0), b.connectIn(protocol, 1)
			since, err := a.Sync(t.Context(), "", 0)
			require.NoError(t, err)
			var delivered struct{ DeliveredSeq int64 }
			ask := map[string]any{"conversationId": id, "seq": at}
			require.NoError(t, theirs.Request(t.Context(), "conversation.delivered", ask, &delivered))
			require.Equal(t, at, delivered.DeliveredSeq)
			var event position
			next(t, mine, "delivered", &event)
			require.Equal(t, position{id, b.id, at}, event)
			c := a.conversation(id)
			require.Equal(t, at, c.PeerDelivered)
			require.Less(t, c.PeerReadSeq, at)
			page, err := a.Sync(t.Context(), since.NextSince, 0)
			require.NoError(t, err)
			require.Equal(t, at, page.Conversations[0].PeerDelivered, "who was away")
			require.NoError(t, theirs.Request(t.Context(), "conversation.read", ask, nil))
			next(t, mine, "read", &event)
			require.Equal(t, position{id, b.id, at}, event)
			page, err = a.Sync(t.Context(), page.NextSince, 0)
			require.NoError(t, err)
			require.Equal(t, at, page.Conversations[0].PeerReadSeq)
		})
	}
}

func TestTypingReachesWhoIsOnlineAndNoBlockedPair(t *testing.T) {
	t.Parallel()
	for _, protocol := range []imclient.Protocol{imclient.JSON, imclient.Proto} {
		t.Run(string(protocol), func(t *testing.T) {
			t.Parallel()
			a, b := friends(t)
			id := single(a, b)
			_, team := group(t, a, b)
			mine, theirs := a.connectIn(protocol, 0), b.connectIn(protocol, 1)
			type typing struct{ ConversationID, UserID string }
			for _, one := range []string{id, team} {
				require.NoError(t, mine.Request(t.Context(), "conversation.typing", map[string]any{"conversationId": one}, nil))
				var got typing
				next(t, theirs, "typing", &got)
				require.Equal(t, typing{one, a.id}, got)
			}
			require.NoError(t, b.Block(t.Context(), a.id))
			fresh := a.connectIn(protocol, 0) // which is not throttled
			require.NoError(t, fresh.Request(t.Context(), "conversation.typing", map[string]any{"conversationId": id}, nil))
			at := b.say(team, "a fence").Seq
			for {
				e := <-theirs.Events()
				require.NotEqual(t, "typing", e.Type)
				if e.Type == "message" && strings.Contains(string(e.Data), "a fence") {
					break
				}
			}
			require.Positive(t, at)
		})
	}
}
