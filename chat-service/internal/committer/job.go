package committer

import (
	"context"

	"im-backend/chat-service/internal/message"
	"im-backend/common/model"
	"im-backend/common/proto/gen/logpb"
)

// Address is the conversation that a job writes to.
type Address struct {
	model.Parsed
	ID      string
	ByGroup bool // the client named the group, not the conversation: it decides which "not found" it gets
}

// Send is a message of a user.
type Send struct {
	Sender  model.UserID
	Message message.Message
}

// Append is an entry of the system with what it does to the members.
type Append struct {
	ID        string // the idempotency key
	Content   []byte
	Changes   []*logpb.MemberChange
	Creates   bool
	Dismisses bool
	Settings  *Settings // of a group; nil: they stay as they are
}

// Settings are those of a group that decide who may write, whole.
type Settings struct {
	MutedAllUntil   int64  // unix milliseconds; admins and the owner may write
	SlowModeSeconds int32  // between two messages of one member; admins and the owner are free of it
	MentionAllRole  string // the lowest role that may mention all; empty: admin
}

// Change is what a user does to an entry that is there: it recalls or edits it, reacts to it or pins it.
type Change struct {
	User     model.UserID
	System   bool   // nobody's: a recall, which is always allowed
	Kind     string // of the entry that says so: message.Recall, Edit, Reaction or Pin
	Target   int64  // seq
	Content  []byte // canonical JSON, of an edit
	Mentions []string
	Emoji    string // of a reaction
	Removed  bool   // the reaction or the pin is taken back
}

// Result is where an entry stands.
type Result struct {
	MessageID int64
	Seq       int64
	CreatedAt int64
	Repeated  bool // an earlier try had stored it; of a change: everything was so already, and this entry had made it so
}

// Gate knows the conversations whose owner is being asked. A send to one of them that is not settled is answered
// ErrUnknownConversation whatever the projection says now, so that it does not overtake the sends that wait.
type Gate interface {
	Waiting(conversationID string) bool
}

// Job is one entry to store; exactly one of Send, Append and Change is set.
type Job struct {
	Ctx     context.Context //nolint:containedctx // a job is a call in a queue: it carries its caller's deadline
	To      Address
	Send    *Send
	Append  *Append
	Change  *Change
	Settled bool // the owner of an unknown conversation was asked: do not ask again
	Gate    Gate // nil: sends never wait
	// Done is called once, from the lane: it must not block.
	Done func(Result, error)
}

// key is the job's idempotency key inside its conversation. A change has none: to do it again changes nothing.
func (j *Job) key() (sender int64, clientMsgID string) {
	if j.Send != nil {
		return int64(j.Send.Sender), j.Send.Message.ClientMsgID
	}
	return 0, j.Append.ID
}

// size is about how many bytes the job writes.
func (j *Job) size() int {
	if j.Send != nil {
		return len(j.Send.Message.Content)
	}
	if j.Change != nil {
		return 2 * len(j.Change.Content) // the target's and the entry's own
	}
	return len(j.Append.Content) + 64*len(j.Append.Changes)
}

// changes is how many members the job moves.
func (j *Job) changes() int {
	if j.Append == nil {
		return 0
	}
	return len(j.Append.Changes)
}

func (j *Job) fingerprint() int64 {
	if j.Send != nil {
		return j.Send.Message.Fingerprint
	}
	return 0
}
