package e2e_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/imclient"
	"im-backend/common/utils/wire"
)

func TestUnreadMentionsAreCounted(t *testing.T) {
	t.Parallel()
	p := people(t, 3)
	_, id := group(t, p[0], p[1], p[2])
	say := func(mentions ...string) int64 {
		t.Helper()
		m := imclient.Text("hey")
		m.ConversationID, m.Mentions = id, mentions
		sent, err := p[0].SendMessage(t.Context(), m)
		require.NoError(t, err)
		return sent.Seq
	}
	mentioned := func(who *person, count, first int64) {
		t.Helper()
		c, err := who.Conversation(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, count, c.MentionCount)
		require.Equal(t, first, c.FirstMention)
		require.Equal(t, count > 0, c.Mentioned)
	}
	mentioned(p[1], 0, 0)
	say()
	mine := say(p[1].id, p[1].id)
	all := say("all")
	both := say(p[1].id, "all")
	mentioned(p[1], 3, mine)
	mentioned(p[2], 2, all)
	mentioned(p[0], 0, 0)
	require.NoError(t, p[1].MarkRead(t.Context(), id, mine))
	mentioned(p[1], 2, all)
	_, err := p[0].Recall(t.Context(), id, all)
	require.NoError(t, err)
	mentioned(p[1], 1, both)
	mentioned(p[2], 1, both)
	_, err = p[0].Edit(t.Context(), id, both, map[string]string{"text": "only you"}, p[2].id)
	require.NoError(t, err)
	mentioned(p[1], 0, 0)
	mentioned(p[2], 1, both)
	require.NoError(t, p[2].MarkRead(t.Context(), id, both))
	mentioned(p[2], 0, 0)
}

func TestForwarding(t *testing.T) {
	t.Parallel()
	p := people(t, 3)
	_, from := group(t, p[0], p[1])
	_, one := group(t, p[1], p[2])
	_, other := group(t, p[1], p[2])
	_, foreign := group(t, p[2], p[0])
	seqs := []int64{p[0].say(from, "a").Seq, p[0].say(from, "b").Seq, p[1].say(from, "c").Seq}
	f := imclient.Forwarding{To: []string{one, foreign, other}, ClientMsgID: "f"}
	f.From.ConversationID, f.From.Seqs = from, seqs
	copies, err := p[1].Forward(t.Context(), f)
	require.NoError(t, err)
	again, err := p[1].Forward(t.Context(), f)
	require.NoError(t, err)
	require.Equal(t, copies, again, "the same request makes no second copies")
	require.Len(t, copies, 9)
	for i, c := range copies {
		require.Equal(t, f.To[i/3], c.ConversationID)
		require.Equal(t, seqs[i%3], c.FromSeq)
		if c.ConversationID == foreign {
			require.Equal(t, "CONVERSATION_NOT_FOUND", c.Error.Reason)
			continue
		}
		require.Nil(t, c.Error)
		m := p[2].entry(c.ConversationID, c.Seq)
		require.Equal(t, p[1].id, m.SenderID)
		require.JSONEq(t, `{"text":"`+[]string{"a", "b", "c"}[i%3]+`"}`, string(m.Content))
	}
	require.Equal(t, []string{"group.created", "text", "text", "text"}, eventsOf(t, p[2].history(one)))

	f.Merge, f.Title, f.To, f.ClientMsgID = true, "the chat", []string{one}, ""
	copies, err = p[1].Forward(t.Context(), f)
	require.NoError(t, err)
	require.Len(t, copies, 1)
	m := p[2].entry(one, copies[0].Seq)
	require.Equal(t, "merged", m.Type)
	var merged struct {
		Title string
		Items []wire.Message
	}
	require.NoError(t, json.Unmarshal(m.Content, &merged))
	require.Equal(t, "the chat", merged.Title)
	require.Len(t, merged.Items, 3)
	require.Equal(t, p[0].id, merged.Items[1].SenderID)
	require.JSONEq(t, `{"text":"b"}`, string(merged.Items[1].Content))
	require.NotContains(t, string(m.Content), from, "where it is from stays unknown")

	_, err = p[0].Recall(t.Context(), from, seqs[1])
	require.NoError(t, err)
	_, err = p[1].Forward(t.Context(), f)
	requireReason(t, err, 404, "MESSAGE_NOT_FOUND")
	for _, seq := range []int64{1, 1000} {
		f.From.Seqs = []int64{seq}
		_, err = p[1].Forward(t.Context(), f)
		requireReason(t, err, 404, "MESSAGE_NOT_FOUND")
	}
	f.From.Seqs = seqs[:1]
	_, err = p[2].Forward(t.Context(), f)
	requireReason(t, err, 404, "CONVERSATION_NOT_FOUND")
	long := make([]int64, 101)
	for i := range long {
		long[i] = int64(i + 1)
	}
	for _, bad := range []func(f *imclient.Forwarding){
		func(f *imclient.Forwarding) { f.From.Seqs = nil },
		func(f *imclient.Forwarding) { f.From.Seqs = long },
		func(f *imclient.Forwarding) { f.From.Seqs = []int64{3, 2} },
		func(f *imclient.Forwarding) { f.From.Seqs = []int64{2, 2} },
		func(f *imclient.Forwarding) { f.To = nil },
		func(f *imclient.Forwarding) { f.To = []string{one, one} },
		func(f *imclient.Forwarding) { f.To = make([]string, 21) },
	} {
		broken := f
		bad(&broken)
		_, err = p[1].Forward(t.Context(), broken)
		requireReason(t, err, 400, "INVALID_ARGUMENT")
	}
	for range 4 {
		p[0].say(from, string(slices.Repeat([]byte("x"), 16<<10)))
	}
	f.From.Seqs = nil
	for _, m := range p[0].history(from) {
		if m.Type == "text" && m.RecalledAt == 0 {
			f.From.Seqs = append(f.From.Seqs, m.Seq)
		}
	}
	_, err = p[1].Forward(t.Context(), f)
	requireReason(t, err, 400, "INVALID_ARGUMENT")
}
