package jsonscan_test

import (
	"encoding/json"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"im-backend/common/utils/jsonscan"
)

func TestMembersAndElementsAreThoseOfTheStandardDecoder(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{}`, ` { } `, `{"a":1}`, `{"a" : [1, {"b":"}"}, "]"] , "c":{"d":{}},"e\"f":"\\"}`, `{"":null,"x":-1.5e3,"y":true}`,
	} {
		check(t, []byte(text))
	}
}

// check compares what the scanner finds with what encoding/json does.
func check(t *testing.T, text []byte) {
	t.Helper()
	var want map[string]json.RawMessage
	text = jsonscan.Trim(text)
	if !jsonscan.IsObject(text) || !utf8.Valid(text) || json.Unmarshal(text, &want) != nil {
		return
	}
	got := map[string]json.RawMessage{}
	for key, value := range jsonscan.Members(text) {
		got[string(key)] = value
		require.True(t, json.Valid(value), "%q", value)
		if jsonscan.IsArray(value) {
			checkArray(t, value)
		}
	}
	require.Len(t, got, len(want), "%q", text)
	for key, value := range want {
		require.JSONEq(t, string(value), string(got[key]), "%q of %q", key, text)
	}
}

func checkArray(t *testing.T, text []byte) {
	t.Helper()
	var want []json.RawMessage
	require.NoError(t, json.Unmarshal(text, &want))
	n := 0
	for value := range jsonscan.Elements(text) {
		require.JSONEq(t, string(want[n]), string(value))
		n++
	}
	require.Len(t, want, n)
}

func FuzzMembers(f *testing.F) {
	f.Add([]byte(`{"a":[{"b":"c\"}"},[]],"d":1}`))
	f.Fuzz(func(t *testing.T, text []byte) { check(t, text) })
}

func TestScalars(t *testing.T) {
	t.Parallel()
	text, ok := jsonscan.Text([]byte(`"a\nb"`))
	require.True(t, ok)
	require.Equal(t, "a\nb", string(text))
	_, ok = jsonscan.Text([]byte(`12`))
	require.False(t, ok)
	n, ok := jsonscan.Integer([]byte(`-12`))
	require.True(t, ok)
	require.EqualValues(t, -12, n)
	_, ok = jsonscan.Integer([]byte(`1.5`))
	require.False(t, ok)
	require.True(t, jsonscan.IsNull([]byte(`null`)))
	for _, s := range []string{"plain", "quote\"", "new\nline", "日本", "\x7f"} {
		var back string
		require.NoError(t, json.Unmarshal(jsonscan.AppendText(nil, s), &back))
		require.Equal(t, s, back)
	}
}
