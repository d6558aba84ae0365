package frame

import (
	"encoding/json"
	"unicode/utf8"

	"google.golang.org/protobuf/proto"

	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/proto/gen/wspb"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/jsonscan"
)

// protoData is a decoded frame, whose request is the data.
type protoData struct{ frame *wspb.ClientFrame }

// Decode implements Codec.
func (protoCodec) Decode(payload []byte, binary bool) (Request, error) {
	if !binary {
		return Request{}, malformed("im.v1.proto has binary frames only")
	}
	in := &wspb.ClientFrame{}
	undecodable := proto.Unmarshal(payload, in) != nil
	if !goodID(in.GetId()) {
		if undecodable {
			return Request{}, malformed("the frame is not a ClientFrame")
		}
		return Request{}, errs.InvalidField("id", idRule)
	}
	req := Request{ID: in.GetId(), data: protoData{in}}
	switch in.GetRequest().(type) {
	case *wspb.ClientFrame_Ping:
		req.Type = TypePing
	case *wspb.ClientFrame_Send:
		req.Type = TypeSend
	case *wspb.ClientFrame_Recall:
		req.Type = TypeRecall
	case *wspb.ClientFrame_Edit:
		req.Type = TypeEdit
	case *wspb.ClientFrame_React:
		req.Type = TypeReact
	case *wspb.ClientFrame_Read:
		req.Type = TypeRead
	case *wspb.ClientFrame_Sync:
		req.Type = TypeSync
	case *wspb.ClientFrame_PresenceSubscribe:
		req.Type = TypePresence
	case *wspb.ClientFrame_Delivered:
		req.Type = TypeDelivered
	case *wspb.ClientFrame_Typing:
		req.Type = TypeTyping
	}
	switch {
	case undecodable:
		return req, malformed("the frame is not a ClientFrame")
	case req.Type == "" && len(in.ProtoReflect().GetUnknown()) == 0:
		return req, errs.InvalidField("type", "is missing")
	}
	return req, nil // what is unknown may be a request of a later version
}

func (p protoData) message() (*chatpb.Message, decoder) {
	in := p.frame.GetSend()
	d := decoder{}
	m := &chatpb.Message{
		ClientMsgId: in.GetClientMsgId(), ConversationId: in.GetConversationId(), ToUserId: in.GetToUserId(), GroupId: in.GetGroupId(),
		Type: in.GetType(), Content: jsonscan.Trim(in.GetContent()), ReplyToSeq: in.GetReplyToSeq(), Mentions: in.GetMentions(),
		ExpireAfterRead: in.GetExpireAfterRead(),
	}
	if m.GetToUserId() < 0 {
		d.fault("toUserId", "is not an id")
	}
	if m.GetGroupId() < 0 {
		d.fault("groupId", "is not an id")
	}
	d.content(m.GetContent())
	return m, d
}

// content checks what becomes part of JSON, of text frames too, as it is.
func (d *decoder) content(c []byte) {
	if len(c) > 0 && (!jsonscan.IsObject(c) || !json.Valid(c) || !utf8.Valid(c)) {
		d.fault("content", "must be an object")
	}
}

func (p protoData) change() (Change, decoder) {
	d := decoder{}
	switch in := p.frame.GetRequest().(type) {
	case *wspb.ClientFrame_Recall:
		return Change{ConversationID: in.Recall.GetConversationId(), Seq: in.Recall.GetSeq()}, d
	case *wspb.ClientFrame_Edit:
		content := jsonscan.Trim(in.Edit.GetContent())
		d.content(content)
		return Change{
			ConversationID: in.Edit.GetConversationId(), Seq: in.Edit.GetSeq(), Content: content, Mentions: in.Edit.GetMentions(),
		}, d
	case *wspb.ClientFrame_React:
		return Change{
			ConversationID: in.React.GetConversationId(), Seq: in.React.GetSeq(), Emoji: in.React.GetEmoji(), Removed: in.React.GetRemoved(),
		}, d
	}
	return Change{}, d
}

func (p protoData) read() (ReadRequest, decoder) {
	in := p.frame.GetRead()
	return ReadRequest{ConversationID: in.GetConversationId(), Seq: in.GetSeq()}, decoder{}
}

func (p protoData) delivered() (ReadRequest, decoder) {
	in := p.frame.GetDelivered()
	return ReadRequest{ConversationID: in.GetConversationId(), Seq: in.GetSeq()}, decoder{}
}

func (p protoData) typing() (string, decoder) {
	return p.frame.GetTyping().GetConversationId(), decoder{}
}

func (p protoData) sync() (*chatpb.SyncRequest, decoder) {
	in := p.frame.GetSync()
	req := &chatpb.SyncRequest{Since: in.GetSince(), Limit: in.GetLimit()}
	for _, c := range in.GetConversations() {
		req.Conversations = append(req.Conversations, &chatpb.ConversationPosition{
			ConversationId: c.GetConversationId(), AfterSeq: c.GetAfterSeq(), Limit: c.GetLimit(),
		})
	}
	return req, decoder{}
}

func (p protoData) presence() ([]int64, decoder) {
	d := decoder{}
	ids := p.frame.GetPresenceSubscribe().GetUserIds()
	for _, id := range ids {
		if id <= 0 {
			d.fault("userIds", "is not an id")
		}
	}
	return ids, d
}
