package imclient

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/utils/wire"
)

// step is an entry in short.
func step(seq int64, sender, kind, content string) wire.Message {
	return wire.Message{Seq: seq, SenderID: sender, Type: kind, Content: json.RawMessage(content), CreatedAt: 100 + seq}
}

func TestATranscriptFollowsTheEntriesThatChangeMessages(t *testing.T) {
	t.Parallel()
	log := []wire.Message{
		step(1, "0", "system", `{"event":"group.created"}`),
		step(2, "7", "text", `{"text":"frist"}`),
		step(3, "8", "text", `{"text":"other"}`),
		step(4, "7", "edit", `{"targetSeq":2,"content":{"text":"first"}}`),
		step(5, "7", "reaction", `{"targetSeq":2,"emoji":"👍","removed":false}`),
		step(6, "8", "reaction", `{"targetSeq":2,"emoji":"👍","removed":false}`),
		step(7, "8", "reaction", `{"targetSeq":2,"emoji":"👎","removed":false}`),
		step(8, "8", "reaction", `{"targetSeq":2,"emoji":"👎","removed":true}`),
		step(9, "8", "pin", `{"targetSeq":2,"removed":false}`),
		step(10, "8", "pin", `{"targetSeq":3,"removed":false}`),
		step(11, "8", "recall", `{"targetSeq":3}`),
		step(12, "8", "edit", `{"targetSeq":3,"content":{"text":"too late"}}`),
		step(13, "8", "reaction", `{"targetSeq":99,"emoji":"👍","removed":false}`),
		step(14, "8", "recall", `nonsense`),
	}
	shown := NewTranscript("7")
	for _, e := range log {
		shown.Apply(e)
	}
	m, ok := shown.Message(2)
	require.True(t, ok)
	require.JSONEq(t, `{"text":"first"}`, string(m.Content))
	require.EqualValues(t, 104, m.EditedAt)
	require.Equal(t, []wire.Reaction{{Emoji: "👍", Count: 2, Mine: true}}, m.Reactions)
	require.EqualValues(t, 8, m.ReactionSeq)
	m, _ = shown.Message(3)
	require.JSONEq(t, `{}`, string(m.Content))
	require.EqualValues(t, 111, m.RecalledAt)
	require.Equal(t, []int64{2}, shown.Pinned())
	for _, seq := range []int64{1, 4, 99} {
		_, ok = shown.Message(seq)
		require.False(t, ok, fmt.Sprint(seq))
	}

	// Who comes later gets the message as it was in the middle, and the entries that it is ahead of.
	late := NewTranscript("7")
	log[1].Content, log[1].EditedAt = json.RawMessage(`{"text":"first"}`), 104
	log[1].Reactions, log[1].ReactionSeq = []wire.Reaction{{Emoji: "👍", Count: 2, Mine: true}, {Emoji: "👎", Count: 1}}, 7
	for _, e := range log {
		late.Apply(e)
	}
	one, _ := shown.Message(2)
	other, _ := late.Message(2)
	require.Equal(t, one, other)
	require.Equal(t, shown.Pinned(), late.Pinned())
}
