package message_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/chat-service/internal/message"
	"im-backend/common/model"
	"im-backend/common/utils/errs"
)

func content(kind, json string) (message.Message, error) {
	return message.New("c1", kind, []byte(json), 0, nil)
}

func TestContentsThatFitTheirType(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ kind, in, canonical string }{
		{message.Text, `{"text":"hello"}`, `{"text":"hello"}`},
		{message.Text, ` { "b" : 1.0, "text":"<&>\u00e9" } `, `{"b":1.0,"text":"<&>é"}`},
		{message.Image, `{"mediaId":"m1","name":"a.png","size":1,"mimeType":"image/png","width":2}`, `{"mediaId":"m1","mimeType":"image/png","name":"a.png","size":1,"width":2}`},
		{message.Audio, `{"url":"https://x/a.ogg","mimeType":"a/b","name":"n","size":1,"durationMs":1}`, `{"durationMs":1,"mimeType":"a/b","name":"n","size":1,"url":"https://x/a.ogg"}`},
		{message.Video, `{"url":"http://x/v","mimeType":"a/b","name":"n","size":1,"thumbnailUrl":"https://x/t"}`, `{"mimeType":"a/b","name":"n","size":1,"thumbnailUrl":"https://x/t","url":"http://x/v"}`},
		{message.File, `{"mediaId":"m1","mimeType":"a/b","name":"n","size":1,"url":null}`, `{"mediaId":"m1","mimeType":"a/b","name":"n","size":1,"url":null}`},
		{message.Location, `{"latitude":-90,"longitude":180,"title":"x"}`, `{"latitude":-90,"longitude":180,"title":"x"}`},
		{message.Card, `{"userId":"12"}`, `{"userId":"12"}`},
		{message.Card, `{"groupId":"12"}`, `{"groupId":"12"}`},
		{message.Custom, `{}`, `{}`},
		{message.Custom, `{"b":{"d":1,"c":[true,null]},"a":12345678901234567890}`, `{"a":12345678901234567890,"b":{"c":[true,null],"d":1}}`},
		{message.Merged, `{"title":"t","items":[{"type":"text","content":{"text":"x"}}]}`, `{"items":[{"content":{"text":"x"},"type":"text"}],"title":"t"}`},
		{
			message.Merged, `{"title":"","items":[{"senderId":"7","type":"merged","content":{"title":"t","items":[{"type":"card","content":{"userId":"1"}}]}}]}`,
			`{"items":[{"content":{"items":[{"content":{"userId":"1"},"type":"card"}],"title":"t"},"senderId":"7","type":"merged"}],"title":""}`,
		},
	} {
		m, err := content(tc.kind, tc.in)
		require.NoError(t, err, tc.in)
		require.Equal(t, tc.canonical, string(m.Content))
	}
}

