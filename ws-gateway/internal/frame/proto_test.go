package frame

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"im-backend/common/proto/gen/wspb"
	"im-backend/common/utils/errs"
)

var pb = Proto.Codec()

// requireTyped checks that an error is one that a client may see.
func requireTyped(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		require.ErrorIs(t, err, errs.ErrInvalidArgument)
	}
}

// requireDataIsTyped reads the data of a request as each of the types.
func requireDataIsTyped(t *testing.T, req Request) {
	t.Helper()
	_, err := req.Send(1)
	requireTyped(t, err)
	_, err = req.Read()
	requireTyped(t, err)
	_, err = req.Sync()
	requireTyped(t, err)
	_, err = req.Change()
	requireTyped(t, err)
}

func marshalled(t testing.TB, m proto.Message) []byte {
	t.Helper()
	b, err := proto.Marshal(m)
	require.NoError(t, err)
	return b
}

func ping(id string) *wspb.ClientFrame {
	return &wspb.ClientFrame{Id: id, Request: &wspb.ClientFrame_Ping{Ping: &wspb.PingRequest{}}}
}

// unknownRequest is a request of a later version.
func unknownRequest(id string) []byte {
	b := protowire.AppendString(protowire.AppendTag(nil, 1, protowire.BytesType), id)
	return protowire.AppendString(protowire.AppendTag(b, 500, protowire.BytesType), "data")
}

func TestProtoRequestsThatAreMalformed(t *testing.T) {
	t.Parallel()
	good := marshalled(t, ping("1"))
	for name, tc := range map[string]struct {
		payload []byte
		id      string
		field   string
	}{
		"nothing":             {nil, "", "id"},
		"noise":               {[]byte("\xff\xff\xff"), "", ""},
		"JSON":                {[]byte(`{"id":"1","type":"ping"}`), "", ""},
		"no id":               {marshalled(t, ping("")), "", "id"},
		"too long an id":      {marshalled(t, ping(strings.Repeat("é", 65))), "", "id"},
		"an id that is noise": {[]byte("\x0a\x01\xff\x12\x00"), "", ""},
		"no request":          {marshalled(t, &wspb.ClientFrame{Id: "n"}), "n", "type"},
		"cut off":             {append(slices.Clone(good), 0x1a, 5), "1", ""},
		"text that is noise":  {append(slices.Clone(good), 0x1a, 3, 0x0a, 1, 0xff), "1", ""},
	} {
		req, err := pb.Decode(tc.payload, true)
		require.ErrorIs(t, err, errs.ErrInvalidArgument, name)
		require.Equal(t, tc.id, req.ID, name)
		var e *errs.Error
		require.ErrorAs(t, err, &e, name)
		if tc.field == "" {
			require.Empty(t, e.Fields, name)
		} else {
			require.Equal(t, tc.field, e.Fields[0].Field, name)
		}
	}
	_, err := pb.Decode(good, false)
	require.ErrorIs(t, err, errs.ErrInvalidArgument)
	_, err = js.Decode([]byte(`{"id":"1","type":"ping"}`), true)
	require.ErrorIs(t, err, errs.ErrInvalidArgument)
}

func TestProtoIDsOfAllLengths(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"x", strings.Repeat("é", 64)} {
		req, err := pb.Decode(marshalled(t, ping(id)), true)
		require.NoError(t, err)
		require.Equal(t, id, req.ID)
		require.Equal(t, TypePing, req.Type)
	}
}

func TestAProtoRequestOfALaterVersionIsNotMalformed(t *testing.T) {
	t.Parallel()
	req, err := pb.Decode(unknownRequest("7"), true)
	require.NoError(t, err)
	require.Equal(t, "7", req.ID)
	require.Empty(t, req.Type)
	requireDataIsTyped(t, req)
}

