package label_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"im-backend/common/utils/label"
)

func TestTextsThatLookTheSameHaveOneKey(t *testing.T) {
	t.Parallel()
	for key, texts := range map[string][]string{
		"bob":     {"bob", "BOB", "ＢＯＢ", "ⓑⓞⓑ", "𝐁𝐨𝐛"},
		"café":    {"CAFÉ", "cafe\u0301", "Caf\u00c9", "CAFE\u0301"},
		"strasse": {"Straße", "STRASSE", "STRAẞE"},
		"σοφοσ":   {"ΣΟΦΟΣ", "σοφος"},
		"михаил":  {"Михаил", "МИХАИЛ", "Михаи\u043b"},
		"ガ":       {"ｶﾞ", "カ\u3099", "ガ"},
		"fi":      {"ﬁ", "FI"},
		"a b":     {"A\u00a0B", "a b"},
		"kelvin":  {"\u212Aelvin"},
		"":        {""},
	} {
		for _, text := range texts {
			require.Equal(t, key, label.Key(text), "%+q", text)
			require.Equal(t, key, label.Key(label.Key(text)), "%+q", text)
		}
	}
	require.NotEqual(t, label.Key("cafe"), label.Key("café"), "an accent is a difference")
}

func TestAKeyIsBounded(t *testing.T) {
	t.Parallel()
	for _, long := range []string{strings.Repeat("ä", 200), strings.Repeat("ﷺ", 64), strings.Repeat("ß", 64), strings.Repeat("x", 128)} {
		key := label.Key(long)
		require.Equal(t, label.MaxKey, utf8.RuneCountInString(key), "%.9q", long)
		require.True(t, utf8.ValidString(key))
	}
}

// FuzzKey checks what every key has to be, whatever the text.
func FuzzKey(f *testing.F) {
	for _, seed := range []string{"", "Straße", "\u0345", "İ", "e\u0301\u0327", "\u0345\u0300", "ŉ", "ǰ\u0323"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		key := label.Key(s)
		require.LessOrEqual(t, utf8.RuneCountInString(key), label.MaxKey)
		require.Equal(t, key, label.Key(key), "%+q", s)
	})
}