func TestContentsThatDoNotFitTheirType(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ kind, in, field string }{
		{"", `{}`, "type"},
		{message.System, `{"event":"group.created"}`, "type"},
		{message.Recall, `{"targetSeq":1}`, "type"},
		{message.Edit, `{"targetSeq":1,"content":{"text":"a"}}`, "type"},
		{message.Reaction, `{"targetSeq":1,"emoji":"👍","removed":false}`, "type"},
		{message.Pin, `{"targetSeq":1,"removed":false}`, "type"},
		{message.Text, ``, "content"},
		{message.Text, `null`, "content"},
		{message.Text, `[]`, "content"},
		{message.Text, `"text"`, "content"},
		{message.Text, `{"text":"a"`, "content"},
		{message.Text, `{"text":"a"}]`, "content"},
		{message.Text, `{"text":"a"}{}`, "content"},
		{message.Text, "{\"text\":\"\xff\"}", "content"},
		{message.Text, `{}`, "content.text"},
		{message.Text, `{"text":""}`, "content.text"},
		{message.Text, `{"text":1}`, "content.text"},
		{message.Text, `{"text":"a\u0000"}`, "content.text"},
		{message.Image, `{"mimeType":"a/b","name":"n","size":1}`, "content"},
		{message.Image, `{"mediaId":"","mimeType":"a/b","name":"n","size":1}`, "content"},
		{message.Image, `{"mediaId":5,"url":"https://x","mimeType":"a/b","name":"n","size":1}`, "content.mediaId"},
		{message.Image, `{"url":"javascript:alert(1)","mimeType":"a/b","name":"n","size":1}`, "content.url"},
		{message.Image, `{"mediaId":"m","mimeType":"a/b","name":"n","size":1,"thumbnailUrl":"data:text/html,x"}`, "content.thumbnailUrl"},
		{message.Image, `{"mediaId":"m"}`, "content.name"},
		{message.Image, `{"mediaId":"m","name":"n","size":1}`, "content.mimeType"},
		{message.File, `{"mediaId":"m","name":"n","size":"1","mimeType":"a/b"}`, "content.size"},
		{message.Video, `{"mediaId":"m","mimeType":"a/b","name":"n","size":1,"durationMs":-1}`, "content.durationMs"},
		{message.Location, `{"latitude":90.1,"longitude":0}`, "content.latitude"},
		{message.Location, `{"latitude":0,"longitude":1e400}`, "content.longitude"},
		{message.Location, `{"latitude":"0","longitude":0}`, "content.latitude"},
		{message.Location, `{"latitude":0,"longitude":0}`, "content.title"},
		{message.Card, `{}`, "content"},
		{message.Card, `{"userId":12}`, "content.userId"},
		{message.Card, `{"userId":"012"}`, "content.userId"},
		{message.Card, `{"userId":"12","groupId":"13"}`, "content"},
		{message.Merged, `{"items":[]}`, "content.items"},
		{message.Merged, `{"items":["x"]}`, "content.items[0]"},
		{message.Merged, `{"items":[{}]}`, "content.items[0].type"},
		{message.Merged, `{"items":[{"type":"recall","content":{"targetSeq":1}}]}`, "content.items[0].type"},
		{message.Merged, `{"items":[{"type":"text"}]}`, "content.items[0].content"},
		{message.Merged, `{"items":[{"type":"card","content":{"userId":"1"}},{"type":"text","content":{}}]}`, "content.items[1].content.text"},
		{message.Merged, `{"items":[{"type":"text","content":{"text":"x"},"senderId":7}],"title":"t"}`, "content.items[0].senderId"},
		{message.Merged, `{"items":[{"type":"text","content":{"text":"x"}}]}`, "content.title"},
		{message.Merged, nested(4), "content.items[0].content.items[0].content.items[0].content.items"},
		{message.Custom, strings.Repeat(`{"a":`, 33) + "1" + strings.Repeat("}", 33), "content"},
	} {
		_, err := content(tc.kind, tc.in)
		require.ErrorIs(t, err, errs.ErrInvalidArgument, tc.in)
		require.Equal(t, tc.field, errs.From(err).Fields[0].Field, tc.in)
	}
}

func TestLimitsOfContentAreExact(t *testing.T) {
	t.Parallel()
	padded := func(kind, format string, size int) error {
		empty := len(fmt.Sprintf(format, ""))
		_, err := content(kind, fmt.Sprintf(format, strings.Repeat("x", size-empty)))
		return err
	}
	require.NoError(t, padded(message.Custom, `{"a":"%s"}`, 16<<10))
	require.ErrorIs(t, padded(message.Custom, `{"a":"%s"}`, 16<<10+1), errs.ErrInvalidArgument)
	const merged = `{"items":[{"content":{"a":"%s"},"type":"custom"}],"title":"t"}`
	require.NoError(t, padded(message.Merged, merged, 56<<10))
	require.ErrorIs(t, padded(message.Merged, merged, 56<<10+1), errs.ErrInvalidArgument)

	for _, unit := range []string{"a", "é", "😀", `\n`, `\u0001`, `\u2028`} {
		bytes := map[string]int{"é": 2, "😀": 4, `\u2028`: 3}[unit]
		bytes = max(bytes, 1)
		full := strings.Repeat(unit, message.MaxText/bytes)
		rest := strings.Repeat("a", message.MaxText%bytes)
		m, err := content(message.Text, `{"text":"`+full+rest+`"}`)
		require.NoError(t, err, unit)
		_, err = content(message.Text, string(m.Content))
		require.NoError(t, err, "the canonical form of %q fits too", unit)
		_, err = content(message.Text, `{"text":"`+full+rest+`a"}`)
		require.ErrorIs(t, err, errs.ErrInvalidArgument, unit)
	}
	_, err := content(message.Text, `{"text":"a","other":"`+strings.Repeat("x", 17<<10)+`"}`)
	require.ErrorIs(t, err, errs.ErrInvalidArgument, "what stands beside the text counts too")
}

