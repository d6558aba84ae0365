// Package sending takes what a client sends to the committer: it checks the message, finds the conversation that it is
// addressed to and, when the projection does not know that conversation yet, asks its owner before a send is refused.
package sending

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/cespare/xxhash/v2"

	"im-backend/chat-service/internal/committer"
	"im-backend/common/model"
	"im-backend/common/proto/gen/friendpb"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/common/proto/gen/userpb"
	"im-backend/common/utils/errs"
)

// Draft is a message as a client sent it; exactly one of the three addresses is set.
type Draft struct {
	ClientMsgID    string
	ConversationID string
	ToUser         model.UserID
	ToGroup        model.GroupID
	Type           string
	Content        []byte
	ReplyToSeq     int64
	Mentions       []string
	Request        string // what the client asked for, when it did not send the content itself: a retry is what asks for the same

	ExpireAfterRead int64 `json:",omitempty"` // seconds; zero: never
}

// Result is a stored message.
type Result struct {
	committer.Result
	ConversationID string
}

// Sending owns the questions to other services that are under way.
type Sending struct {
	committer *committer.Committer
	users     userpb.UserServiceClient
	friends   friendpb.FriendServiceClient
	groups    grouppb.GroupServiceClient
	recaller  Recaller

	mu        sync.Mutex
	questions map[string]*question // by conversation
	open      atomic.Int32         // how many there are
	stopped   bool
	asking    sync.WaitGroup
}

// Recaller takes the content of a recalled message from all that is on its way to devices. It returns when that is done, or
// UNAVAILABLE.
type Recaller interface {
	Recall(ctx context.Context, conversationID string, seq, at int64) error
}

// New makes a Sending.
func New(c *committer.Committer, users userpb.UserServiceClient, friends friendpb.FriendServiceClient,
	groups grouppb.GroupServiceClient, r Recaller,
) *Sending {
	return &Sending{committer: c, users: users, friends: friends, groups: groups, recaller: r, questions: map[string]*question{}}
}

// Submit queues a message; done is called once with its result and must not block. Messages to one conversation are stored
// in the order in which they are submitted.
func (s *Sending) Submit(ctx context.Context, sender model.UserID, d Draft, done func(Result, error)) {
	to, m, err := d.checked(sender)
	if err != nil {
		done(Result{}, err)
		return
	}
	if d.Request != "" {
		m.Fingerprint = int64(xxhash.Sum64String(d.Request))
	}
	j := &committer.Job{Ctx: ctx, To: to, Send: &committer.Send{Sender: sender, Message: m}, Gate: s}
	j.Done = func(r committer.Result, err error) {
		if errors.Is(err, committer.ErrUnknownConversation) {
			s.ask(waiting{j, done})
			return
		}
		done(Result{Result: r, ConversationID: to.ID}, err)
	}
	s.committer.Submit(j)
}

// Send submits a message and waits for its result.
func (s *Sending) Send(ctx context.Context, sender model.UserID, d Draft) (Result, error) {
	type answer struct {
		result Result
		err    error
	}
	answers := make(chan answer, 1)
	s.Submit(ctx, sender, d, func(r Result, err error) { answers <- answer{r, err} })
	select {
	case a := <-answers:
		return a.result, a.err
	case <-ctx.Done():
		return Result{}, errs.ErrTimeout.Because(ctx.Err())
	}
}

func (d Draft) address(sender model.UserID) (committer.Address, error) {
	named := 0
	for _, set := range []bool{d.ConversationID != "", d.ToUser != 0, d.ToGroup != 0} {
		if set {
			named++
		}
	}
	if named != 1 {
		return committer.Address{}, errs.InvalidField("conversationId", "exactly one of conversationId, toUserId and groupId")
	}
	to := committer.Address{ID: d.ConversationID}
	switch {
	case d.ToUser != 0:
		to.ID = string(model.SingleID(sender, d.ToUser))
	case d.ToGroup != 0:
		to.ID, to.ByGroup = string(model.GroupConversationID(d.ToGroup)), true
	}
	parsed, err := model.ParseConversationID(to.ID)
	if err != nil {
		return committer.Address{}, errs.ErrConversationNotFound.Because(err)
	}
	to.Parsed = parsed
	return to, nil
}

// Limits of what a service appends; a larger one would fit no column or no record of Kafka.
const (
	maxAppendID = 64
	maxAppend   = 64 << 10 // bytes of JSON
	maxChanges  = 1000     // of members
)

// Append stores an entry of the system and waits for its result.
func (s *Sending) Append(ctx context.Context, conversationID string, a committer.Append) (committer.Result, error) {
	parsed, err := model.ParseConversationID(conversationID)
	switch {
	case err != nil:
		return committer.Result{}, errs.InvalidField("conversationId", "is not a conversation")
	case a.ID == "" || len(a.ID) > maxAppendID:
		return committer.Result{}, errs.InvalidField("appendId", "1 to 64 characters")
	case len(a.Content) > maxAppend || !json.Valid(a.Content):
		return committer.Result{}, errs.InvalidField("content", "a JSON object up to 64 KiB")
	case len(a.Changes) > maxChanges:
		return committer.Result{}, errs.InvalidField("changes", "up to "+strconv.Itoa(maxChanges))
	case parsed.Type != model.Group && (len(a.Changes) > 0 || a.Settings != nil):
		return committer.Result{}, errs.InvalidField("changes", "only groups have members and settings that change")
	case !a.Settings.Valid():
		return committer.Result{}, errs.InvalidField("settings", "times from 0 and a role of a group")
	}
	for _, change := range a.Changes {
		if !committer.IsRole(change.GetRole()) {
			return committer.Result{}, errs.InvalidField("changes.role", "a role of a group")
		}
	}
	return s.committer.Store(ctx, committer.Job{To: committer.Address{Parsed: parsed, ID: conversationID}, Append: &a})
}
