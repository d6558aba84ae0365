package e2e_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/imclient"
)

// find is what a person finds by a text, as conversation and text of each message.
func (p *person) find(s imclient.MessageSearch) []string {
	p.t.Helper()
	found := []string{}
	for cursor := ""; ; {
		page, err := p.SearchMessages(p.t.Context(), s, 2, cursor)
		require.NoError(p.t, err)
		for _, m := range page.Items {
			found = append(found, m.ConversationID+" "+string(m.Content))
		}
		if cursor = page.NextCursor; cursor == "" {
			return found
		}
	}
}

func TestMessagesAreFoundByThoseWhoMaySeeThem(t *testing.T) {
	t.Parallel()
	a, b := friends(t)
	stranger := newPerson(t)
	id := single(a, b)
	a.say(id, "今天天气很好")
	sent := a.say(id, "the Secret word")
	edited := a.say(id, "frist")
	group, err := a.CreateGroup(t.Context(), imclient.NewGroup{Name: "team", MemberIDs: []string{b.id}})
	require.NoError(t, err)
	groupID := "g:" + group.GroupID
	a.say(groupID, "the secret of the team")

	secret := imclient.MessageSearch{Text: "secret"}
	for _, p := range []*person{a, b} {
		require.Equal(t, []string{id + ` {"text":"今天天气很好"}`}, p.find(imclient.MessageSearch{Text: "天气"}))
		require.Equal(t, []string{groupID + ` {"text":"the secret of the team"}`, id + ` {"text":"the Secret word"}`}, p.find(secret))
	}
	require.Len(t, b.find(imclient.MessageSearch{Text: "secret", ConversationID: id, SenderID: a.id, Type: "text"}), 1)
	require.Empty(t, b.find(imclient.MessageSearch{Text: "secret", SenderID: b.id}))
	require.Empty(t, stranger.find(secret))
	_, err = stranger.SearchMessages(t.Context(), imclient.MessageSearch{Text: "secret", ConversationID: id}, 1, "")
	requireReason(t, err, http.StatusNotFound, "CONVERSATION_NOT_FOUND")

	_, err = a.Recall(t.Context(), id, sent.Seq)
	require.NoError(t, err)
	_, err = a.Edit(t.Context(), id, edited.Seq, map[string]string{"text": "first"})
	require.NoError(t, err)
	require.Empty(t, b.find(imclient.MessageSearch{Text: "word"}))
	require.Empty(t, b.find(imclient.MessageSearch{Text: "frist"}))
	require.Len(t, b.find(imclient.MessageSearch{Text: "first"}), 1)

	require.NoError(t, a.RemoveMember(t.Context(), group.GroupID, b.id))
	a.eventuallyKicked(b, groupID)
	a.say(groupID, "a secret after all")
	require.Len(t, a.find(secret), 2)
	require.Len(t, b.find(secret), 1, "only its window")
}

// eventuallyKicked waits until the log knows that a member is gone.
func (p *person) eventuallyKicked(gone *person, groupID string) {
	p.t.Helper()
	require.Eventually(p.t, func() bool {
		_, err := gone.SendMessage(p.t.Context(), imclient.Outgoing{ClientMsgID: "kicked", ConversationID: groupID, Type: "text", Content: map[string]string{"text": "?"}})
		return err != nil
	}, time.Minute, 10*time.Millisecond)
}

func TestSearchRefusesWhatItCannotLookFor(t *testing.T) {
	t.Parallel()
	a := newPerson(t)
	for name, query := range map[string]url.Values{
		"no q": {}, "long": {"q": {strings.Repeat("x", 65)}}, "punctuation": {"q": {"..."}}, "type": {"q": {"x"}, "type": {"system"}},
		"sender": {"q": {"x"}, "senderId": {"x"}}, "before": {"q": {"x"}, "before": {"-1"}}, "limit": {"q": {"x"}, "limit": {"201"}},
		"cursor": {"q": {"x"}, "cursor": {"?"}},
	} {
		err := a.Do(t.Context(), http.MethodGet, "/v1/messages/search?"+query.Encode(), nil, nil)
		api := requireReason(t, err, http.StatusBadRequest, "INVALID_ARGUMENT")
		require.NotEmpty(t, api.Fields, name)
	}
	err := a.Do(t.Context(), http.MethodGet, "/v1/messages/search?q=x&conversationId=x", nil, nil)
	requireReason(t, err, http.StatusNotFound, "CONVERSATION_NOT_FOUND")
}