// nested is merged messages inside each other.
func nested(deep int) string {
	inside := `{"type":"text","content":{"text":"x"}}`
	for range deep - 1 {
		inside = `{"type":"merged","content":{"title":"t","items":[` + inside + `]}}`
	}
	return `{"title":"t","items":[` + inside + `]}`
}

func TestLimitsOfFieldsAreExact(t *testing.T) {
	t.Parallel()
	x := func(n int) string { return strings.Repeat("x", n) }
	media := func(change string) string {
		return `{"mediaId":"m","name":"n","size":1,"mimeType":"a/b",` + change + `}`
	}
	items := func(n int) string {
		return `{"title":"t","items":[` + strings.TrimSuffix(strings.Repeat(`{"type":"card","content":{"userId":"1"}},`, n), ",") + `]}`
	}
	deep := func(n int) string { return strings.Repeat(`{"a":`, n-1) + "{}" + strings.Repeat("}", n-1) }
	for _, tc := range []struct{ kind, fits, tooMuch, field string }{
		{message.File, media(`"name":"` + x(255) + `"`), media(`"name":"` + x(256) + `"`), "content.name"},
		{message.File, media(`"mediaId":"` + x(64) + `"`), media(`"mediaId":"` + x(65) + `"`), "content.mediaId"},
		{message.File, media(`"mimeType":"a/` + x(125) + `"`), media(`"mimeType":"a/` + x(126) + `"`), "content.mimeType"},
		{message.File, media(`"url":"https://` + x(2040) + `"`), media(`"url":"https://` + x(2041) + `"`), "content.url"},
		{message.Video, media(`"thumbnailUrl":"http://` + x(2041) + `"`), media(`"thumbnailUrl":"http://` + x(2042) + `"`), "content.thumbnailUrl"},
		{message.File, media(`"size":1099511627776`), media(`"size":1099511627777`), "content.size"},
		{message.File, media(`"size":0`), media(`"size":0.5`), "content.size"},
		{message.Image, media(`"width":65536`), media(`"width":65537`), "content.width"},
		{message.Image, media(`"height":65536`), media(`"height":1e400`), "content.height"},
		{message.Audio, media(`"durationMs":604800000`), media(`"durationMs":604800001`), "content.durationMs"},
		{message.Image, media(`"url":"http://x"`), media(`"url":"http://x y"`), "content.url"},
		{message.Image, media(`"mimeType":"text/plain; charset=utf-8"`), media(`"mimeType":"text"`), "content.mimeType"},
		{message.Location, `{"latitude":0,"longitude":-180,"title":"` + x(1024) + `"}`, `{"latitude":0,"longitude":0,"title":"` + x(1025) + `"}`, "content.title"},
		{message.Merged, nested(3), nested(4), "content.items[0].content.items[0].content.items[0].content.items"},
		{message.Merged, items(100), items(101), "content.items"},
		{message.Custom, deep(32), deep(33), "content"},
	} {
		_, err := content(tc.kind, tc.fits)
		require.NoError(t, err, tc.fits)
		_, err = content(tc.kind, tc.tooMuch)
		require.ErrorIs(t, err, errs.ErrInvalidArgument, tc.tooMuch)
		require.Equal(t, tc.field, errs.From(err).Fields[0].Field, tc.tooMuch)
	}
}

