// Package transcode turns requests of im.v1.json into those of im.v1.proto, and its answers and events into JSON, so that a
// client needs to know one form only. It is for clients; the gateway never makes one form of the other.
package transcode

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"google.golang.org/protobuf/proto"

	"im-backend/common/proto/gen/wspb"
)

// ErrUnknown says that this version knows no such request or frame.
var ErrUnknown = errors.New("unknown frame")

// id is a decimal string in JSON.
type id int64

// UnmarshalText implements encoding.TextUnmarshaler.
func (i *id) UnmarshalText(text []byte) error {
	n, err := strconv.ParseInt(string(text), 10, 64)
	if *i = id(n); err != nil {
		return fmt.Errorf("parse id: %w", err)
	}
	return nil
}

// send is the data of a message.send.
type send struct {
	ClientMsgID    string          `json:"clientMsgId"`
	ConversationID string          `json:"conversationId"`
	ToUserID       id              `json:"toUserId"`
	GroupID        id              `json:"groupId"`
	Type           string          `json:"type"`
	Content        json.RawMessage `json:"content"`
	ReplyToSeq     int64           `json:"replyToSeq"`
	Mentions       []string        `json:"mentions"`

	ExpireAfterRead int64 `json:"expireAfterRead"`
}

type read struct {
	ConversationID string `json:"conversationId"`
	Seq            int64  `json:"seq"`
}

// change is the data of a message.recall, message.edit or message.react.
type change struct {
	ConversationID string          `json:"conversationId"`
	Seq            int64           `json:"seq"`
	Content        json.RawMessage `json:"content"`
	Mentions       []string        `json:"mentions"`
	Emoji          string          `json:"emoji"`
	Removed        bool            `json:"removed"`
}

type sync struct {
	Since         string `json:"since"`
	Limit         int32  `json:"limit"`
	Conversations []struct {
		ConversationID string `json:"conversationId"`
		AfterSeq       int64  `json:"afterSeq"`
		Limit          int32  `json:"limit"`
	} `json:"conversations"`
}

type presenceSubscribe struct {
	UserIDs []id `json:"userIds"`
}

// Request is the payload of a ClientFrame that asks what a request in JSON asks. Errors: ErrUnknown for a type that this version
// does not know; what JSON has in the wrong type cannot be said either.
func Request(text []byte) ([]byte, error) {
	var in struct {
		ID   string          `json:"id"`
		Type string          `json:"type"`
		Data json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(text, &in); err != nil {
		return nil, fmt.Errorf("decode request: %w", err)
	}
	if len(in.Data) == 0 {
		in.Data = json.RawMessage("{}")
	}
	out := &wspb.ClientFrame{Id: in.ID}
	if err := fill(out, in.Type, in.Data); err != nil {
		return nil, fmt.Errorf("decode %s: %w", in.Type, err)
	}
	payload, err := proto.Marshal(out)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", in.Type, err)
	}
	return payload, nil
}

func fill(out *wspb.ClientFrame, kind string, data []byte) error {
	switch kind {
	case "ping":
		out.Request = &wspb.ClientFrame_Ping{Ping: &wspb.PingRequest{}}
		return nil
	case "message.send":
		var in send
		err := json.Unmarshal(data, &in)
		out.Request = &wspb.ClientFrame_Send{Send: &wspb.SendRequest{
			ClientMsgId: in.ClientMsgID, ConversationId: in.ConversationID, ToUserId: int64(in.ToUserID), GroupId: int64(in.GroupID),
			Type: in.Type, Content: in.Content, ReplyToSeq: in.ReplyToSeq, Mentions: in.Mentions,
			ExpireAfterRead: in.ExpireAfterRead,
		}}
		return err //nolint:wrapcheck // the caller does
	case "message.recall", "message.edit", "message.react":
		return fillChange(out, kind, data)
	case "conversation.read":
		var in read
		err := json.Unmarshal(data, &in)
		out.Request = &wspb.ClientFrame_Read{Read: &wspb.ReadRequest{ConversationId: in.ConversationID, Seq: in.Seq}}
		return err //nolint:wrapcheck // the caller does
	case "conversation.delivered":
		var in read
		err := json.Unmarshal(data, &in)
		out.Request = &wspb.ClientFrame_Delivered{Delivered: &wspb.DeliveredRequest{ConversationId: in.ConversationID, Seq: in.Seq}}
		return err //nolint:wrapcheck // the caller does
	case "conversation.typing":
		var in read
		err := json.Unmarshal(data, &in)
		out.Request = &wspb.ClientFrame_Typing{Typing: &wspb.TypingRequest{ConversationId: in.ConversationID}}
		return err //nolint:wrapcheck // the caller does
	case "sync":
		var in sync
		err := json.Unmarshal(data, &in)
		ask := &wspb.SyncRequest{Since: in.Since, Limit: in.Limit}
		for _, c := range in.Conversations {
			ask.Conversations = append(ask.Conversations, &wspb.Position{
				ConversationId: c.ConversationID, AfterSeq: c.AfterSeq, Limit: c.Limit,
			})
		}
		out.Request = &wspb.ClientFrame_Sync{Sync: ask}
		return err //nolint:wrapcheck // the caller does
	case "presence.subscribe":
		var in presenceSubscribe
		err := json.Unmarshal(data, &in)
		ask := &wspb.PresenceRequest{}
		for _, user := range in.UserIDs {
			ask.UserIds = append(ask.UserIds, int64(user))
		}
		out.Request = &wspb.ClientFrame_PresenceSubscribe{PresenceSubscribe: ask}
		return err //nolint:wrapcheck // the caller does
	}
	return ErrUnknown
}

func fillChange(out *wspb.ClientFrame, kind string, data []byte) error {
	var in change
	err := json.Unmarshal(data, &in)
	switch kind {
	case "message.recall":
		out.Request = &wspb.ClientFrame_Recall{Recall: &wspb.RecallRequest{ConversationId: in.ConversationID, Seq: in.Seq}}
	case "message.edit":
		out.Request = &wspb.ClientFrame_Edit{Edit: &wspb.EditRequest{
			ConversationId: in.ConversationID, Seq: in.Seq, Content: in.Content, Mentions: in.Mentions,
		}}
	default:
		out.Request = &wspb.ClientFrame_React{React: &wspb.ReactRequest{
			ConversationId: in.ConversationID, Seq: in.Seq, Emoji: in.Emoji, Removed: in.Removed,
		}}
	}
	return err //nolint:wrapcheck // the caller does
}
