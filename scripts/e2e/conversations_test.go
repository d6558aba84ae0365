package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/imclient"
	"im-backend/common/utils/wire"
)

func TestAMessageIsStoredOnceHoweverOftenItIsSent(t *testing.T) {
	t.Parallel()
	a, b := friends(t)
	m := imclient.Text("once")
	m.ToUserID = b.id
	results := make([]imclient.Sent, 50)
	var wg sync.WaitGroup
	for i := range results {
		wg.Go(func() {
			sent, err := a.SendMessage(t.Context(), m)
			require.NoError(t, err)
			results[i] = sent
		})
	}
	wg.Wait()
	for _, r := range results {
		require.Equal(t, results[0].MessageID, r.MessageID)
		require.Equal(t, results[0].Seq, r.Seq)
	}
	require.Equal(t, []string{"system", "text"}, typesOf(b.history(single(a, b))))
	m.Content = map[string]string{"text": "another"}
	_, err := a.SendMessage(t.Context(), m)
	requireReason(t, err, http.StatusConflict, "CLIENT_MSG_ID_REUSED")
}

func typesOf(messages []wire.Message) []string {
	types := make([]string, len(messages))
	for i, m := range messages {
		types[i] = m.Type
	}
	return types
}

func TestStatusOfASend(t *testing.T) {
	t.Parallel()
	a, b := friends(t)
	body := map[string]any{"clientMsgId": "c1", "toUserId": b.id, "type": "text", "content": map[string]any{"text": "hi"}}
	require.Equal(t, http.StatusCreated, status(t, a, http.MethodPost, "/v1/messages", body))
	require.Equal(t, http.StatusOK, status(t, a, http.MethodPost, "/v1/messages", body), "it was already there")
	for name, change := range map[string]map[string]any{
		"no address":     {"toUserId": ""},
		"two addresses":  {"groupId": "1"},
		"no clientMsgId": {"clientMsgId": ""},
		"a bad type":     {"type": "smoke-signal"},
		"empty text":     {"content": map[string]any{"text": ""}},
		"long text":      {"content": map[string]any{"text": strings.Repeat("x", 16<<10+1)}},
		"no object":      {"content": "text"},
	} {
		bad := map[string]any{}
		for k, v := range body {
			bad[k] = v
		}
		for k, v := range change {
			bad[k] = v
		}
		err := a.Do(t.Context(), http.MethodPost, "/v1/messages", bad, nil)
		api := requireReason(t, err, http.StatusBadRequest, "INVALID_ARGUMENT")
		require.NotEmpty(t, api.Fields, name)
	}
	body["clientMsgId"], body["content"] = "c2", map[string]any{"text": strings.Repeat("x", 16<<10)}
	require.Equal(t, http.StatusCreated, status(t, a, http.MethodPost, "/v1/messages", body))
}

func TestHistoryPages(t *testing.T) {
	t.Parallel()
	a, b := friends(t)
	id := single(a, b)
	for i := range 25 {
		a.say(id, fmt.Sprint(i))
	}
	page, err := b.HistoryBefore(t.Context(), id, 0, 10)
	require.NoError(t, err)
	require.Len(t, page.Items, 10)
	require.EqualValues(t, 17, page.Items[0].Seq, "ascending, the newest page")
	page, err = b.HistoryBefore(t.Context(), id, 17, 10)
	require.NoError(t, err)
	require.EqualValues(t, 7, page.Items[0].Seq)
	require.EqualValues(t, 16, page.Items[9].Seq)
	page, err = b.HistoryAfter(t.Context(), id, 20, 10)
	require.NoError(t, err)
	require.Len(t, page.Items, 6)
	require.EqualValues(t, 21, page.Items[0].Seq)
	var seqs []int64
	for cursor := ""; ; { // as any other list
		var list struct {
			Items      []wire.Message `json:"items"`
			NextCursor string         `json:"nextCursor"`
		}
		require.NoError(t, b.Do(t.Context(), http.MethodGet, "/v1/conversations/"+id+"/messages?limit=10&cursor="+cursor, nil, &list))
		for _, m := range slices.Backward(list.Items) {
			seqs = append(seqs, m.Seq)
		}
		if cursor = list.NextCursor; cursor == "" {
			break
		}
	}
	require.Len(t, seqs, 26)
	require.EqualValues(t, 26, seqs[0])
	require.EqualValues(t, 1, seqs[25])
	_, err = b.HistoryAfter(t.Context(), id, 0, 201)
	requireReason(t, err, http.StatusBadRequest, "INVALID_ARGUMENT")
	_, err = newPerson(t).HistoryAfter(t.Context(), id, 0, 10)
	requireReason(t, err, http.StatusNotFound, "CONVERSATION_NOT_FOUND")
}

