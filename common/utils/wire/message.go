// Package wire has the JSON forms of the public contract that HTTP and WebSocket share: messages, conversations and sync
// pages. Gateways write them, the Go client reads them.
package wire

import (
	"encoding/json"
	"strconv"

	"im-backend/common/proto/gen/logpb"
	"im-backend/common/utils/jsonscan"
)

// Message is one log entry as clients see it.
type Message struct {
	ConversationID string          `json:"conversationId"`
	Seq            int64           `json:"seq"`
	MessageID      string          `json:"messageId"`
	ClientMsgID    string          `json:"clientMsgId"`
	SenderID       string          `json:"senderId"` // "0": the system
	Type           string          `json:"type"`
	Content        json.RawMessage `json:"content"`
	ReplyToSeq     int64           `json:"replyToSeq,omitempty"`
	Mentions       []string        `json:"mentions,omitempty"`
	CreatedAt      int64           `json:"createdAt"`
	EditedAt       int64           `json:"editedAt,omitempty"`
	RecalledAt     int64           `json:"recalledAt,omitempty"`
	Reactions      []Reaction      `json:"reactions,omitempty"`   // in answers only
	ReactionSeq    int64           `json:"reactionSeq,omitempty"` // the last reaction that they take into account

	// ExpireAfterRead is how many seconds after another has read it the message is recalled; zero: never.
	ExpireAfterRead int64 `json:"expireAfterRead,omitempty"`
}

// Reaction is the reactions to a message with one emoji.
type Reaction struct {
	Emoji string `json:"emoji"`
	Count int64  `json:"count"`
	Mine  bool   `json:"mine"`
}

// AppendMessage appends the JSON of an entry, as json.Marshal would write its Message, without copying its content twice.
// It is the only encoder of entries: an entry is encoded once, however many connections get it.
func AppendMessage(dst []byte, e *logpb.Entry) []byte {
	dst = append(dst, `{"conversationId":`...)
	dst = jsonscan.AppendText(dst, e.GetConversationId())
	dst = append(dst, `,"seq":`...)
	dst = strconv.AppendInt(dst, e.GetSeq(), 10)
	dst = append(dst, `,"messageId":"`...)
	dst = strconv.AppendInt(dst, e.GetMessageId(), 10)
	dst = append(dst, `","clientMsgId":`...)
	dst = jsonscan.AppendText(dst, e.GetClientMsgId())
	dst = append(dst, `,"senderId":"`...)
	dst = strconv.AppendInt(dst, e.GetSenderId(), 10)
	dst = append(dst, `","type":`...)
	dst = jsonscan.AppendText(dst, e.GetType())
	dst = append(dst, `,"content":`...)
	dst = append(dst, e.GetContent()...)
	dst = appendNonZero(dst, `,"replyToSeq":`, e.GetReplyToSeq())
	for i, mention := range e.GetMentions() {
		if i == 0 {
			dst = append(dst, `,"mentions":[`...)
		} else {
			dst = append(dst, ',')
		}
		dst = jsonscan.AppendText(dst, mention)
	}
	if len(e.GetMentions()) > 0 {
		dst = append(dst, ']')
	}
	dst = append(dst, `,"createdAt":`...)
	dst = strconv.AppendInt(dst, e.GetCreatedAt(), 10)
	dst = appendNonZero(dst, `,"editedAt":`, e.GetEditedAt())
	dst = appendNonZero(dst, `,"recalledAt":`, e.GetRecalledAt())
	dst = appendReactions(dst, e.GetReactions())
	dst = appendNonZero(dst, `,"reactionSeq":`, e.GetReactionSeq())
	dst = appendNonZero(dst, `,"expireAfterRead":`, e.GetExpireAfterRead())
	return append(dst, '}')
}

func appendReactions(dst []byte, reactions []*logpb.Reaction) []byte {
	for i, r := range reactions {
		if i == 0 {
			dst = append(dst, `,"reactions":[`...)
		} else {
			dst = append(dst, ',')
		}
		dst = append(dst, `{"emoji":`...)
		dst = jsonscan.AppendText(dst, r.GetEmoji())
		dst = append(dst, `,"count":`...)
		dst = strconv.AppendInt(dst, r.GetCount(), 10)
		dst = append(dst, `,"mine":`...)
		dst = append(strconv.AppendBool(dst, r.GetMine()), '}')
	}
	if len(reactions) > 0 {
		dst = append(dst, ']')
	}
	return dst
}

// RawMessages is the JSON of several entries, for an answer that embeds them. It is never null.
func RawMessages(entries []*logpb.Entry) []json.RawMessage {
	raw := make([]json.RawMessage, 0, len(entries))
	for _, e := range entries {
		raw = append(raw, AppendMessage(nil, e))
	}
	return raw
}

func appendNonZero(dst []byte, key string, v int64) []byte {
	if v == 0 {
		return dst
	}
	return strconv.AppendInt(append(dst, key...), v, 10)
}
