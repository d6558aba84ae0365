package e2e_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/imclient"
)

// nasty are values that no field of the API has, each as JSON.
var nasty = []string{
	`null`, `true`, `""`, `"x"`, `{}`, `[]`, `0`, `-1`, `1.5`, `1e400`, `2147483648`, `9223372036854775807`, `9223372036854775808`,
	`-9223372036854775809`, `"0"`, `"-1"`, `"01"`, `"9223372036854775807"`, `"9223372036854775808"`, `"１２３"`, `"s:1:2"`, `"g:1"`,
	`"n:1"`, `"s:2:1"`, `"g:9223372036854775808"`, `"\u0000"`, `"a\u0007b"`, `"\u202eabc"`, `"\ud800"`, `"👍🏽"`, `"' OR 1=1 --"`, `"%s%n%00"`,
	`"../../etc/passwd"`, `[null]`, `[[[[[[]]]]]]`, `{"a":{"b":{"c":[{}]}}}`, `[1,2,3]`, `["1","1"]`, `"all"`, "\"\xff\xfe\"",
	`"` + strings.Repeat("x", 300) + `"`, `"` + strings.Repeat("💥", 5000) + `"`, `[` + strings.Repeat(`"1",`, 1000) + `"1"]`,
}

// bodies are whole bodies that no call has.
var bodies = []string{
	``, ` `, `null`, `[]`, `"x"`, `5`, `{`, `{"a":1`, `{}{}`, "\xff", "\x00", `{"a":1,}`, `{"":""}`, `{"__proto__":{}}`,
	strings.Repeat(`[`, 20_000), strings.Repeat(`{"a":`, 20_000), `{"a":"` + strings.Repeat("x", 2<<20) + `"}`,
}

// inputs makes requests of a person that are right, or nearly.
type inputs struct {
	document
	*rand.Rand
	good map[string]string // JSON by the name of the field
}

// newInputs gives a person what there is to name: a friend, a group, messages, an invite, a request, a session.
func newInputs(t *testing.T, d document, seed uint64) (*inputs, *person) {
	t.Helper()
	me, other := friends(t)
	g, conversation := group(t, me, other)
	me.say(conversation, "hello")
	sent := me.say(conversation, "hello")
	invite, err := me.CreateInvite(t.Context(), g.GroupID, 0, 0)
	require.NoError(t, err)
	asked, err := newPerson(t).AddFriend(t.Context(), me.id, "")
	require.NoError(t, err)
	in := func(d time.Duration) string { return fmt.Sprint(time.Now().Add(d).UnixMilli()) }
	quoted := func(s string) string { return `"` + s + `"` }
	good := map[string]string{
		"userId": quoted(other.id), "toUserId": quoted(other.id), "userIds": `[` + quoted(other.id) + `]`, "ids": quoted(other.id),
		"groupId": quoted(g.GroupID), "conversationId": quoted(conversation), "seq": fmt.Sprint(sent.Seq), "seqs": fmt.Sprintf("[%d]", sent.Seq),
		"code": quoted(invite.Code), "requestId": quoted(asked.RequestID), "emoji": quoted("👍"), "type": quoted("text"),
		"content": `{"text":"hi"}`, "mentions": `["all"]`, "memberIds": `[` + quoted(other.id) + `]`, "to": `[` + quoted(conversation) + `]`,
		"until": in(time.Hour), "mutedUntil": in(time.Hour), "sendAt": in(time.Hour), "role": quoted("admin"), "joinPolicy": quoted("open"),
		"q": quoted("hello"), "direction": quoted("incoming"), "status": quoted("pending"), "limit": "10", "since": "0", "avatarUrl": quoted(""),
		"inviteRole": quoted("admin"), "editRole": quoted("admin"), "mentionAllRole": quoted("admin"), "slowModeSeconds": "0",
		"tags": `["work"]`, "settings": `{"findableByName":true}`, "email": quoted(unique("me-") + "@example.org"), "merge": "true",
		"expiresIn": "3600", "maxUses": "1", "replyToSeq": fmt.Sprint(sent.Seq), "beforeSeq": "3", "senderId": quoted(me.id), "before": in(0), "removed": "true",
		"phone": quoted(phone()), "single": quoted(single(me, other)),
	}
	return &inputs{d, rand.New(rand.NewPCG(seed, 1)), good}, me
}

// value is one that fits a schema; fields of which nothing better is known are short texts, small numbers, or objects of such.
func (in *inputs) value(name string, s schema) string {
	s = in.resolve(s)
	if good, ok := in.good[name]; ok {
		if s.Type == "string" { // a list in a query
			good = strings.Trim(good, "[]")
		}
		return good
	}
	switch s.Type {
	case "integer":
		return "1"
	case "boolean":
		return "true"
	case "array":
		return `[` + in.value("", *s.Items) + `]`
	case "object":
		return in.object(in.members(s))
	}
	if len(s.Enum) > 0 {
		return `"` + s.Enum[0] + `"`
	}
	return `"` + unique("v") + `"`
}

