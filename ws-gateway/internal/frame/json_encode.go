package frame

import (
	"encoding/json"
	"strconv"

	"im-backend/common/model"
	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/proto/gen/logpb"
	"im-backend/common/proto/gen/wsgatewaypb"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/jsonscan"
	"im-backend/common/utils/wire"
)

// jsonCodec is im.v1.json: every frame is one JSON object in a text frame.
type jsonCodec struct{}

// appendOk starts an ok answer up to its data.
func appendOk(dst []byte, id string) []byte {
	dst = append(dst, `{"id":`...)
	dst = jsonscan.AppendText(dst, id)
	return append(dst, `,"type":"ok","data":`...)
}

// Pinged implements Codec.
func (jsonCodec) Pinged(id string, now int64) []byte {
	buf := append(appendOk(open(96), id), `{"serverTime":`...)
	buf = strconv.AppendInt(buf, now, 10)
	return seal(finText, append(buf, "}}"...))
}

// Sent implements Codec.
func (jsonCodec) Sent(id string, r *chatpb.SendResponse) []byte {
	buf := append(appendOk(open(192), id), `{"messageId":"`...)
	buf = strconv.AppendInt(buf, r.GetMessageId(), 10)
	buf = append(buf, `","conversationId":`...)
	buf = jsonscan.AppendText(buf, r.GetConversationId())
	buf = append(buf, `,"seq":`...)
	buf = strconv.AppendInt(buf, r.GetSeq(), 10)
	buf = append(buf, `,"serverTime":`...)
	buf = strconv.AppendInt(buf, r.GetServerTime(), 10)
	return seal(finText, append(buf, "}}"...))
}

// WasRead implements Codec.
func (jsonCodec) WasRead(id string, readSeq int64) []byte {
	buf := append(appendOk(open(96), id), `{"readSeq":`...)
	buf = strconv.AppendInt(buf, readSeq, 10)
	return seal(finText, append(buf, "}}"...))
}

// WasDelivered implements Codec.
func (jsonCodec) WasDelivered(id string, deliveredSeq int64) []byte {
	buf := append(appendOk(open(96), id), `{"deliveredSeq":`...)
	buf = strconv.AppendInt(buf, deliveredSeq, 10)
	return seal(finText, append(buf, "}}"...))
}

// TypingTaken implements Codec.
func (jsonCodec) TypingTaken(id string) []byte {
	return seal(finText, append(appendOk(open(64), id), "{}}"...))
}

// Synced implements Codec.
func (jsonCodec) Synced(id string, page *chatpb.SyncResponse) ([]byte, error) {
	data, err := json.Marshal(wire.NewSyncPage(page))
	if err != nil {
		return nil, errs.ErrInternal.Because(err)
	}
	buf := append(appendOk(open(len(data)+96), id), data...)
	return seal(finText, append(buf, '}')), nil
}

// Failed implements Codec.
func (jsonCodec) Failed(id string, err error) []byte {
	e := errs.From(err)
	buf := append(open(192), '{')
	if id != "" {
		buf = append(buf, `"id":`...)
		buf = append(jsonscan.AppendText(buf, id), ',')
	}
	buf = append(buf, `"type":"error","error":{"reason":`...)
	buf = jsonscan.AppendText(buf, e.Reason)
	buf = append(buf, `,"message":`...)
	buf = jsonscan.AppendText(buf, e.Message)
	buf = append(buf, `,"retryable":`...)
	buf = strconv.AppendBool(buf, errs.Retryable(e))
	buf = append(buf, `,"retryAfterMs":`...)
	buf = strconv.AppendInt(buf, e.RetryAfter.Milliseconds(), 10)
	for i, f := range e.Fields {
		if i == 0 {
			buf = append(buf, `,"fields":[`...)
		} else {
			buf = append(buf, ',')
		}
		buf = append(buf, `{"field":`...)
		buf = jsonscan.AppendText(buf, f.Field)
		buf = append(buf, `,"message":`...)
		buf = append(jsonscan.AppendText(buf, f.Message), '}')
	}
	if len(e.Fields) > 0 {
		buf = append(buf, ']')
	}
	return seal(finText, append(buf, "}}"...))
}

// Hello implements Codec.
func (jsonCodec) Hello(w Welcome) []byte {
	buf := append(open(256), `{"type":"hello","data":{"userId":"`...)
	buf = strconv.AppendInt(buf, int64(w.User), 10)
	buf = append(buf, `","sessionId":"`...)
	buf = strconv.AppendInt(buf, w.Session, 10)
	buf = append(buf, `","deviceId":`...)
	buf = jsonscan.AppendText(buf, w.Device)
	buf = append(buf, `,"connectionId":`...)
	buf = jsonscan.AppendText(buf, w.ConnectionID)
	buf = append(buf, `,"heartbeatMs":`...)
	buf = strconv.AppendInt(buf, w.HeartbeatMs, 10)
	buf = append(buf, `,"serverTime":`...)
	buf = strconv.AppendInt(buf, w.ServerTime, 10)
	return seal(finText, append(buf, "}}"...))
}

