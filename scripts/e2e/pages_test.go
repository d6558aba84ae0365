package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"

	"im-backend/common/imclient"
	"im-backend/common/utils/wire"
)

// example is a fenced block of a page: requests of HTTP with their answers, or frames, one a line.
type example struct{ kind, text string }

var fenced = regexp.MustCompile("(?ms)^```(http|json)\n(.*?)^```$")

// examples are the blocks of a page that can be tried, in its order.
func examples(t *testing.T, page string) (all []example) {
	t.Helper()
	text, err := os.ReadFile("../../docs/" + page)
	require.NoError(t, err)
	for _, match := range fenced.FindAllStringSubmatch(string(text), -1) {
		all = append(all, example{match[1], match[2]})
	}
	require.NotEmpty(t, all)
	return all
}

// reader follows a page as its user 1, whose friend is 2. What an answer on the page calls by a name of its own, an id or a
// token, is what the system answered instead when the page uses that name later.
type reader struct {
	t             *testing.T
	me            *person
	ws            *websocket.Conn // nil until the first frame
	names         map[string]string
	token, ticket string // the last that the page got
}

// newReader makes the two, with a conversation as long as the page wants it.
func newReader(t *testing.T, entries int) *reader {
	t.Helper()
	a, b := friends(t)
	id := single(a, b)
	eventually(t, "the friends have a conversation", func(context.Context) bool { return len(a.history(id)) > 0 })
	for range entries {
		a.say(id, "an entry")
	}
	b.connect(0)
	b.another("ios").connect(1)
	eventually(t, "the friend is seen on both devices", func(context.Context) bool {
		seen := a.presence(b)
		return seen != nil && len(seen.Platforms) == 2
	})
	return &reader{t: t, me: a, names: map[string]string{
		"alice": a.name, "1": a.id, "2": b.id, "s:1:2": id,
	}}
}

// meant puts what the system calls it in the place of each name of the page.
func (r *reader) meant(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for name, member := range v {
			v[name] = r.meant(member)
		}
	case []any:
		for i, item := range v {
			v[i] = r.meant(item)
		}
	case string:
		if name, ok := r.names[v]; ok {
			return name
		}
	}
	return value
}

func decoded(t *testing.T, text []byte) (value any) {
	t.Helper()
	require.NoError(t, json.Unmarshal(text, &value), "%s", text)
	return value
}

// minted are the members of answers that the system makes up: ids, tokens and such.
var minted = regexp.MustCompile(`(Id|[tT]oken|ticket|url|nextSince)$`)

// compare requires of an answer all that the page shows of it, and learns what the page's names stand for. Times may differ.
func (r *reader) compare(name string, page, got any) {
	r.t.Helper()
	switch p := page.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		require.True(r.t, ok, "%s is no object: %v", name, got)
		for member, value := range p {
			require.Contains(r.t, g, member, "%s of the page", name)
			r.compare(member, value, g[member])
		}
	case []any:
		g, ok := got.([]any)
		require.True(r.t, ok, "%s is no list: %v", name, got)
		for i, item := range p {
			require.Greater(r.t, len(g), i, "%s is longer on the page: %v", name, got)
			r.compare(name, item, g[i])
		}
	case string:
		g, ok := got.(string)
		require.True(r.t, ok, "%s is no string: %v", name, got)
		if _, known := r.names[p]; !known && minted.MatchString(name) {
			r.learn(name, p, g)
		}
		require.Equal(r.t, r.meant(p), g, name)
	case float64:
		require.IsType(r.t, p, got, name)
		if strings.HasSuffix(strings.ToLower(name), "seq") {
			require.InDelta(r.t, p, got, 0, name)
		}
	default:
		require.Equal(r.t, page, got, name)
	}
}

// learn notes what a name of the page stands for.
func (r *reader) learn(member, name, value string) {
	r.names[name] = value
	switch member {
	case "accessToken":
		r.token = value
	case "ticket":
		r.ticket = value
	}
}

// http tries the requests of a block, each with its answer after an empty line: the status, and the body where it has one.
func (r *reader) http(block string) {
	r.t.Helper()
	parts := strings.Split(strings.TrimSpace(block), "\n\n")
	require.Zero(r.t, len(parts)%2, "a request without an answer: %s", block)
	for ; len(parts) > 0; parts = parts[2:] {
		line, body, _ := strings.Cut(parts[0], "\n")
		method, path, ok := strings.Cut(line, " ")
		require.True(r.t, ok, line)
		ask := raw{method: method, path: strings.ReplaceAll(path, "s:1:2", r.names["s:1:2"]), token: r.token}
		if body != "" {
			made, err := json.Marshal(r.meant(decoded(r.t, []byte(body))))
			require.NoError(r.t, err)
			ask.body = made
		}
		status, shown, _ := strings.Cut(parts[1], "\n")
		got := ask.call(r.t, sys.APIURL())
		require.Equal(r.t, status, strconv.Itoa(got.status), "%s: %s", line, got.body)
		got.reason(r.t)
		if shown != "" {
			r.compare(line, decoded(r.t, []byte(shown)), decoded(r.t, got.body))
		}
	}
}

