package frame

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/reflect/protoreflect"

	"im-backend/common/proto/gen/wspb"
)

// frameTypes are the frames of im.v1.proto, by the field of the oneof, with their types in JSON where those differ.
var frameTypes = map[string]string{
	"send": TypeSend, "recall": TypeRecall, "edit": TypeEdit, "react": TypeReact, "read": TypeRead, "delivered": TypeDelivered,
	"typing": TypeTyping, "presence_subscribe": TypePresence,
}

// answers are the answers by the request; they are no types of JSON.
var answers = map[string]string{
	TypePing: "pinged", TypeSend: "sent", TypeRecall: "sent", TypeEdit: "sent", TypeReact: "sent", TypeRead: "was_read",
	TypeDelivered: "was_delivered", TypeTyping: "typing_taken", TypeSync: "synced", TypePresence: "presence_subscribed",
}

// typescript is the client library's file of frames.
type typescript struct{ text string }

var (
	member  = regexp.MustCompile(`(?m)^  (?:readonly )?"?([\w.]+)"?\??:`)
	request = regexp.MustCompile(`(?m)^  "?([\w.]+)"?: \{ data: (\w+); answer: (\w+) \};`)
	event   = regexp.MustCompile(`(?m)^  (\w+): (\w+);`)
)

// body is what stands between the braces of an interface; false for a type that is no interface of this file, as it is an
// alias of a schema.
func (ts typescript) body(name string) (string, bool) {
	found := regexp.MustCompile(`(?s)export interface ` + name + ` \{\n(.*?)\n\}`).FindStringSubmatch(ts.text)
	if found == nil {
		return "", false
	}
	return found[1], true
}

// matches requires that a type has the fields of a message and no other.
func (ts typescript) matches(t *testing.T, name string, message protoreflect.MessageDescriptor) {
	t.Helper()
	var want, got []string
	for i := range message.Fields().Len() {
		want = append(want, message.Fields().Get(i).JSONName())
	}
	if name == "Empty" {
		require.Empty(t, want, "%s", message.Name())
		return
	}
	body, ok := ts.body(name)
	if !ok {
		require.Regexp(t, `export type `+name+` = Schemas\[`, ts.text)
		return
	}
	for _, field := range member.FindAllStringSubmatch(body, -1) {
		got = append(got, field[1])
	}
	slices.Sort(want)
	slices.Sort(got)
	require.Equal(t, want, got, "%s and %s", name, message.Name())
}

// TestTheClientLibraryHasTheseFrames holds the frames of the client library against those that the gateway has: which there are,
// and the fields of each.
func TestTheClientLibraryHasTheseFrames(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../../api-gateway/web/sdk/src/frames.ts")
	require.NoError(t, err)
	ts := typescript{string(text)}
	client := (&wspb.ClientFrame{}).ProtoReflect().Descriptor().Oneofs().ByName("request").Fields()
	server := (&wspb.ServerFrame{}).ProtoReflect().Descriptor().Fields()

	requests, ok := ts.body("Requests")
	require.True(t, ok)
	rows := request.FindAllStringSubmatch(requests, -1)
	require.Len(t, rows, client.Len())
	data, answer := map[string]string{}, map[string]string{}
	for _, row := range rows {
		data[row[1]], answer[row[1]] = row[2], row[3]
	}
	for i := range client.Len() {
		f := client.Get(i)
		kind := jsonType(f)
		require.Contains(t, data, kind)
		ts.matches(t, data[kind], f.Message())
		ts.matches(t, answer[kind], server.ByName(protoreflect.Name(answers[kind])).Message())
	}

	events, ok := ts.body("Events")
	require.True(t, ok)
	named := event.FindAllStringSubmatch(events, -1)
	for _, row := range named {
		f := server.ByName(protoreflect.Name(row[1]))
		require.NotNil(t, f, "event %s", row[1])
		ts.matches(t, row[2], f.Message())
	}
	isAnswer := map[string]bool{"id": true, "error": true}
	for _, name := range answers {
		isAnswer[name] = true
	}
	require.Equal(t, server.Len(), len(named)+len(isAnswer), "an event is missing")
	ts.matches(t, "FrameError", server.ByName("error").Message())
}

func jsonType(f protoreflect.FieldDescriptor) string {
	if kind, ok := frameTypes[string(f.Name())]; ok {
		return kind
	}
	return string(f.Name())
}
