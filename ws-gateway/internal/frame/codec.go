package frame

import (
	"im-backend/common/model"
	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/proto/gen/logpb"
	"im-backend/common/proto/gen/wsgatewaypb"
)

// Format is how the data frames of one connection are written: in the codec of its subprotocol, compressed or not. It is a small
// number, so that what is encoded for all connections of a format can be kept under it.
type Format uint8

// The formats, to which Deflated adds as many.
const (
	JSON    Format = iota // im.v1.json: text frames
	Proto                 // im.v1.proto: binary frames
	Formats        = 4    // all of them, the deflated ones too

	deflated Format = 2 // the bit
)

// Subprotocols are the names of JSON and Proto in a handshake, in this order.
var Subprotocols = []string{"im.v1.json", "im.v1.proto"}

var codecs = [...]Codec{JSON: jsonCodec{}, Proto: protoCodec{}}

// FormatOf is the format of a negotiated subprotocol; JSON when none was.
func FormatOf(subprotocol string) Format {
	if subprotocol == Subprotocols[Proto] {
		return Proto
	}
	return JSON
}

// Deflated is the same format with permessage-deflate.
func (f Format) Deflated() Format { return f | deflated }

// IsDeflated reports whether permessage-deflate was negotiated.
func (f Format) IsDeflated() bool { return f&deflated != 0 }

// Plain is the same format without permessage-deflate.
func (f Format) Plain() Format { return f &^ deflated }

// Codec reads and writes the format's frames. What it writes is not compressed, which is allowed frame by frame.
func (f Format) Codec() Codec { return codecs[f.Plain()] }

// Codec reads requests and writes complete frames in one format. It is stateless.
type Codec interface {
	// Decode reads a request; binary is the kind of frame that it came in. When it fails the id is still there if it could be
	// read. The error is INVALID_ARGUMENT and means that the frame is malformed. The request keeps payload.
	Decode(payload []byte, binary bool) (Request, error)

	// Pinged answers a ping.
	Pinged(id string, now int64) []byte
	// Sent answers a message.send, message.recall, message.edit or message.react: the message, or the entry that changes one, is
	// stored.
	Sent(id string, r *chatpb.SendResponse) []byte
	// WasRead answers a conversation.read with the position after it.
	WasRead(id string, readSeq int64) []byte
	// WasDelivered answers a conversation.delivered with the position after it.
	WasDelivered(id string, deliveredSeq int64) []byte
	// TypingTaken answers a conversation.typing.
	TypingTaken(id string) []byte
	// Synced answers a sync. Errors: INTERNAL for a page that cannot be encoded.
	Synced(id string, page *chatpb.SyncResponse) ([]byte, error)
	// Followed answers a presence.subscribe with the state of everybody who is followed now.
	Followed(id string, items []Presence) []byte
	// Failed answers a request with an error; the id is left out when it could not be read.
	Failed(id string, err error) []byte

	// Hello is the first event of every connection.
	Hello(w Welcome) []byte
	// Message is the event of one log entry; it is encoded once, however many connections get it.
	Message(e *logpb.Entry) []byte
	// Read is the event of a read position that moved.
	Read(conversation string, user model.UserID, seq int64) []byte
	// Delivered is the event of a delivered position of the peer that moved.
	Delivered(conversation string, user model.UserID, seq int64) []byte
	// Conversation is the event of the user's own state of a conversation that another device has changed.
	Conversation(s *wsgatewaypb.ConversationEvent) []byte
	// Typing is the event of another user who types.
	Typing(conversation string, user model.UserID) []byte
	// Heads is the event of conversations whose last seq moved.
	Heads(items []Head) []byte
	// Presence is the event of a followed user whose state has changed.
	Presence(p Presence) []byte
	// Kicked is the event before a close that ends a session.
	Kicked(reason string) []byte
	// GoAway is the event before the gateway goes; reconnectAfterMs spreads the clients' return.
	GoAway(reconnectAfterMs int64) []byte
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

// Head is the last seq of a conversation.
type Head struct {
	ConversationID string
	MaxSeq         int64
}

// Presence is whether a user has a device online.
type Presence struct {
	User       model.UserID
	Platforms  []string // of the devices online, each once; none: offline
	LastSeenAt int64    // unix milliseconds; zero: not known, or not shown
}