// Message implements Codec.
func (jsonCodec) Message(e *logpb.Entry) []byte {
	buf := append(open(320+len(e.GetContent())), `{"type":"message","data":`...)
	buf = wire.AppendMessage(buf, e)
	return seal(finText, append(buf, '}'))
}

// Read implements Codec.
func (jsonCodec) Read(conversation string, user model.UserID, seq int64) []byte {
	return moved("read", conversation, user, seq)
}

// Delivered implements Codec.
func (jsonCodec) Delivered(conversation string, user model.UserID, seq int64) []byte {
	return moved("delivered", conversation, user, seq)
}

// Typing implements Codec.
func (jsonCodec) Typing(conversation string, user model.UserID) []byte {
	buf := append(open(160), `{"type":"typing","data":{"conversationId":`...)
	buf = jsonscan.AppendText(buf, conversation)
	buf = append(buf, `,"userId":"`...)
	buf = strconv.AppendInt(buf, int64(user), 10)
	return seal(finText, append(buf, `"}}`...))
}

// Conversation implements Codec.
func (jsonCodec) Conversation(s *wsgatewaypb.ConversationEvent) []byte {
	data, err := json.Marshal(wire.NewConversationState(s))
	if err != nil {
		return nil // nothing in it can fail
	}
	buf := append(open(len(data)+64), `{"type":"conversation","data":`...)
	return seal(finText, append(append(buf, data...), '}'))
}

func moved(event, conversation string, user model.UserID, seq int64) []byte {
	buf := append(open(160), `{"type":"`...)
	buf = append(append(buf, event...), `","data":{"conversationId":`...)
	buf = jsonscan.AppendText(buf, conversation)
	buf = append(buf, `,"userId":"`...)
	buf = strconv.AppendInt(buf, int64(user), 10)
	buf = append(buf, `","seq":`...)
	buf = strconv.AppendInt(buf, seq, 10)
	return seal(finText, append(buf, "}}"...))
}

// Heads implements Codec.
func (jsonCodec) Heads(items []Head) []byte {
	buf := append(open(64+96*len(items)), `{"type":"heads","data":{"items":[`...)
	for i, h := range items {
		if i > 0 {
			buf = append(buf, ',')
		}
		buf = append(buf, `{"conversationId":`...)
		buf = jsonscan.AppendText(buf, h.ConversationID)
		buf = append(buf, `,"maxSeq":`...)
		buf = append(strconv.AppendInt(buf, h.MaxSeq, 10), '}')
	}
	return seal(finText, append(buf, "]}}"...))
}

// Followed implements Codec.
func (jsonCodec) Followed(id string, items []Presence) []byte {
	buf := append(appendOk(open(128+128*len(items)), id), `{"items":[`...)
	for i, p := range items {
		if i > 0 {
			buf = append(buf, ',')
		}
		buf = appendPresence(buf, p)
	}
	return seal(finText, append(buf, "]}}"...))
}

// Presence implements Codec.
func (jsonCodec) Presence(p Presence) []byte {
	buf := append(open(192), `{"type":"presence","data":`...)
	return seal(finText, append(appendPresence(buf, p), '}'))
}

func appendPresence(buf []byte, p Presence) []byte {
	buf = append(buf, `{"userId":"`...)
	buf = strconv.AppendInt(buf, int64(p.User), 10)
	buf = append(buf, `","online":`...)
	buf = strconv.AppendBool(buf, len(p.Platforms) > 0)
	buf = append(buf, `,"platforms":[`...)
	for i, platform := range p.Platforms {
		if i > 0 {
			buf = append(buf, ',')
		}
		buf = jsonscan.AppendText(buf, platform)
	}
	buf = append(buf, ']')
	if p.LastSeenAt > 0 {
		buf = append(buf, `,"lastSeenAt":`...)
		buf = strconv.AppendInt(buf, p.LastSeenAt, 10)
	}
	return append(buf, '}')
}

// Kicked implements Codec.
func (jsonCodec) Kicked(reason string) []byte {
	buf := append(open(96), `{"type":"kicked","data":{"reason":`...)
	buf = jsonscan.AppendText(buf, reason)
	return seal(finText, append(buf, "}}"...))
}

// GoAway implements Codec.
func (jsonCodec) GoAway(reconnectAfterMs int64) []byte {
	buf := append(open(96), `{"type":"goaway","data":{"reconnectAfterMs":`...)
	buf = strconv.AppendInt(buf, reconnectAfterMs, 10)
	return seal(finText, append(buf, "}}"...))
}
