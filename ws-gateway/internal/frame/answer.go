package frame

import (
	"encoding/json"
	"strconv"

	"im-backend/common/model"
	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/proto/gen/logpb"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/wire"
)

// appendOk starts an ok answer up to its data.
func appendOk(dst []byte, id string) []byte {
	dst = append(dst, `{"id":`...)
	dst = appendText(dst, id)
	return append(dst, `,"type":"ok","data":`...)
}

// Pinged answers a ping.
func Pinged(id string, now int64) []byte {
	buf := append(appendOk(open(96), id), `{"serverTime":`...)
	buf = strconv.AppendInt(buf, now, 10)
	return seal(append(buf, "}}"...))
}

// Sent answers a message.send: the message is stored.
func Sent(id string, r *chatpb.SendResponse) []byte {
	buf := append(appendOk(open(192), id), `{"messageId":"`...)
	buf = strconv.AppendInt(buf, r.GetMessageId(), 10)
	buf = append(buf, `","conversationId":`...)
	buf = appendText(buf, r.GetConversationId())
	buf = append(buf, `,"seq":`...)
	buf = strconv.AppendInt(buf, r.GetSeq(), 10)
	buf = append(buf, `,"serverTime":`...)
	buf = strconv.AppendInt(buf, r.GetServerTime(), 10)
	return seal(append(buf, "}}"...))
}

// WasRead answers a conversation.read with the position after it.
func WasRead(id string, readSeq int64) []byte {
	buf := append(appendOk(open(96), id), `{"readSeq":`...)
	buf = strconv.AppendInt(buf, readSeq, 10)
	return seal(append(buf, "}}"...))
}

// Synced answers a sync.
func Synced(id string, page *chatpb.SyncResponse) ([]byte, error) {
	data, err := json.Marshal(wire.NewSyncPage(page))
	if err != nil {
		return nil, errs.ErrInternal.Because(err)
	}
	buf := append(appendOk(open(len(data)+96), id), data...)
	return seal(append(buf, '}')), nil
}

// Failed answers a request with an error; the id is left out when it could not be read.
func Failed(id string, err error) []byte {
	e := errs.From(err)
	buf := append(open(192), '{')
	if id != "" {
		buf = append(buf, `"id":`...)
		buf = append(appendText(buf, id), ',')
	}
	buf = append(buf, `"type":"error","error":{"reason":`...)
	buf = appendText(buf, e.Reason)
	buf = append(buf, `,"message":`...)
	buf = appendText(buf, e.Message)
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
		buf = appendText(buf, f.Field)
		buf = append(buf, `,"message":`...)
		buf = append(appendText(buf, f.Message), '}')
	}
	if len(e.Fields) > 0 {
		buf = append(buf, ']')
	}
	return seal(append(buf, "}}"...))
}

// Welcome is what a hello says.
type Welcome struct {
	User         model.UserID
	Session      int64
	Device       string
	ConnectionID string
	HeartbeatMs  int64
	ServerTime   int64
}

// Hello is the first event of every connection.
func Hello(w Welcome) []byte {
	buf := append(open(256), `{"type":"hello","data":{"userId":"`...)
	buf = strconv.AppendInt(buf, int64(w.User), 10)
	buf = append(buf, `","sessionId":"`...)
	buf = strconv.AppendInt(buf, w.Session, 10)
	buf = append(buf, `","deviceId":`...)
	buf = appendText(buf, w.Device)
	buf = append(buf, `,"connectionId":`...)
	buf = appendText(buf, w.ConnectionID)
	buf = append(buf, `,"heartbeatMs":`...)
	buf = strconv.AppendInt(buf, w.HeartbeatMs, 10)
	buf = append(buf, `,"serverTime":`...)
	buf = strconv.AppendInt(buf, w.ServerTime, 10)
	return seal(append(buf, "}}"...))
}

// Message is the event of one log entry; it is encoded once, however many connections get it.
func Message(e *logpb.Entry) []byte {
	buf := append(open(320+len(e.GetContent())), `{"type":"message","data":`...)
	buf = wire.AppendMessage(buf, e)
	return seal(append(buf, '}'))
}

// Read is the event of a read position that moved.
func Read(conversation string, user model.UserID, seq int64) []byte {
	buf := append(open(160), `{"type":"read","data":{"conversationId":`...)
	buf = appendText(buf, conversation)
	buf = append(buf, `,"userId":"`...)
	buf = strconv.AppendInt(buf, int64(user), 10)
	buf = append(buf, `","seq":`...)
	buf = strconv.AppendInt(buf, seq, 10)
	return seal(append(buf, "}}"...))
}

// Kicked is the event before a close that ends a session.
func Kicked(reason string) []byte {
	buf := append(open(96), `{"type":"kicked","data":{"reason":`...)
	buf = appendText(buf, reason)
	return seal(append(buf, "}}"...))
}

// GoAway is the event before the gateway goes; reconnectAfterMs spreads the clients' return.
func GoAway(reconnectAfterMs int64) []byte {
	buf := append(open(96), `{"type":"goaway","data":{"reconnectAfterMs":`...)
	buf = strconv.AppendInt(buf, reconnectAfterMs, 10)
	return seal(append(buf, "}}"...))
}