// members are the fields of an object, each with a value that fits.
func (in *inputs) members(s schema) map[string]string {
	members := map[string]string{}
	for name, property := range s.Properties {
		members[name] = in.value(name, property)
	}
	if s.Properties["message"].Type == "object" { // of a scheduled message
		members["message"] = in.object(map[string]string{
			"clientMsgId": `"` + unique("c") + `"`, "conversationId": in.good["conversationId"], "type": `"text"`, "content": `{"text":"hi"}`,
		})
	}
	if _, ok := members["clientMsgId"]; ok { // one address
		delete(members, "toUserId")
		delete(members, "groupId")
	}
	return members
}

func (in *inputs) object(members map[string]string) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(members)) {
		fmt.Fprintf(&b, ",%q:%s", name, members[name])
	}
	return `{` + strings.TrimPrefix(b.String(), ",") + `}`
}

func (in *inputs) pick(of []string) string { return of[in.IntN(len(of))] }

// mutate changes one member of an object: another value, none, or one more.
func (in *inputs) mutate(members map[string]string) {
	names := slices.Sorted(maps.Keys(members))
	if len(names) == 0 || in.IntN(8) == 0 {
		members["more"] = in.pick(nasty)
		return
	}
	name := in.pick(names)
	if in.IntN(6) == 0 {
		delete(members, name)
		return
	}
	members[name] = in.pick(nasty)
	var inner map[string]json.RawMessage
	if json.Unmarshal([]byte(in.good[name]), &inner) == nil && len(inner) > 0 && in.IntN(2) == 0 { // one level down
		for key := range inner {
			members[name] = in.object(map[string]string{key: in.pick(nasty)})
		}
	}
}

// plain is a JSON value as it stands in a path or a query.
func plain(value string) string {
	var text string
	if json.Unmarshal([]byte(value), &text) == nil {
		return text
	}
	return value
}

// request makes a request of an operation; with no faults it is a right one.
func (in *inputs) request(op operation, faults int) raw {
	paths, queries, members := map[string]string{}, map[string]string{}, map[string]string{}
	for _, p := range op.Parameters {
		name := p.Name
		if name == "id" && strings.Contains(op.path, "/conversations/") {
			name = "conversationId"
		} else if name == "id" {
			name = "requestId"
		}
		_, known := in.good[name]
		if p.In == "path" {
			paths[p.Name] = in.value(name, p.Schema)
		} else if p.Required || known && in.IntN(2) == 0 {
			queries[p.Name] = in.value(name, p.Schema)
		}
	}
	if op.RequestBody != nil {
		members = in.members(in.resolve(op.RequestBody.Content["application/json"].Schema))
	}
	r := raw{method: op.method}
	for range faults {
		switch in.IntN(6) {
		case 0:
			for name := range paths {
				paths[name] = in.pick(nasty)
			}
		case 1:
			in.mutate(queries)
		case 2:
			if in.IntN(3) == 0 {
				r.body = []byte(in.pick(bodies))
			}
		default:
			in.mutate(members)
		}
	}
	r.path = op.path
	for name, value := range paths {
		text := []rune(plain(value) + " ") // an empty one would be another route
		value = url.PathEscape(string(text[:min(max(len(text)-1, 1), 300)]))
		r.path = strings.ReplaceAll(r.path, "{"+name+"}", value)
	}
	values := url.Values{}
	for name, value := range queries {
		values.Add(name, plain(value))
	}
	r.path += query(values)
	if r.body == nil && op.RequestBody != nil {
		r.body = []byte(in.object(members))
	}
	return r
}

// TestNoInputOfAnyRouteIsAServerError sends every operation of the OpenAPI document requests that are right but for a fault or two.
func TestNoInputOfAnyRouteIsAServerError(t *testing.T) {
	t.Parallel()
	const each = 30
	d := openAPI(t)
	for _, op := range d.operations {
		t.Run(op.ID, func(t *testing.T) {
			t.Parallel()
			seed := rand.Uint64()
			in, me := newInputs(t, d, seed)
			for i := range each {
				r := in.request(op, min(i, 1+in.IntN(2)))
				r.token = me.Tokens().AccessToken
				got := r.call(t, sys.APIURL())
				require.Less(t, got.status, http.StatusInternalServerError, "seed %d: %s %.300s %.500q: %s", seed, r.method, r.path, r.body, got.body)
				got.reason(t)
				if i == 0 {
					require.NotEqual(t, http.StatusBadRequest, got.status, "a right request: %s %s %s: %s", r.method, r.path, r.body, got.body)
				}
				if op.ID == "logout" {
					_, err := me.Login(t.Context(), me.name, password, device("web"))
					require.NoError(t, err)
				}
			}
			_, err := imclient.New(sys.APIURL(), imclient.WithTokens(me.Tokens())).Me(t.Context())
			require.NoError(t, err, "what was asked must not have been refused for the session")
		})
	}
}
