package frame

import (
	"encoding/json"

	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/utils/errs"
)

// jsonData is a JSON object inside the frame's own bytes; nil when it was absent.
type jsonData []byte

// Decode implements Codec.
func (jsonCodec) Decode(payload []byte, binary bool) (Request, error) {
	var req Request
	if binary {
		return req, malformed("im.v1.json has text frames only")
	}
	payload = trim(payload)
	if !isObject(payload) || !json.Valid(payload) {
		return req, malformed("the frame is not a JSON object")
	}
	var object jsonData
	var bad []errs.Field
	for key, value := range members(payload) {
		ok := true
		switch key {
		case "id":
			req.ID, ok = text(value)
		case "type":
			req.Type, ok = text(value)
		case "data":
			if object = nil; !isNull(value) {
				object, ok = value, isObject(value)
			}
		}
		if !ok {
			bad = append(bad, errs.Field{Field: key, Message: "has the wrong type"})
		}
	}
	req.data = object
	if !goodID(req.ID) {
		if req.ID != "" || len(bad) == 0 {
			bad = append(bad, errs.Field{Field: "id", Message: idRule})
		}
		req.ID = "" // nothing of that kind is sent back
	}
	if req.Type == "" && len(bad) == 0 {
		bad = append(bad, errs.Field{Field: "type", Message: "is missing"})
	}
	if len(bad) > 0 {
		return req, errs.InvalidFields(bad...)
	}
	return req, nil
}

func (object jsonData) message() (*chatpb.Message, decoder) {
	m := &chatpb.Message{}
	d := decoder{}
	d.each(object, func(key string, value []byte) {
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
	return m, d
}

func (object jsonData) read() (ReadRequest, decoder) {
	var req ReadRequest
	d := decoder{}
	d.each(object, func(key string, value []byte) {
		switch key {
		case "conversationId":
			req.ConversationID = d.text(key, value)
		case "seq":
			req.Seq = d.integer(key, value)
		}
	})
	return req, d
}

func (object jsonData) sync() (*chatpb.SyncRequest, decoder) {
	req := &chatpb.SyncRequest{}
	d := decoder{}
	d.each(object, func(key string, value []byte) {
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
	return req, d
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
	return p
}
