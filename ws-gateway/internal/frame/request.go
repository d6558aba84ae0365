package frame

import (
	"strconv"
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

	TypeRecall = "message.recall"
	TypeEdit   = "message.edit"
	TypeReact  = "message.react"

	TypePresence  = "presence.subscribe"
	TypeDelivered = "conversation.delivered"
	TypeTyping    = "conversation.typing"
)

const (
	maxID  = 64 // characters of a request id
	idRule = "must have 1 to 64 characters"

	maxFollowed = 500 // users of a presence.subscribe
)

// Request is a request in whatever format it came. Its data is decoded by the method that fits its type.
type Request struct {
	ID   string
	Type string // empty: none that this version knows
	data data
}

// data is what a request has besides its id and type, as one format has it. Each method answers with the faults that it found.
type data interface {
	message() (*chatpb.Message, decoder)
	read() (ReadRequest, decoder)
	sync() (*chatpb.SyncRequest, decoder)
	presence() ([]int64, decoder)
	change() (Change, decoder)
	delivered() (ReadRequest, decoder)
	typing() (string, decoder)
}

// Change is the data of a request that changes a message; each type has its own fields beside the place.
type Change struct {
	ConversationID string
	Seq            int64
	Content        []byte // edit: a JSON object
	Mentions       []string
	Emoji          string // react
	Removed        bool
}

// ReadRequest is the data of a conversation.read, and of a conversation.delivered.
type ReadRequest struct {
	ConversationID string
	Seq            int64
}

// SendRequest is the data of a message.send. Conversation is the log that it goes to, as the address says.
type SendRequest struct {
	Message      *chatpb.Message
	Conversation string
}

// Send reads the data of a message.send of a user. What the message may hold is chat-service's business; here it has to have the
// right types and one address. The content is a copy of the client's own bytes. Errors: INVALID_ARGUMENT.
func (r Request) Send(me model.UserID) (SendRequest, error) {
	m, d := r.data.message()
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

// Read reads the data of a conversation.read. Errors: INVALID_ARGUMENT.
func (r Request) Read() (ReadRequest, error) {
	return positionOf(r.data.read())
}

// Delivered reads the data of a conversation.delivered. Errors: INVALID_ARGUMENT.
func (r Request) Delivered() (ReadRequest, error) {
	return positionOf(r.data.delivered())
}

// Typing reads the data of a conversation.typing: the conversation. Errors: INVALID_ARGUMENT.
func (r Request) Typing() (string, error) {
	id, d := r.data.typing()
	if id == "" && len(d.faults) == 0 {
		d.fault("conversationId", "is missing")
	}
	return id, d.err()
}

func positionOf(req ReadRequest, d decoder) (ReadRequest, error) {
	if req.ConversationID == "" {
		d.fault("conversationId", "is missing")
	}
	if req.Seq < 0 {
		d.fault("seq", "must not be negative")
	}
	return req, d.err()
}

// Sync reads the data of a sync into a request without its user. Errors: INVALID_ARGUMENT.
func (r Request) Sync() (*chatpb.SyncRequest, error) {
	req, d := r.data.sync()
	for _, p := range req.GetConversations() {
		if p.GetConversationId() == "" {
			d.fault("conversations.conversationId", "is missing")
		}
	}
	return req, d.err()
}

// Presence reads the data of a presence.subscribe: the users to follow. Errors: INVALID_ARGUMENT, also for more than 500.
func (r Request) Presence() ([]int64, error) {
	ids, d := r.data.presence()
	if len(ids) > maxFollowed {
		d.fault("userIds", "must be at most "+strconv.Itoa(maxFollowed)+" ids")
	}
	return ids, d.err()
}

// Change reads the data of a message.recall, message.edit or message.react. Errors: INVALID_ARGUMENT.
func (r Request) Change() (Change, error) {
	req, d := r.data.change()
	if req.ConversationID == "" {
		d.fault("conversationId", "is missing")
	}
	if req.Seq <= 0 {
		d.fault("seq", "must be a seq, from 1")
	}
	switch {
	case r.Type == TypeEdit && len(req.Content) == 0:
		d.fault("content", "is missing")
	case r.Type == TypeReact && req.Emoji == "":
		d.fault("emoji", "is missing")
	}
	return req, d.err()
}

// goodID reports whether an id may be sent back.
func goodID(id string) bool {
	n := utf8.RuneCountInString(id)
	return 0 < n && n <= maxID && utf8.ValidString(id)
}

// malformed is what is said of a frame of which nothing can be read.
func malformed(message string) error { return errs.ErrInvalidArgument.Saying(message) }
