package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/imclient"
	"im-backend/common/utils/wire"
)

// entry is one entry as a person reads it.
func (p *person) entry(id string, seq int64) wire.Message {
	p.t.Helper()
	page, err := p.HistoryAfter(p.t.Context(), id, seq-1, 1)
	require.NoError(p.t, err)
	require.Len(p.t, page.Items, 1)
	require.Equal(p.t, seq, page.Items[0].Seq)
	return page.Items[0]
}

// raw is everything that a person can read of a conversation, as it comes.
func (p *person) raw(id string) string {
	p.t.Helper()
	var all string
	for _, path := range []string{
		"/v1/conversations/" + id, "/v1/conversations/" + id + "/messages", "/v1/conversations/" + id + "/messages?afterSeq=0&limit=200",
		"/v1/conversations/" + id + "/messages?beforeSeq=1000&limit=20", "/v1/conversations", "/v1/sync", "/v1/conversations/" + id + "/pins",
	} {
		var got json.RawMessage
		require.NoError(p.t, p.Do(p.t.Context(), http.MethodGet, path, nil, &got))
		all += string(got)
	}
	return all
}

func TestARecalledMessageIsGoneForEverybody(t *testing.T) {
	t.Parallel()
	a, b := friends(t)
	id := single(a, b)
	watching := b.watch(1, nil)
	sent := a.say(id, "the secret")
	for _, body := range []string{"the secret, too", "the secret, still"} {
		_, err := a.Edit(t.Context(), id, sent.Seq, map[string]string{"text": body})
		require.NoError(t, err)
	}
	require.NoError(t, b.React(t.Context(), id, sent.Seq, "👍"))
	require.NoError(t, b.Pin(t.Context(), id, sent.Seq))
	require.Contains(t, b.raw(id), "the secret") // caches are warm

	var recalled imclient.Sent
	conn := a.connect(0)
	at := map[string]any{"conversationId": id, "seq": sent.Seq}
	require.NoError(t, conn.Request(t.Context(), "message.recall", at, &recalled))
	require.NotContains(t, b.raw(id), "the secret")
	require.NotContains(t, a.raw(id), "the secret")
	m := b.entry(id, sent.Seq)
	require.JSONEq(t, `{}`, string(m.Content))
	require.Equal(t, recalled.ServerTime, m.RecalledAt)
	require.Equal(t, sent.MessageID, m.MessageID, "it keeps its place")
	require.Empty(t, m.Reactions)
	e := b.entry(id, recalled.Seq)
	require.Equal(t, "recall", e.Type)
	require.JSONEq(t, fmt.Sprintf(`{"targetSeq":%d}`, sent.Seq), string(e.Content))
	require.Equal(t, a.id, e.SenderID)
	require.Empty(t, e.ClientMsgID)
	again, err := a.Recall(t.Context(), id, sent.Seq)
	require.NoError(t, err)
	require.Equal(t, recalled, again)
	require.Equal(t, recalled.Seq, b.history(id)[len(b.history(id))-1].Seq, "again makes no second entry")

	script := imclient.NewTranscript(b.id)
	eventually(t, "the recall is pushed", watched(watching, id, recalled.Seq))
	for _, m := range watching.seen(id) {
		script.Apply(m)
	}
	shown, _ := script.Message(sent.Seq)
	require.JSONEq(t, `{}`, string(shown.Content))
	repeated := imclient.Text("the secret")
	repeated.ConversationID, repeated.ClientMsgID = id, m.ClientMsgID
	answer, err := a.SendMessage(t.Context(), repeated)
	require.NoError(t, err, "a retry of the send is still one")
	require.Equal(t, sent.Seq, answer.Seq)
}