func TestSearchesAreLimited(t *testing.T) {
	t.Parallel()
	a := newPerson(t)
	for range 31 {
		if _, err := a.SearchMessages(t.Context(), imclient.MessageSearch{Text: "x"}, 0, ""); err != nil {
			requireReason(t, err, http.StatusTooManyRequests, "RATE_LIMITED")
			return
		}
	}
	require.Fail(t, "31 searches in a minute")
}

func TestAScheduledMessageIsSentOnceAtItsTime(t *testing.T) {
	t.Parallel()
	a, b := friends(t)
	id := single(a, b)
	m := imclient.Text("later")
	m.ToUserID = b.id
	at := time.Now().Add(time.Hour)
	got, err := a.ScheduleMessage(t.Context(), m, at.UnixMilli())
	require.NoError(t, err)
	again, err := a.ScheduleMessage(t.Context(), m, at.UnixMilli())
	require.NoError(t, err)
	require.Equal(t, got, again)
	require.Equal(t, "pending", got.Status)
	page, err := a.ScheduledMessages(t.Context(), 0, "")
	require.NoError(t, err)
	require.Equal(t, []imclient.Scheduled{got}, page.Items)
	requireReason(t, b.CancelScheduled(t.Context(), got.ScheduledID), http.StatusNotFound, "SCHEDULED_NOT_FOUND")
	requireReason(t, b.CancelScheduled(t.Context(), "x"), http.StatusNotFound, "SCHEDULED_NOT_FOUND")
	require.NoError(t, a.CancelScheduled(t.Context(), got.ScheduledID))

	watching := b.watch(1, nil)
	soon := imclient.Text("soon")
	soon.ConversationID = id
	got, err = a.ScheduleMessage(t.Context(), soon, time.Now().Add(300*time.Millisecond).UnixMilli())
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		seen := watching.seen(id)
		return len(seen) > 0 && string(seen[len(seen)-1].Content) == `{"text":"soon"}`
	}, time.Minute, 10*time.Millisecond)
	require.Eventually(t, func() bool {
		requireReason(t, a.CancelScheduled(t.Context(), got.ScheduledID), http.StatusConflict, "ALREADY_SENT")
		page, err := a.ScheduledMessages(t.Context(), 0, "")
		return err == nil && len(page.Items) == 0
	}, time.Minute, 10*time.Millisecond)
}

func TestAScheduledMessageThatIsRefusedTellsItsSender(t *testing.T) {
	t.Parallel()
	a, b := friends(t)
	m := imclient.Text("unwelcome")
	m.ToUserID = b.id
	require.NoError(t, b.Block(t.Context(), a.id))
	got, err := a.ScheduleMessage(t.Context(), m, time.Now().Add(200*time.Millisecond).UnixMilli())
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		page, err := a.ScheduledMessages(t.Context(), 0, "")
		return err == nil && len(page.Items) == 1 && page.Items[0].Status == "failed" && page.Items[0].Reason == "BLOCKED"
	}, time.Minute, 10*time.Millisecond)
	require.Eventually(t, func() bool {
		return strings.Contains(a.raw("n:"+a.id), `"event":"message.refused"`)
	}, time.Minute, 10*time.Millisecond)
	require.NoError(t, a.CancelScheduled(t.Context(), got.ScheduledID))
}

func TestWhatCannotBeScheduledIsRefused(t *testing.T) {
	t.Parallel()
	a, b := friends(t)
	m := imclient.Text("x")
	m.ToUserID = b.id
	for name, at := range map[string]time.Time{"the past": time.Now().Add(-time.Minute), "a year": time.Now().Add(366 * 24 * time.Hour)} {
		_, err := a.ScheduleMessage(t.Context(), m, at.UnixMilli())
		require.NotEmpty(t, requireReason(t, err, http.StatusBadRequest, "INVALID_ARGUMENT").Fields, name)
	}
	soon := time.Now().Add(time.Hour).UnixMilli()
	for name, body := range map[string]map[string]any{
		"no time": {"message": m}, "no message": {"sendAt": soon}, "a text": {"sendAt": soon, "message": "x"},
		"empty": {"sendAt": soon, "message": map[string]any{}}, "no content": {"sendAt": soon, "message": map[string]any{"clientMsgId": "c", "toUserId": b.id, "type": "text"}},
	} {
		err := a.Do(t.Context(), http.MethodPost, "/v1/scheduled-messages", body, nil)
		require.NotEmpty(t, requireReason(t, err, http.StatusBadRequest, "INVALID_ARGUMENT").Fields, name)
	}
}
