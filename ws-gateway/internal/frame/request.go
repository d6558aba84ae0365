package frame

import (
	"encoding/json"
	"unicode/utf8"

	"im-backend/common/model"
	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/utils/errs"
)

// The requests that this gateway serves.
const (
	TypePing = "ping"
	TypeSend = "message.send"
	TypeRead = "conversation.read"
	TypeSync = "sync"
)

const maxID = 64 // characters of a request id

// Request is what every request frame has. Data is a JSON object inside the frame's own bytes; nil when it was absent.
type Request struct {
	ID   string
	Type string
	Data []byte
}

// Decode reads a request. When it fails the id is still there if it could be read. The error is INVALID_ARGUMENT and means
// that the frame is malformed.
func Decode(payload []byte) (Request, error) {
	var req Request
	payload = trim(payload)
	if !isObject(payload) || !json.Valid(payload) {
		return req, errs.ErrInvalidArgument.Saying("the frame is not a JSON object")
	}
	var bad []errs.Field
	for key, value := range members(payload) {
		ok := true
		switch key {
		case "id":
			req.ID, ok = text(value)
		case "type":
			req.Type, ok = text(value)
		case "data":
			if req.Data = nil; !isNull(value) {
				req.Data, ok = value, isObject(value)
			}
		}
		if !ok {
			bad = append(bad, errs.Field{Field: key, Message: "has the wrong type"})
		}
	}
	if n := utf8.RuneCountInString(req.ID); n > maxID {
		req.ID = "" // nothing of that size is sent back
		bad = append(bad, errs.Field{Field: "id", Message: "must have 1 to 64 characters"})
	} else if n == 0 && len(bad) == 0 {
		bad = append(bad, errs.Field{Field: "id", Message: "must have 1 to 64 characters"})
	}
	if req.Type == "" && len(bad) == 0 {
		bad = append(bad, errs.Field{Field: "type", Message: "is missing"})
	}
	if len(bad) > 0 {
		return req, errs.InvalidFields(bad...)
	}
	return req, nil
}

// ReadRequest is the data of a conversation.read.
type ReadRequest struct {
	ConversationID string
	Seq            int64
}

// DecodeRead reads the data of a conversation.read. Errors: INVALID_ARGUMENT.
func DecodeRead(data []byte) (ReadRequest, error) {
	var req ReadRequest
	d := decoder{}
	d.each(data, func(key string, value []byte) {
		switch key {
		case "conversationId":
			req.ConversationID = d.text(key, value)
		case "seq":
			req.Seq = d.integer(key, value)
		}
	})
	if req.ConversationID == "" {
		d.fault("conversationId", "is missing")
	}
	if req.Seq < 0 {
		d.fault("seq", "must not be negative")
	}
	return req, d.err()
}

// DecodeSync reads the data of a sync into a request without its user. Errors: INVALID_ARGUMENT.
func DecodeSync(data []byte) (*chatpb.SyncRequest, error) {
	req := &chatpb.SyncRequest{}
	d := decoder{}
	d.each(data, func(key string, value []byte) {
		switch key {
		case "since":
			req.Since = d.text(key, value)
		case "limit":
			req.Limit = d.count(key, value)
		case "conversations":
			d.objects(key, value, func(object []byte) {
				req.Conversations = append(req.Conversations, d.position(object))
			})
		}
	})
	return req, d.err()
}

func (d *decoder) position(object []byte) *chatpb.ConversationPosition {
	p := &chatpb.ConversationPosition{}
	d.each(object, func(key string, value []byte) {
		switch key {
		case "conversationId":
			p.ConversationId = d.text(key, value)
		case "afterSeq":
			p.AfterSeq = d.integer(key, value)
		case "limit":
			p.Limit = d.count(key, value)
		}
	})
	if p.GetConversationId() == "" {
		d.fault("conversations.conversationId", "is missing")
	}
	return p
}

// SendRequest is the data of a message.send. Conversation is the log that it goes to, as the address says.
type SendRequest struct {
	Message      *chatpb.Message
	Conversation string
}

// DecodeSend reads the data of a message.send of a user. What the message may hold is chat-service's business; here it has to
// have the right types and one address. The content is a copy of the client's own bytes. Errors: INVALID_ARGUMENT.
func DecodeSend(me model.UserID, data []byte) (SendRequest, error) {
	m := &chatpb.Message{}
	d := decoder{}
	d.each(data, func(key string, value []byte) {
		switch key {
		case "clientMsgId":
			m.ClientMsgId = d.text(key, value)
		case "conversationId":
			m.ConversationId = d.text(key, value)
		case "toUserId":
			m.ToUserId = d.id(key, value)
		case "groupId":
			m.GroupId = d.id(key, value)
		case "type":
			m.Type = d.text(key, value)
		case "content":
			m.Content = d.object(key, value)
		case "replyToSeq":
			m.ReplyToSeq = d.integer(key, value)
		case "mentions":
			m.Mentions = d.texts(key, value)
		}
	})
	req := SendRequest{Message: m}
	addresses := 0
	if m.GetConversationId() != "" {
		addresses++
		req.Conversation = m.GetConversationId()
	}
	if m.GetToUserId() != 0 {
		addresses++
		req.Conversation = string(model.SingleID(me, model.UserID(m.GetToUserId())))
	}
	if m.GetGroupId() != 0 {
		addresses++
		req.Conversation = string(model.GroupConversationID(model.GroupID(m.GetGroupId())))
	}
	if addresses != 1 && len(d.faults) == 0 {
		d.fault("conversationId", "exactly one of conversationId, toUserId and groupId is needed")
	}
	return req, d.err()
}
