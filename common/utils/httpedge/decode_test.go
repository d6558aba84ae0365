package httpedge

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/zeromicro/go-zero/rest/pathvar"

	"im-backend/common/utils/errs"
)

type inner struct {
	Name string `json:"name"`
	Note string `json:"note,optional"`
}

type request struct {
	ID      string   `path:"id"`
	Limit   int32    `form:"limit,optional"`
	After   *int64   `form:"after,optional"`
	Flag    bool     `form:"flag,optional"`
	Seq     int64    `json:"seq"`
	Inner   inner    `json:"inner,optional"`
	Tags    []string `json:"tags,optional"`
	Content any      `json:"content,optional"`
}

func newRequest(query, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/x"+query, strings.NewReader(body))
	return pathvar.WithVars(r, map[string]string{"id": "5"})
}

func TestDecodeFillsPathQueryAndBody(t *testing.T) {
	t.Parallel()
	got := request{Content: new(json.RawMessage)}
	body := `{"seq":9007199254740993,"inner":{"name":"n"},"tags":["a"],"content":{"big": 9007199254740993.10},"ID":"6","new":1}`
	require.NoError(t, Decode(newRequest("?limit=3&after=0&flag=true", body), &got))
	require.Equal(t, "5", got.ID, "a body cannot overwrite the path")
	require.EqualValues(t, 3, got.Limit)
	require.EqualValues(t, 0, *got.After)
	require.True(t, got.Flag)
	require.EqualValues(t, 9007199254740993, got.Seq)
	require.Equal(t, inner{Name: "n"}, got.Inner)
	raw, ok := got.Content.(*json.RawMessage)
	require.True(t, ok)
	require.Equal(t, `{"big": 9007199254740993.10}`, string(*raw))
}

func TestDecodeNamesEveryBadField(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		query, body string
		want        []errs.Field
	}{
		{"", `{}`, []errs.Field{{Field: "seq", Message: "is required"}}},
		{"", `{"seq":1.5}`, []errs.Field{{Field: "seq", Message: "must be an integer"}}},
		{"", `{"seq":99999999999999999999}`, []errs.Field{{Field: "seq", Message: "must be an integer"}}},
		{"", `{"seq":"1","tags":{}}`, []errs.Field{{Field: "seq", Message: "must be an integer"}, {Field: "tags", Message: "must be an array"}}},
		{"", `{"seq":1,"inner":{}}`, []errs.Field{{Field: "inner.name", Message: "is required"}}},
		{"", `{"seq":1,"inner":{"name":1}}`, []errs.Field{{Field: "inner.name", Message: "must be a string"}}},
		{"", `{"seq":1,"inner":true}`, []errs.Field{{Field: "inner", Message: "must be an object"}}},
		{"?limit=x&flag=maybe", `{"seq":1}`, []errs.Field{{Field: "limit", Message: "must be an integer"}, {Field: "flag", Message: "must be true or false"}}},
		{"?limit=99999999999", `{"seq":1}`, []errs.Field{{Field: "limit", Message: "must be an integer"}}},
		{"?a=%zz", `{"seq":1}`, []errs.Field{{Field: "query", Message: "is not a valid query string"}}},
		{"", ``, []errs.Field{{Field: "body", Message: "a JSON object is expected"}}},
		{"", `{"seq":1}{"seq":2}`, []errs.Field{{Field: "body", Message: "is not valid JSON at byte 10"}}},
	} {
		err := Decode(newRequest(tc.query, tc.body), &request{})
		require.ErrorIs(t, err, errs.ErrInvalidArgument, tc.body)
		require.Equal(t, tc.want, errs.From(err).Fields, tc.body)
	}
}

func TestABodyMayBeAbsentWhenEverythingInItIsOptional(t *testing.T) {
	t.Parallel()
	var optional struct {
		Remark string `json:"remark,optional"`
	}
	require.NoError(t, Decode(newRequest("", ""), &optional))
	patch := newRequest("", "")
	patch.Method = http.MethodPatch
	require.ErrorIs(t, Decode(patch, &optional), errs.ErrInvalidArgument)
}

func TestABodyIsBoundedWithoutAnOuterWrapperToo(t *testing.T) {
	t.Parallel()
	err := Decode(newRequest("", `{"seq":1,"x":"`+strings.Repeat("x", maxBody)+`"}`), &request{})
	require.ErrorIs(t, err, errs.ErrPayloadTooLarge)
}