// frames sends the requests of a block, requires the answers that it shows, and reads its events.
func (r *reader) frames(block string) {
	r.t.Helper()
	if r.ws == nil {
		r.dial()
	}
	answers := map[string]rawFrame{}
	for line := range strings.Lines(block) {
		var f rawFrame
		require.NoError(r.t, json.Unmarshal([]byte(line), &f), line)
		if f.ID == nil {
			r.event(f)
			continue
		}
		answer, asked := answers[*f.ID]
		switch {
		case f.Type != "ok" && f.Type != "error":
			answers[*f.ID] = r.ask(f)
		case asked:
			require.Equal(r.t, f.reason(r.t), answer.reason(r.t), line)
			if f.Type == "ok" {
				r.compare(line, decoded(r.t, f.Data), decoded(r.t, answer.Data))
			}
		default: // the page shows a refusal without its request
			require.NotEmpty(r.t, f.reason(r.t), line)
		}
	}
}

// dial opens the WebSocket with the ticket that the page got, or, where it speaks of none, with a token.
func (r *reader) dial() {
	r.t.Helper()
	url, header := sys.WSURLs()[0], http.Header{"Authorization": {"Bearer " + r.me.Tokens().AccessToken}}
	if r.ticket != "" {
		url, header = url+"?ticket="+r.ticket, nil
	}
	dialer := websocket.Dialer{Subprotocols: []string{"im.v1.json"}, HandshakeTimeout: 30 * time.Second}
	ws, resp, err := dialer.DialContext(r.t.Context(), url, header)
	require.NoError(r.t, err)
	_ = resp.Body.Close()
	r.t.Cleanup(func() { _ = ws.Close() })
	r.ws = ws
}

// ask sends a request as it stands on the page but for its names, and waits for its answer.
func (r *reader) ask(f rawFrame) rawFrame {
	r.t.Helper()
	request := map[string]any{"id": f.ID, "type": f.Type}
	if f.Data != nil {
		request["data"] = r.meant(decoded(r.t, f.Data))
	}
	require.NoError(r.t, r.ws.WriteJSON(request))
	require.NoError(r.t, r.ws.SetReadDeadline(time.Now().Add(30*time.Second)))
	for {
		var answer rawFrame
		require.NoError(r.t, r.ws.ReadJSON(&answer), f.Type)
		if answer.ID != nil && *answer.ID == *f.ID {
			return answer
		}
	}
}

// reached is the data of the events read and delivered.
type reached struct {
	ConversationID string `json:"conversationId"`
	UserID         string `json:"userId"`
	Seq            int64  `json:"seq"`
}

// eventForms make what the data of an event is in Go.
var eventForms = map[string]func() any{
	"hello": func() any { return new(imclient.Hello) }, "message": func() any { return new(wire.Message) },
	"conversation": func() any { return new(wire.ConversationState) }, "presence": func() any { return new(imclient.Presence) },
	"read": func() any { return new(reached) }, "delivered": func() any { return new(reached) },
	"heads": func() any {
		return &struct {
			Items []struct {
				ConversationID string `json:"conversationId"`
				MaxSeq         int64  `json:"maxSeq"`
			} `json:"items"`
		}{}
	},
	"goaway": func() any {
		return &struct {
			ReconnectAfterMs int64 `json:"reconnectAfterMs"`
		}{}
	},
	"kicked": func() any {
		return &struct {
			Reason string `json:"reason"`
		}{}
	},
}

// event requires that an event of the page has the fields that its type has, all of them and no other.
func (r *reader) event(f rawFrame) {
	r.t.Helper()
	form, ok := eventForms[f.Type]
	require.True(r.t, ok, "no such event: %s", f.Type)
	into := form()
	decoder := json.NewDecoder(bytes.NewReader(f.Data))
	decoder.DisallowUnknownFields()
	require.NoError(r.t, decoder.Decode(into), "%s", f.Data)
	again, err := json.Marshal(into)
	require.NoError(r.t, err)
	require.JSONEq(r.t, string(again), string(f.Data))
}

// TestTheExamplesOfThePagesAreWhatTheSystemSays: whoever follows a page gets the answers that it shows.
func TestTheExamplesOfThePagesAreWhatTheSystemSays(t *testing.T) {
	t.Parallel()
	for page, entries := range map[string]int{"protocol.md": 6, "mobile.md": 0} {
		t.Run(page, func(t *testing.T) {
			t.Parallel()
			r := newReader(t, entries)
			for _, e := range examples(t, page) {
				if e.kind == "http" {
					r.http(e.text)
				} else {
					r.frames(e.text)
				}
			}
		})
	}
}
