package message_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"im-backend/chat-service/internal/message"
	"im-backend/common/utils/errs"
)

func TestWhatIsOneReaction(t *testing.T) {
	t.Parallel()
	for _, emoji := range []string{
		"👍", "👍🏽", "❤️", "❤", "😂", "👨‍👩‍👧‍👦", "🏳️‍🌈", "🇩🇪", "🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F", "1️⃣", "#⃣", "🫠", "👩🏽‍🚀", "©️",
		":+1:", ":party_parrot:", ":" + strings.Repeat("a", 32) + ":",
	} {
		require.NoError(t, message.CheckEmoji(emoji), emoji)
	}
	for _, other := range []string{
		"", "a", "1", "#", "👍👍", "👍a", " 👍", "👍\u200d", "\u200d👍", "🇩", "🇩🇪🇫🇷", "\ufe0f", "é", "中", "::", ":a", "a:", ":A:", ":a b:", ":é:",
		":" + strings.Repeat("a", 33) + ":", "🏴\U000E0067", "1️", "1️⃣1️⃣", "\xff", "👍\xff", strings.Repeat("👍\u200d", 20) + "👍", "\u0000",
	} {
		require.ErrorIs(t, message.CheckEmoji(other), errs.ErrInvalidArgument, "%q", other)
	}
}

func FuzzCheckEmoji(f *testing.F) {
	for _, seed := range []string{"👍", "👨‍👩‍👧‍👦", ":a:", "1️⃣", "🇩🇪", "👍a"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if message.CheckEmoji(s) == nil {
			require.LessOrEqual(t, len(s), 64)
			require.True(t, utf8.ValidString(s))
			require.NotContains(t, s, "/", "it stands in a path")
			require.ErrorIs(t, message.CheckEmoji(s+s), errs.ErrInvalidArgument, "two are not one")
		}
	})
}

func TestContentsOfEntriesThatChangeAnother(t *testing.T) {
	t.Parallel()
	require.JSONEq(t, `{"targetSeq":7}`, string(message.RecallContent(7)))
	require.JSONEq(t, `{"targetSeq":7,"content":{"text":"<b>"}}`, string(message.EditContent(7, []byte(`{"text":"<b>"}`))))
	require.JSONEq(t, `{"targetSeq":7}`, string(message.EditContent(7, nil)))
	require.JSONEq(t, `{"targetSeq":7,"emoji":"👍","removed":true}`, string(message.ReactionContent(7, "👍", true)))
	require.JSONEq(t, `{"targetSeq":7,"removed":false}`, string(message.PinContent(7, false)))
	require.True(t, json.Valid([]byte(message.Empty)))
	for _, kind := range []string{message.Recall, message.Edit, message.Reaction, message.Pin, message.System, "unknown", ""} {
		require.False(t, message.Is(kind), kind)
	}
}

func TestTheTextOfAnEdit(t *testing.T) {
	t.Parallel()
	got, err := message.TextContent([]byte(` {"text":"\u0061"} `), []string{"all"})
	require.NoError(t, err)
	require.Equal(t, `{"text":"a"}`, string(got), "canonical")
	_, err = message.TextContent([]byte(`{"text":""}`), []string{"bob"})
	require.Len(t, errs.From(err).Fields, 2, "every bad field is named at once")
}
