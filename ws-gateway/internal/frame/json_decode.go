package frame

import (
	"encoding/json"

	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/jsonscan"
)

// jsonData is a JSON object inside the frame's own bytes; nil when it was absent.
type jsonData []byte

// Decode implements Codec.
func (jsonCodec) Decode(payload []byte, binary bool) (Request, error) {
	var req Request
	if binary {
		return req, malformed("im.v1.json has text frames only")
	}
	payload = jsonscan.Trim(payload)
	if !jsonscan.IsObject(payload) || !json.Valid(payload) {
		return req, malformed("the frame is not a JSON object")
	}
	var object jsonData
	var bad []errs.Field
	for key, value := range jsonscan.Members(payload) {
		ok := true
		switch string(key) {
		case "id":
			req.ID, ok = text(value)
		case "type":
			req.Type, ok = text(value)
		case "data":
			if object = nil; !jsonscan.IsNull(value) {
				object, ok = value, jsonscan.IsObject(value)
			}
		}
		if !ok {
			bad = append(bad, errs.Field{Field: string(key), Message: "has the wrong type"})
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
	d.each(object, func(key, value []byte) {
		switch string(key) {
		case "clientMsgId":
			m.ClientMsgId = d.text("clientMsgId", value)
		case "conversationId":
			m.ConversationId = d.text("conversationId", value)
		case "toUserId":
			m.ToUserId = d.id("toUserId", value)
		case "groupId":
			m.GroupId = d.id("groupId", value)
		case "type":
			m.Type = d.text("type", value)
		case "content":
			m.Content = d.object("content", value)
		case "replyToSeq":
			m.ReplyToSeq = d.integer("replyToSeq", value)
		case "mentions":
			m.Mentions = d.texts("mentions", value)
		case "expireAfterRead":
			m.ExpireAfterRead = d.integer("expireAfterRead", value)
		}
	})
	return m, d
}

func (object jsonData) read() (ReadRequest, decoder) {
	var req ReadRequest
	d := decoder{}
	d.each(object, func(key, value []byte) {
		switch string(key) {
		case "conversationId":
			req.ConversationID = d.text("conversationId", value)
		case "seq":
			req.Seq = d.integer("seq", value)
		}
	})
	return req, d
}

func (object jsonData) delivered() (ReadRequest, decoder) { return object.read() }

func (object jsonData) typing() (string, decoder) {
	var id string
	d := decoder{}
	d.each(object, func(key, value []byte) {
		if string(key) == "conversationId" {
			id = d.text("conversationId", value)
		}
	})
	return id, d
}

func (object jsonData) sync() (*chatpb.SyncRequest, decoder) {
	req := &chatpb.SyncRequest{}
	d := decoder{}
	d.each(object, func(key, value []byte) {
		switch string(key) {
		case "since":
			req.Since = d.text("since", value)
		case "limit":
			req.Limit = d.count("limit", value)
		case "conversations":
			d.objects("conversations", value, func(object []byte) {
				req.Conversations = append(req.Conversations, d.position(object))
			})
		}
	})
	return req, d
}

func (object jsonData) presence() ([]int64, decoder) {
	var ids []int64
	given := false
	d := decoder{}
	d.each(object, func(key, value []byte) {
		if string(key) == "userIds" {
			ids, given = d.ids("userIds", value), true
		}
	})
	if !given {
		d.fault("userIds", "is missing")
	}
	return ids, d
}

func (object jsonData) change() (Change, decoder) {
	var req Change
	d := decoder{}
	d.each(object, func(key, value []byte) {
		switch string(key) {
		case "conversationId":
			req.ConversationID = d.text("conversationId", value)
		case "seq":
			req.Seq = d.integer("seq", value)
		case "content":
			req.Content = d.object("content", value)
		case "mentions":
			req.Mentions = d.texts("mentions", value)
		case "emoji":
			req.Emoji = d.text("emoji", value)
		case "removed":
			req.Removed = d.truth("removed", value)
		}
	})
	return req, d
}

func (d *decoder) position(object []byte) *chatpb.ConversationPosition {
	p := &chatpb.ConversationPosition{}
	d.each(object, func(key, value []byte) {
		switch string(key) {
		case "conversationId":
			p.ConversationId = d.text("conversationId", value)
		case "afterSeq":
			p.AfterSeq = d.integer("afterSeq", value)
		case "limit":
			p.Limit = d.count("limit", value)
		}
	})
	return p
}