func TestWhatMayNotBeRecalledOrEdited(t *testing.T) {
	t.Parallel()
	a, b := friends(t)
	stranger := newPerson(t)
	id := single(a, b)
	sent := a.say(id, "mine")
	_, groupID := group(t, a, b)
	inGroup := a.say(groupID, "mine")
	conns := map[*person]*imclient.Conn{}
	for i, p := range []*person{a, b, stranger} {
		conns[p] = p.connectIn([]imclient.Protocol{imclient.JSON, imclient.Proto, imclient.JSON}[i], i)
	}
	text := map[string]string{"text": "other"}
	for _, tc := range []struct {
		who    *person
		id     string
		seq    int64
		status int
		recall string
		edit   string
	}{
		{b, id, sent.Seq, 403, "FORBIDDEN", "FORBIDDEN"},
		{b, groupID, inGroup.Seq, 403, "NOT_GROUP_ADMIN", "FORBIDDEN"},
		{a, id, 1, 404, "MESSAGE_NOT_FOUND", "MESSAGE_NOT_FOUND"},
		{a, id, 1 << 40, 404, "MESSAGE_NOT_FOUND", "MESSAGE_NOT_FOUND"},
		{stranger, id, sent.Seq, 404, "CONVERSATION_NOT_FOUND", "CONVERSATION_NOT_FOUND"},
		{stranger, groupID, inGroup.Seq, 404, "CONVERSATION_NOT_FOUND", "CONVERSATION_NOT_FOUND"},
		{a, "n:" + a.id, 1, 403, "FORBIDDEN", "FORBIDDEN"},
		{a, "n:" + b.id, 1, 404, "CONVERSATION_NOT_FOUND", "CONVERSATION_NOT_FOUND"},
		{a, "nonsense", 1, 404, "CONVERSATION_NOT_FOUND", "CONVERSATION_NOT_FOUND"},
	} {
		_, err := tc.who.Recall(t.Context(), tc.id, tc.seq)
		requireReason(t, err, tc.status, tc.recall)
		_, err = tc.who.Edit(t.Context(), tc.id, tc.seq, text)
		requireReason(t, err, tc.status, tc.edit)
		ask := map[string]any{"conversationId": tc.id, "seq": tc.seq, "content": text}
		requireSocketReason(t, conns[tc.who].Request(t.Context(), "message.recall", ask, nil), tc.recall)
		requireSocketReason(t, conns[tc.who].Request(t.Context(), "message.edit", ask, nil), tc.edit)
	}
	for _, ask := range []map[string]any{{}, {"conversationId": id}, {"seq": 1}, {"conversationId": id, "seq": 0}} {
		for _, kind := range []string{"message.recall", "message.edit", "message.react"} {
			requireSocketReason(t, conns[a].Request(t.Context(), kind, ask, nil), "INVALID_ARGUMENT")
		}
	}
	_, err := a.Edit(t.Context(), id, sent.Seq, map[string]string{"text": ""})
	requireReason(t, err, 400, "INVALID_ARGUMENT")
	card := imclient.Outgoing{ClientMsgID: "card", ConversationID: id, Type: "card", Content: map[string]string{"userId": a.id}}
	other, err := a.SendMessage(t.Context(), card)
	require.NoError(t, err)
	_, err = a.Edit(t.Context(), id, other.Seq, text)
	requireReason(t, err, 400, "INVALID_ARGUMENT")
	_, err = a.Recall(t.Context(), groupID, inGroup.Seq)
	require.NoError(t, err)
	_, err = a.Edit(t.Context(), groupID, inGroup.Seq, text)
	requireReason(t, err, 409, "MESSAGE_RECALLED")
	theirs := b.say(groupID, "the member's")
	_, err = a.Recall(t.Context(), groupID, theirs.Seq)
	require.NoError(t, err, "the owner recalls anyone's")
	require.NoError(t, a.Block(t.Context(), b.id))
	_, err = b.Recall(t.Context(), id, sent.Seq)
	requireReason(t, err, 403, "BLOCKED")
}

func TestAnEditIsSeenByAllAndItsHistoryByFew(t *testing.T) {
	t.Parallel()
	p := people(t, 3)
	_, id := group(t, p[0], p[1], p[2])
	sent := p[1].say(id, "frist")
	edited, err := p[1].Edit(t.Context(), id, sent.Seq, map[string]string{"text": "first"}, p[2].id)
	require.NoError(t, err)
	again, err := p[1].Edit(t.Context(), id, sent.Seq, map[string]string{"text": "first"}, p[2].id)
	require.NoError(t, err)
	require.Equal(t, edited, again, "the same edit again changes nothing")
	var second imclient.Sent
	require.NoError(t, p[1].connectIn(imclient.Proto, 0).Request(t.Context(), "message.edit", map[string]any{
		"conversationId": id, "seq": sent.Seq, "content": map[string]string{"text": "second"},
	}, &second))
	m := p[2].entry(id, sent.Seq)
	require.JSONEq(t, `{"text":"second"}`, string(m.Content))
	require.Equal(t, second.ServerTime, m.EditedAt)
	require.Empty(t, m.Mentions)
	e := p[2].entry(id, edited.Seq)
	require.Equal(t, "edit", e.Type)
	require.JSONEq(t, fmt.Sprintf(`{"targetSeq":%d,"content":{"text":"first"}}`, sent.Seq), string(e.Content))
	require.Equal(t, []string{p[2].id}, e.Mentions)
	for _, who := range p[:2] { // the owner and the author
		versions, err := who.Edits(t.Context(), id, sent.Seq)
		require.NoError(t, err)
		var texts []string
		for _, v := range versions {
			texts = append(texts, string(v.Content))
		}
		require.Equal(t, []string{`{"text":"frist"}`, `{"text":"first"}`, `{"text":"second"}`}, texts)
		require.Equal(t, []string{p[2].id}, versions[1].Mentions)
		require.Equal(t, edited.ServerTime, versions[1].WrittenAt)
	}
	_, err = p[2].Edits(t.Context(), id, sent.Seq)
	requireReason(t, err, 403, "FORBIDDEN")
	_, err = p[0].Edits(t.Context(), id, 1)
	requireReason(t, err, 404, "MESSAGE_NOT_FOUND")
	_, err = newPerson(t).Edits(t.Context(), id, sent.Seq)
	requireReason(t, err, 404, "CONVERSATION_NOT_FOUND")
	c, err := p[2].Conversation(t.Context(), id)
	require.NoError(t, err)
	require.EqualValues(t, 1, c.Unread, "edits are never unread")
	_, err = p[0].Recall(t.Context(), id, sent.Seq)
	require.NoError(t, err)
	_, err = p[1].Edits(t.Context(), id, sent.Seq)
	requireReason(t, err, 404, "MESSAGE_NOT_FOUND")
}

