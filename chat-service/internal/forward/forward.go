// Package forward sends copies of messages to other conversations. A copy is a message of the forwarder: what happens to the
// original afterwards does not happen to it.
package forward

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"im-backend/chat-service/internal/message"
	"im-backend/chat-service/internal/sending"
	"im-backend/common/model"
	"im-backend/common/proto/gen/logpb"
	"im-backend/common/utils/errs"
)

// Limits of a request.
const (
	maxMessages      = 100
	maxConversations = 20
	maxClientMsgID   = 64
)

// Reader answers messages that a user may see. Errors: CONVERSATION_NOT_FOUND, MESSAGE_NOT_FOUND.
type Reader interface {
	Messages(ctx context.Context, user model.UserID, conversationID string, seqs []int64) ([]*logpb.Entry, error)
}

// Sender stores messages; those to one conversation in the order of the calls. done must not block.
type Sender interface {
	Submit(ctx context.Context, sender model.UserID, d sending.Draft, done func(sending.Result, error))
}

// Forwarder forwards messages.
type Forwarder struct {
	reader Reader
	sender Sender
}

// New makes a forwarder.
func New(r Reader, s Sender) *Forwarder { return &Forwarder{reader: r, sender: s} }

// Request says what to forward, and where to.
type Request struct {
	From        string
	Seqs        []int64
	To          []string
	Merge       bool
	Title       string // of the merged message
	ClientMsgID string // empty: a repeated request forwards again
}

// Copy is one copy, or why there is none.
type Copy struct {
	ConversationID string
	FromSeq        int64 // zero: of a merged message
	Result         sending.Result
	Err            error
}

// Forward copies messages and answers each copy, by conversation and then by message, in the order of the request. Errors:
// INVALID_ARGUMENT, CONVERSATION_NOT_FOUND, MESSAGE_NOT_FOUND, MESSAGE_EXPIRES, TIMEOUT; then nothing is said of any copy.
func (f *Forwarder) Forward(ctx context.Context, user model.UserID, r Request) ([]Copy, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	entries, err := f.reader.Messages(ctx, user, r.From, r.Seqs)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(entries, func(e *logpb.Entry) bool { return e.GetExpireAfterRead() > 0 }) {
		return nil, errs.ErrMessageExpires // a copy would outlive it
	}
	drafts, err := r.drafts(entries)
	if err != nil {
		return nil, err
	}
	var copies []Copy
	for _, to := range r.To {
		for _, d := range drafts {
			copies = append(copies, Copy{ConversationID: to, FromSeq: d.seq})
		}
	}
	return f.send(ctx, user, drafts, copies)
}

// send stores the copies and waits for all of them.
func (f *Forwarder) send(ctx context.Context, user model.UserID, drafts []draft, copies []Copy) ([]Copy, error) {
	type answer struct {
		i      int
		result sending.Result
		err    error
	}
	answers := make(chan answer, len(copies))
	for i, c := range copies {
		d := drafts[i%len(drafts)].Draft
		d.ConversationID = c.ConversationID
		f.sender.Submit(ctx, user, d, func(r sending.Result, err error) { answers <- answer{i, r, err} })
	}
	for range copies {
		select {
		case a := <-answers:
			copies[a.i].Result, copies[a.i].Err = a.result, a.err
		case <-ctx.Done():
			return nil, errs.ErrTimeout.Because(ctx.Err())
		}
	}
	return copies, nil
}

func (r Request) check() error {
	var bad []errs.Field
	switch {
	case len(r.Seqs) == 0, len(r.Seqs) > maxMessages:
		bad = append(bad, errs.Field{Field: "from.seqs", Message: "1 to " + strconv.Itoa(maxMessages) + " seqs"})
	case !slices.IsSorted(r.Seqs) || len(slices.Compact(slices.Clone(r.Seqs))) < len(r.Seqs):
		bad = append(bad, errs.Field{Field: "from.seqs", Message: "must ascend"})
	}
	if n := len(r.To); n == 0 || n > maxConversations {
		bad = append(bad, errs.Field{Field: "to", Message: "1 to " + strconv.Itoa(maxConversations) + " conversations"})
	}
	sorted := slices.Sorted(slices.Values(r.To))
	if len(slices.Compact(sorted)) < len(r.To) {
		bad = append(bad, errs.Field{Field: "to", Message: "names a conversation twice"})
	}
	if len(r.ClientMsgID) > maxClientMsgID {
		bad = append(bad, errs.Field{Field: "clientMsgId", Message: "up to 64 characters"})
	}
	if len(bad) > 0 {
		return errs.InvalidFields(bad...)
	}
	return nil
}

// draft is a copy before it has a conversation.
type draft struct {
	sending.Draft
	seq int64
}

// drafts makes the copies. Mentions and replies are not copied: they mean nothing in another conversation.
func (r Request) drafts(entries []*logpb.Entry) ([]draft, error) {
	if r.ClientMsgID == "" {
		r.ClientMsgID = rand.Text()
	}
	if !r.Merge {
		drafts := make([]draft, len(entries))
		for i, e := range entries {
			drafts[i] = draft{sending.Draft{ClientMsgID: r.id(e.GetSeq()), Request: r.text(), Type: e.GetType(), Content: e.GetContent()}, e.GetSeq()}
		}
		return drafts, nil
	}
	content, err := json.Marshal(merged{Title: r.Title, Items: itemsOf(entries)})
	if err != nil {
		return nil, fmt.Errorf("merge messages: %w", err)
	}
	one := sending.Draft{ClientMsgID: r.id(0), Request: r.text(), Type: message.Merged, Content: content}
	if _, err := message.New(one.ClientMsgID, one.Type, content, 0, nil); err != nil {
		return nil, err // too large: no conversation would take it
	}
	return []draft{{Draft: one}}, nil
}

// id is the clientMsgId of a copy: the same one for the same request.
func (r Request) id(seq int64) string {
	sum := sha256.Sum256([]byte(r.ClientMsgID + "\n" + r.From + "\n" + strconv.FormatInt(seq, 10)))
	return "forward-" + hex.EncodeToString(sum[:16])
}

// text says what was asked for, by which a retry is known: what the messages say may have changed meanwhile.
func (r Request) text() string {
	if !r.Merge {
		return "forward"
	}
	return fmt.Sprintf("forward %v merged as %q", r.Seqs, r.Title)
}

// merged is the content of a merged message.
type merged struct {
	Title string `json:"title"`
	Items []item `json:"items"`
}

// item is a message inside of a merged one. The conversation that it is from stays unknown.
type item struct {
	MessageID string          `json:"messageId"`
	SenderID  string          `json:"senderId"`
	Type      string          `json:"type"`
	Content   json.RawMessage `json:"content"`
	CreatedAt int64           `json:"createdAt"`
}

func itemsOf(entries []*logpb.Entry) []item {
	items := make([]item, len(entries))
	for i, e := range entries {
		items[i] = item{
			MessageID: strconv.FormatInt(e.GetMessageId(), 10), SenderID: strconv.FormatInt(e.GetSenderId(), 10),
			Type: e.GetType(), Content: e.GetContent(), CreatedAt: e.GetCreatedAt(),
		}
	}
	return items
}