func TestProtoDataFaults(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]*wspb.SendRequest{
		"toUserId":       {ToUserId: -1},
		"groupId":        {GroupId: -1},
		"conversationId": {ToUserId: 1, GroupId: 1},
		"content":        {ToUserId: 1, Content: []byte(`"text"`)},
	} {
		req, err := pb.Decode(marshalled(t, &wspb.ClientFrame{Id: "1", Request: &wspb.ClientFrame_Send{Send: in}}), true)
		require.NoError(t, err, name)
		_, err = req.Send(9)
		var e *errs.Error
		require.ErrorAs(t, err, &e, name)
		require.Equal(t, name, e.Fields[0].Field)
	}
	for _, content := range []string{`{`, `[]`, `{}x`, "{\"a\":\"\xff\"}"} {
		req := Request{data: protoData{&wspb.ClientFrame{Request: &wspb.ClientFrame_Send{
			Send: &wspb.SendRequest{ToUserId: 1, Content: []byte(content)},
		}}}}
		_, err := req.Send(9)
		require.ErrorIs(t, err, errs.ErrInvalidArgument, "%q would become part of a text frame", content)
	}
}

func TestNotEveryFaultIsNamed(t *testing.T) {
	t.Parallel()
	in := &wspb.SyncRequest{}
	for range 1000 {
		in.Conversations = append(in.Conversations, &wspb.Position{})
	}
	req := Request{data: protoData{&wspb.ClientFrame{Request: &wspb.ClientFrame_Sync{Sync: in}}}}
	_, err := req.Sync()
	var e *errs.Error
	require.ErrorAs(t, err, &e)
	require.Len(t, e.Fields, maxFaults)
}

func TestAnErrorWhoseMessageIsNoTextIsStillSaid(t *testing.T) {
	t.Parallel()
	f := pb.Failed("1", errs.ErrInvalidArgument.Saying("bad \xff"))
	out := &wspb.ServerFrame{}
	require.NoError(t, proto.Unmarshal(payload(t, f), out))
	require.Equal(t, "bad \uFFFD", out.GetError().GetMessage())
}

// FuzzDecodeProto checks that whatever comes in is taken or refused with a typed error, and that what is taken says the same
// when it is encoded again.
func FuzzDecodeProto(f *testing.F) {
	f.Add(marshalled(f, ping("1")))
	f.Add(unknownRequest("1"))
	f.Add(marshalled(f, &wspb.ClientFrame{Id: "1", Request: &wspb.ClientFrame_Send{
		Send: &wspb.SendRequest{ToUserId: 2, Content: []byte(`{"a":1}`), Mentions: []string{"all"}},
	}}))
	f.Add(marshalled(f, &wspb.ClientFrame{Id: "1", Request: &wspb.ClientFrame_Read{Read: &wspb.ReadRequest{Seq: -1}}}))
	f.Add(marshalled(f, &wspb.ClientFrame{Id: "1", Request: &wspb.ClientFrame_Sync{
		Sync: &wspb.SyncRequest{Conversations: []*wspb.Position{{ConversationId: "g:1"}}},
	}}))
	f.Add([]byte("\x0a\x01\xff"))
	f.Fuzz(func(t *testing.T, in []byte) {
		req, err := pb.Decode(in, true)
		requireTyped(t, err)
		if err != nil {
			require.True(t, req.ID == "" || goodID(req.ID))
			return
		}
		requireDataIsTyped(t, req)
		data, ok := req.data.(protoData)
		require.True(t, ok)
		again, err := pb.Decode(marshalled(t, data.frame), true)
		require.NoError(t, err)
		require.Equal(t, req.ID, again.ID)
		require.Equal(t, req.Type, again.Type)
		first, err := req.Send(1)
		second, errAgain := again.Send(1)
		require.True(t, errors.Is(err, errAgain) || (err != nil && errAgain != nil))
		require.Equal(t, first.Conversation, second.Conversation)
		require.True(t, proto.Equal(first.Message, second.Message))
	})
}