func TestReactionsAreCounted(t *testing.T) {
	t.Parallel()
	a, b := friends(t)
	id := single(a, b)
	sent := a.say(id, "react to me")
	conn := b.connectIn(imclient.Proto, 1)
	react := func(emoji string, removed bool) (got imclient.Sent) {
		t.Helper()
		require.NoError(t, conn.Request(t.Context(), "message.react",
			map[string]any{"conversationId": id, "seq": sent.Seq, "emoji": emoji, "removed": removed}, &got))
		return got
	}
	first := react("👍", false)
	require.Equal(t, first, react("👍", false), "again changes nothing")
	require.NoError(t, a.React(t.Context(), id, sent.Seq, "👍"))
	require.NoError(t, a.React(t.Context(), id, sent.Seq, "#️⃣"))
	require.NoError(t, a.React(t.Context(), id, sent.Seq, ":+1:"))
	require.NoError(t, a.Unreact(t.Context(), id, sent.Seq, ":+1:"))
	require.NoError(t, a.Unreact(t.Context(), id, sent.Seq, ":+1:"))
	last := a.history(id)[len(a.history(id))-1]
	require.Equal(t, "reaction", last.Type)
	require.JSONEq(t, fmt.Sprintf(`{"targetSeq":%d,"emoji":":+1:","removed":true}`, sent.Seq), string(last.Content))
	require.Equal(t, first.Seq+4, last.Seq)
	for who, mine := range map[*person][]bool{a: {true, true}, b: {true, false}} {
		want := []wire.Reaction{{Emoji: "👍", Count: 2, Mine: mine[0]}, {Emoji: "#️⃣", Count: 1, Mine: mine[1]}}
		m := who.entry(id, sent.Seq)
		require.Equal(t, want, m.Reactions)
		require.Equal(t, last.Seq, m.ReactionSeq)
		page, err := who.Sync(t.Context(), "", 0)
		require.NoError(t, err)
		i := slices.IndexFunc(page.Conversations, func(c imclient.SyncConversation) bool { return c.ConversationID == id })
		require.Equal(t, want, page.Conversations[i].Messages[sent.Seq-1].Reactions)
	}
	for i := range 18 {
		require.NoError(t, a.React(t.Context(), id, sent.Seq, fmt.Sprintf(":kind_%d:", i)))
	}
	requireReason(t, a.React(t.Context(), id, sent.Seq, "🎉"), 409, "REACTION_LIMIT_REACHED")
	require.NoError(t, b.React(t.Context(), id, sent.Seq, ":kind_0:"))
	requireReason(t, a.React(t.Context(), id, sent.Seq, "text"), 400, "INVALID_ARGUMENT")
	requireReason(t, a.React(t.Context(), id, 1, "👍"), 404, "MESSAGE_NOT_FOUND")
	requireReason(t, newPerson(t).React(t.Context(), id, sent.Seq, "👍"), 404, "CONVERSATION_NOT_FOUND")
	for who, unread := range map[*person]int64{a: 0, b: 1} {
		c, err := who.Conversation(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, unread, c.Unread, "reactions are never unread")
	}
	_, err := a.Recall(t.Context(), id, sent.Seq)
	require.NoError(t, err)
	requireReason(t, a.React(t.Context(), id, sent.Seq, "👍"), 409, "MESSAGE_RECALLED")
	requireReason(t, a.Unreact(t.Context(), id, sent.Seq, "👍"), 409, "MESSAGE_RECALLED")
}

