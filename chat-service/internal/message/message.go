// Package message knows what a client may send: the types of messages, what each must contain, and when two sends are the
// same.
package message

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"unicode/utf8"

	"github.com/cespare/xxhash/v2"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
)

// The types of entries.
const (
	Text     = "text"
	Image    = "image"
	Audio    = "audio"
	Video    = "video"
	File     = "file"
	Location = "location"
	Card     = "card"
	Custom   = "custom"
	Merged   = "merged"
	System   = "system" // written by the services only

	// Entries that change another one.
	Recall   = "recall"
	Edit     = "edit"
	Reaction = "reaction"
	Pin      = "pin"
)

// Limits of what a client sends.
const (
	MaxText        = 16 << 10 // bytes of UTF-8
	maxContent     = 16 << 10 // bytes of JSON; of a text, beside the text itself
	maxMerged      = 56 << 10 // bytes of JSON
	maxMentions    = 100
	maxClientMsgID = 64
)

// MentionAll is the mention of everybody.
const MentionAll = "all"

const mentionRule = `up to 100 user ids, or "all"`

// Message is a checked message of a client.
type Message struct {
	ClientMsgID string
	Type        string
	Content     []byte // canonical JSON
	ReplyToSeq  int64
	Mentions    []string
	Fingerprint int64 // equal for the same message, however its JSON was written

	ExpireAfterRead int64 // seconds from when another has read it until it is recalled; zero: never
}

// MaxLifetime is the longest time from when a message was read until it is recalled, seconds.
const MaxLifetime = 7 * 24 * 60 * 60

// Expiring is the message with a lifetime of some seconds, from 1 to MaxLifetime, after it was read; zero: as it is. Errors:
// INVALID_ARGUMENT.
func (m Message) Expiring(seconds int64) (Message, error) {
	if seconds < 0 || seconds > MaxLifetime {
		return Message{}, errs.InvalidField("expireAfterRead", "1 to 604800 seconds")
	}
	m.ExpireAfterRead = seconds
	m.Fingerprint = fingerprint(m)
	return m, nil
}

// New checks a message. The error names every bad field.
func New(clientMsgID, kind string, content []byte, replyToSeq int64, mentions []string) (Message, error) {
	var bad []errs.Field
	if clientMsgID == "" || len(clientMsgID) > maxClientMsgID || !printable(clientMsgID) {
		bad = append(bad, errs.Field{Field: "clientMsgId", Message: "1 to 64 printable ASCII characters"})
	}
	canonical, problem := checkContent(kind, content)
	if problem != nil {
		bad = append(bad, *problem)
	}
	if replyToSeq < 0 {
		bad = append(bad, errs.Field{Field: "replyToSeq", Message: "a seq, from 1"})
	}
	if !validMentions(mentions) {
		bad = append(bad, errs.Field{Field: "mentions", Message: mentionRule})
	}
	if len(bad) > 0 {
		return Message{}, errs.InvalidFields(bad...)
	}
	m := Message{ClientMsgID: clientMsgID, Type: kind, Content: canonical, ReplyToSeq: replyToSeq, Mentions: mentions}
	m.Fingerprint = fingerprint(m)
	return m, nil
}

func printable(s string) bool {
	for i := range len(s) {
		if s[i] <= 0x20 || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

func validMentions(mentions []string) bool {
	if len(mentions) > maxMentions {
		return false
	}
	for _, m := range mentions {
		if _, err := model.ParseID(m); err != nil && m != MentionAll {
			return false
		}
	}
	return true
}

// checkContent answers the canonical JSON of a content that fits its type.
func checkContent(kind string, content []byte) ([]byte, *errs.Field) {
	check := schemaOf(kind)
	if check == nil {
		return nil, &errs.Field{Field: "type", Message: "unknown message type"}
	}
	limit := maxContent
	if kind == Merged {
		limit = maxMerged
	}
	// An escape may take six bytes for one; what counts is checked after decoding.
	if len(content) > 6*(limit+MaxText) {
		return nil, &errs.Field{Field: "content", Message: "too large"}
	}
	object, ok := decode(content)
	if !ok {
		return nil, &errs.Field{Field: "content", Message: "must be a JSON object"}
	}
	if depth(object, maxDepth+1) > maxDepth {
		return nil, &errs.Field{Field: "content", Message: "objects stand too deep inside each other"}
	}
	if field := check(object, "content"); field != nil {
		return nil, field
	}
	out, ok := encode(object)
	if !ok {
		return nil, &errs.Field{Field: "content", Message: "must be a JSON object"}
	}
	if kind == Text {
		text, _ := encode(object["text"])
		limit += len(text)
	}
	if len(out) > limit {
		return nil, &errs.Field{Field: "content", Message: "too large"}
	}
	return out, nil
}

func decode(content []byte) (object map[string]any, ok bool) {
	if !utf8.Valid(content) {
		return nil, false // the decoder would replace what is not
	}
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.UseNumber()
	if err := decoder.Decode(&object); err != nil || object == nil {
		return nil, false
	}
	_, err := decoder.Token()
	return object, errors.Is(err, io.EOF) // nothing follows
}

// encode writes the canonical form: keys sorted, no spaces.
func encode(v any) ([]byte, bool) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, false
	}
	return bytes.TrimSuffix(out.Bytes(), []byte{'\n'}), true
}

func fingerprint(m Message) int64 {
	h := xxhash.New()
	write := func(b []byte) {
		_, _ = h.Write(b) // never fails
		_, _ = h.Write([]byte{0})
	}
	write([]byte(m.Type))
	write(m.Content)
	if m.ReplyToSeq != 0 || len(m.Mentions) > 0 {
		text, _ := json.Marshal(struct {
			R int64
			M []string
		}{m.ReplyToSeq, m.Mentions}) // strings and a number always marshal
		write(text)
	}
	if m.ExpireAfterRead != 0 {
		write([]byte(strconv.FormatInt(m.ExpireAfterRead, 10)))
	}
	return int64(h.Sum64())
}

// Countable reports whether an entry counts as unread: what people write, and in notification conversations everything.
func Countable(conversation model.ConversationType, kind string) bool {
	return Is(kind) || conversation == model.Notification
}