func TestTheOtherFields(t *testing.T) {
	t.Parallel()
	many := make([]string, 101)
	for i := range many {
		many[i] = "7"
	}
	for _, tc := range []struct {
		name, id string
		reply    int64
		mentions []string
		field    string
	}{
		{"shortest id", "c", 0, nil, ""},
		{"longest id", strings.Repeat("c", 64), 0, nil, ""},
		{"no id", "", 0, nil, "clientMsgId"},
		{"too long an id", strings.Repeat("c", 65), 0, nil, "clientMsgId"},
		{"a space in the id", "a b", 0, nil, "clientMsgId"},
		{"more than ASCII in the id", "é", 0, nil, "clientMsgId"},
		{"a reply", "c", 5, nil, ""},
		{"a reply to nothing", "c", -1, nil, "replyToSeq"},
		{"mentions", "c", 0, []string{"1", "all"}, ""},
		{"as many mentions as may be", "c", 0, many[1:], ""},
		{"too many mentions", "c", 0, many, "mentions"},
		{"a mention of nobody", "c", 0, []string{"0"}, "mentions"},
		{"a mention by name", "c", 0, []string{"bob"}, "mentions"},
	} {
		m, err := message.New(tc.id, message.Text, []byte(`{"text":"x"}`), tc.reply, tc.mentions)
		if tc.field == "" {
			require.NoError(t, err, tc.name)
			require.Equal(t, tc.mentions, m.Mentions)
			continue
		}
		require.ErrorIs(t, err, errs.ErrInvalidArgument, tc.name)
		require.Equal(t, tc.field, errs.From(err).Fields[0].Field, tc.name)
	}
	_, err := message.New("", "nonsense", nil, -1, []string{"x"})
	require.Len(t, errs.From(err).Fields, 4, "every bad field is named at once")
}

func TestTheFingerprintTellsMessagesApart(t *testing.T) {
	t.Parallel()
	base, err := message.New("a", message.Custom, []byte(`{"a":1,"b":"x"}`), 0, nil)
	require.NoError(t, err)
	same, err := message.New("b", message.Custom, []byte(` {"b":"\u0078", "a":1}`), 0, []string{})
	require.NoError(t, err)
	require.Equal(t, base.Fingerprint, same.Fingerprint, "written in another way")
	for _, tc := range []struct {
		kind, content string
		reply         int64
		mentions      []string
	}{
		{message.Custom, `{"a":2,"b":"x"}`, 0, nil},
		{message.Custom, `{"a":1,"b":"x"}`, 1, nil},
		{message.Custom, `{"a":1,"b":"x"}`, 0, []string{"1"}},
		{message.Card, `{"a":1,"b":"x","userId":"1"}`, 0, nil},
	} {
		other, err := message.New("a", tc.kind, []byte(tc.content), tc.reply, tc.mentions)
		require.NoError(t, err)
		require.NotEqual(t, base.Fingerprint, other.Fingerprint)
	}
}

func TestWhatCountsAsUnread(t *testing.T) {
	t.Parallel()
	require.True(t, message.Countable(model.Group, message.Text))
	for _, kind := range []string{message.System, message.Recall, message.Edit, message.Reaction, message.Pin} {
		require.False(t, message.Countable(model.Group, kind), kind)
	}
	require.True(t, message.Countable(model.Notification, message.System))
}

func FuzzNew(f *testing.F) {
	for _, seed := range []string{
		`{"text":"hello"}`, `{"b":1,"a":{"y":[1,2.50,-0e1],"x":null},"text":"\u2028<"}`, `{"text":"\ud800"}`, `{"text":"a","text":"b"}`, `[1]`,
	} {
		f.Add(message.Text, []byte(seed))
		f.Add(message.Custom, []byte(seed))
	}
	f.Add(message.Merged, []byte(nested(3)))
	f.Add(message.Image, []byte(`{"mediaId":"m1","name":"a.png","size":1,"mimeType":"image/png","width":2}`))
	f.Add(message.Location, []byte(`{"latitude":-90,"longitude":1.8e2,"title":"x"}`))
	f.Fuzz(func(t *testing.T, kind string, raw []byte) {
		first, err := message.New("c", kind, raw, 0, nil)
		if err != nil {
			require.ErrorIs(t, err, errs.ErrInvalidArgument)
			return
		}
		again, err := message.New("c", kind, first.Content, 0, nil)
		require.NoError(t, err)
		require.Equal(t, string(first.Content), string(again.Content), "the canonical form is its own canonical form")
		require.Equal(t, first.Fingerprint, again.Fingerprint)
	})
}