func TestPins(t *testing.T) {
	t.Parallel()
	p := people(t, 3)
	g, id := group(t, p[0], p[1], p[2])
	one, other := p[1].say(id, "one"), p[1].say(id, "other")
	requireReason(t, p[1].Pin(t.Context(), id, one.Seq), 403, "NOT_GROUP_ADMIN")
	requireReason(t, p[1].Unpin(t.Context(), id, one.Seq), 403, "NOT_GROUP_ADMIN")
	for range 2 {
		require.NoError(t, p[0].Pin(t.Context(), id, one.Seq))
	}
	require.NoError(t, p[0].Pin(t.Context(), id, other.Seq))
	require.NoError(t, p[2].React(t.Context(), id, one.Seq, "📌"))
	pins, err := p[2].Pins(t.Context(), id)
	require.NoError(t, err)
	require.Len(t, pins, 2)
	require.Equal(t, other.Seq, pins[0].Message.Seq, "the latest pin first")
	require.Equal(t, p[0].id, pins[1].PinnedBy)
	require.Equal(t, []wire.Reaction{{Emoji: "📌", Count: 1, Mine: true}}, pins[1].Message.Reactions)
	e := p[2].entry(id, other.Seq+1)
	require.Equal(t, "pin", e.Type)
	require.JSONEq(t, fmt.Sprintf(`{"targetSeq":%d,"removed":false}`, one.Seq), string(e.Content))
	require.NoError(t, p[0].Unpin(t.Context(), id, other.Seq))
	_, err = p[0].Recall(t.Context(), id, one.Seq)
	require.NoError(t, err)
	pins, err = p[2].Pins(t.Context(), id)
	require.NoError(t, err)
	require.Empty(t, pins)
	requireReason(t, p[0].Pin(t.Context(), id, one.Seq), 409, "MESSAGE_RECALLED")
	requireReason(t, p[0].Pin(t.Context(), id, 1), 404, "MESSAGE_NOT_FOUND")
	_, err = newPerson(t).Pins(t.Context(), id)
	requireReason(t, err, 404, "CONVERSATION_NOT_FOUND")
	for i := range 50 {
		require.NoError(t, p[0].Pin(t.Context(), id, p[0].say(id, fmt.Sprint(i)).Seq))
	}
	requireReason(t, p[0].Pin(t.Context(), id, other.Seq), 409, "PIN_LIMIT_REACHED")
	require.NoError(t, p[0].RemoveMember(t.Context(), g.GroupID, p[2].id))
	eventually(t, "the kick is there", func(ctx context.Context) bool {
		_, err := p[2].Pins(ctx, id)
		return imclient.Reason(err) == "NOT_GROUP_MEMBER"
	})

	a, b := friends(t)
	sent := a.say(single(a, b), "both may")
	require.NoError(t, b.Pin(t.Context(), single(a, b), sent.Seq))
	require.NoError(t, a.Unpin(t.Context(), single(a, b), sent.Seq))
}

func TestAFormerMemberSeesNoLaterChange(t *testing.T) {
	t.Parallel()
	p := people(t, 2)
	g, id := group(t, p[0], p[1])
	edited, recalled := p[0].say(id, "before"), p[0].say(id, "secret")
	require.NoError(t, p[0].React(t.Context(), id, edited.Seq, "👍"))
	_, err := p[0].Edit(t.Context(), id, edited.Seq, map[string]string{"text": "while there"})
	require.NoError(t, err)
	require.NoError(t, p[0].RemoveMember(t.Context(), g.GroupID, p[1].id))
	eventually(t, "the kick is there", func(ctx context.Context) bool {
		_, err := p[1].Pins(ctx, id)
		return imclient.Reason(err) == "NOT_GROUP_MEMBER"
	})
	before := p[1].history(id)
	_, err = p[0].Edit(t.Context(), id, edited.Seq, map[string]string{"text": "after"})
	require.NoError(t, err)
	require.NoError(t, p[0].React(t.Context(), id, edited.Seq, "🎉"))
	_, err = p[0].Recall(t.Context(), id, recalled.Seq)
	require.NoError(t, err)
	after := p[1].history(id)
	require.Len(t, after, len(before))
	require.JSONEq(t, `{"text":"while there"}`, string(after[edited.Seq-1].Content))
	require.Empty(t, after[edited.Seq-1].Reactions, "the reactions that were there then are entries")
	require.JSONEq(t, `{}`, string(after[recalled.Seq-1].Content), "but what is recalled is gone for all")
	_, err = p[1].Recall(t.Context(), id, edited.Seq)
	requireReason(t, err, 403, "NOT_GROUP_MEMBER")
}

// watched reports whether a watcher has seen a conversation up to a seq.
func watched(w *watcher, id string, seq int64) func(context.Context) bool {
	return func(context.Context) bool {
		seen := w.seen(id)
		return len(seen) > 0 && seen[len(seen)-1].Seq >= seq
	}
}