func TestUnreadIsExactAndReadPositionsNeverGoBack(t *testing.T) {
	t.Parallel()
	a, b := friends(t)
	id := single(a, b)
	for i := range 10 {
		a.say(id, fmt.Sprint(i))
	}
	unread := func(p *person) int64 {
		c, err := p.Conversation(t.Context(), id)
		require.NoError(t, err)
		return c.Unread
	}
	require.EqualValues(t, 10, unread(b))
	require.EqualValues(t, 0, unread(a), "one's own messages are not unread")
	require.NoError(t, b.MarkRead(t.Context(), id, 7))
	require.EqualValues(t, 4, unread(b))
	require.NoError(t, b.MarkRead(t.Context(), id, 3))
	require.EqualValues(t, 4, unread(b), "a lower seq changes nothing")
	require.NoError(t, b.MarkRead(t.Context(), id, 1<<40))
	require.EqualValues(t, 0, unread(b))
	a.say(id, "one more")
	require.EqualValues(t, 1, unread(b))
	b.say(id, "an answer")
	require.EqualValues(t, 0, unread(b), "writing reads")
	require.EqualValues(t, 1, unread(a))
}

func TestConversationsAreListedNewestFirst(t *testing.T) {
	t.Parallel()
	me := newPerson(t)
	others := people(t, 3)
	for _, o := range others {
		befriend(t, o, me)
	}
	for _, i := range []int{1, 0, 2} {
		others[i].say(single(me, others[i]), "hello from "+others[i].name)
	}
	var singles []string
	cursor := ""
	for {
		page, err := me.Conversations(t.Context(), 2, cursor)
		require.NoError(t, err)
		for _, c := range page.Items {
			if c.Type == "single" {
				singles = append(singles, c.Peer.UserID)
				require.NotEmpty(t, c.Peer.Username)
				require.EqualValues(t, 1, c.Unread)
				require.Contains(t, string(c.LastMessage), "hello from")
			}
		}
		if cursor = page.NextCursor; cursor == "" {
			break
		}
	}
	require.Equal(t, []string{others[2].id, others[0].id, others[1].id}, singles)
}

func TestSyncAnswersWhatChanged(t *testing.T) {
	t.Parallel()
	a, b := friends(t)
	id := single(a, b)
	first, err := b.Sync(t.Context(), "", 0)
	require.NoError(t, err)
	require.False(t, first.More)
	same, err := b.Sync(t.Context(), first.NextSince, 0)
	require.NoError(t, err)
	require.Empty(t, same.Conversations, "nothing changed")
	for i := range 30 {
		a.say(id, fmt.Sprint(i))
	}
	page, err := b.Sync(t.Context(), same.NextSince, 0)
	require.NoError(t, err)
	require.Len(t, page.Conversations, 1)
	c := page.Conversations[0]
	require.Equal(t, id, c.ConversationID)
	require.EqualValues(t, 31, c.MaxSeq)
	require.Len(t, c.Messages, 20)
	require.EqualValues(t, 31, c.Messages[19].Seq)
	require.True(t, c.HasMore)
	reset, err := b.Sync(t.Context(), "not a token", 0)
	require.NoError(t, err)
	require.True(t, reset.Reset)
	require.NotEmpty(t, reset.Conversations)
}

func TestNoticesSurviveBeingOffline(t *testing.T) {
	t.Parallel()
	a, b := newPerson(t), newPerson(t)
	request, err := a.AddFriend(t.Context(), b.id, "hello")
	require.NoError(t, err)
	eventually(t, "the notice of the request", noticed(b, "friend.request"))
	_, err = b.AcceptFriend(t.Context(), request.RequestID, "")
	require.NoError(t, err)
	eventually(t, "the notice of the answer", noticed(a, "friend.accepted"))
}

// noticed reports whether an event stands in a person's notification conversation.
func noticed(p *person, event string) func(context.Context) bool {
	return func(ctx context.Context) bool {
		page, err := p.HistoryAfter(ctx, "n:"+p.id, 0, 200)
		if err != nil {
			return false // the conversation begins with its first notice
		}
		return slices.Contains(eventsOf(p.t, page.Items), event)
	}
}

// status makes a call and answers the status, whatever it is.
func status(t testing.TB, p *person, method, path string, body any) int {
	t.Helper()
	text, err := json.Marshal(body)
	require.NoError(t, err)
	req, err := http.NewRequestWithContext(t.Context(), method, sys.APIURL()+path, bytes.NewReader(text))
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer "+p.Tokens().AccessToken)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	return resp.StatusCode
}
