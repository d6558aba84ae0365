package e2e_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/imclient"
	"im-backend/common/utils/wire"
)

// exported is what an export has, by kind, and of which kinds its lines are.
func (p *person) exported(cursor string) (byKind map[string][]string, kinds []string) {
	p.t.Helper()
	byKind = map[string][]string{}
	next, err := p.Export(p.t.Context(), cursor, func(text []byte) error {
		var line struct {
			Kind string
			Data json.RawMessage
		}
		require.NoError(p.t, json.Unmarshal(text, &line))
		byKind[line.Kind] = append(byKind[line.Kind], string(line.Data))
		kinds = append(kinds, line.Kind)
		return nil
	})
	require.NoError(p.t, err)
	require.Empty(p.t, next)
	return byKind, kinds
}

func TestAUserTakesItsOwnDataOut(t *testing.T) {
	t.Parallel()
	a, b := friends(t)
	stranger := newPerson(t)
	require.NoError(t, a.Block(t.Context(), stranger.id))
	id := single(a, b)
	_, groupID := group(t, a, b)
	for range 120 { // more than a page
		a.say(groupID, "in the group")
	}
	a.say(id, "to a friend")
	b.say("s:"+b.id+":"+b.id, "a note of somebody else")
	deleted := a.say(id, "deleted for me")
	require.NoError(t, a.DeleteMessages(t.Context(), id, deleted.Seq))
	recalled := a.say(id, "recalled for all")
	_, err := a.Recall(t.Context(), id, recalled.Seq)
	require.NoError(t, err)
	require.NoError(t, a.HideConversation(t.Context(), groupID))

	got, kinds := a.exported("")
	require.Len(t, got["profile"], 1)
	require.Contains(t, got["profile"][0], a.name)
	require.Len(t, got["session"], 1)
	require.NotContains(t, got["session"][0], "oken")
	require.Len(t, got["friend"], 1)
	require.Len(t, got["block"], 1)
	require.Contains(t, got["block"][0], stranger.id)
	require.Len(t, got["group"], 1)
	require.Equal(t, "profile", kinds[0])
	want := map[string]int{groupID: len(a.history(groupID)), id: len(a.history(id)), "n:" + a.id: len(a.history("n:" + a.id))}
	require.Len(t, got["conversation"], len(want), "hidden ones too")
	last := map[string]int64{}
	count := map[string]int{}
	for _, text := range got["message"] {
		var m wire.Message
		require.NoError(t, json.Unmarshal([]byte(text), &m))
		require.Greater(t, m.Seq, last[m.ConversationID], "in order")
		last[m.ConversationID] = m.Seq
		count[m.ConversationID]++
	}
	require.Equal(t, want, count)
	for _, text := range got["message"] {
		require.NotContains(t, text, "deleted for me")
		require.NotContains(t, text, "recalled for all")
		require.NotContains(t, text, "somebody else")
	}
}

func TestExportsAreLimited(t *testing.T) {
	t.Parallel()
	a := newPerson(t)
	_, err := a.Export(t.Context(), "x", nil)
	requireReason(t, err, http.StatusBadRequest, "INVALID_ARGUMENT")
	for range 3 {
		a.exported("")
	}
	_, err = a.Export(t.Context(), "", nil)
	require.Positive(t, requireReason(t, err, http.StatusTooManyRequests, "RATE_LIMITED").RetryAfter)
	_, err = imclient.New(sys.APIURL()).Export(t.Context(), "", nil)
	requireReason(t, err, http.StatusUnauthorized, "UNAUTHENTICATED")
}
