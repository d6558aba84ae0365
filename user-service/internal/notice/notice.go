// Package notice tells other services what they have to know of a user: group-service a new name, chat-service that the user has
// chosen anew who sees when it was last seen, and those two that keep lists of users that the account was deleted. The store notes
// it in the transaction that changes the user; a Sender reads the notes, calls the services and removes a note when it has been
// told. So a change is told whatever crashes in between, and at least once: the calls are idempotent.
//
// A note says what to look at, not what is there: what is told is what the user is when it is told. It is unlike package outbox, whose
// rows are entries that must all arrive, in their order.
package notice

import (
	"context"
	"errors"
	"time"

	"google.golang.org/grpc"

	"im-backend/common/model"
	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/proto/gen/friendpb"
	"im-backend/common/proto/gen/grouppb"
)

// Topics are what has changed of a user, as bits.
type Topics int64

// What can change.
const (
	Name     Topics = 1 << iota // what the user is called
	Presence                    // who may see when the user was last seen
	Deletion                    // the account is gone; nothing else matters then
)

// Notice is what has to be told of one user, claimed by one Sender.
type Notice struct {
	User     model.UserID
	Name     string // the nickname, or the username where there is none
	Topics   Topics
	Attempts int64 // that have failed

	Version int64 // grows when something more has to be told
	Claim   int64 // names the claim: unix milliseconds, when it ends
}

// Backlog is what waits to be told.
type Backlog struct {
	Pending int64 // users
	Oldest  int64 // unix milliseconds since when the one has waited who waits longest; zero: nobody waits
}

// Store keeps the notices. Errors: UNAVAILABLE, TIMEOUT.
type Store interface {
	// DueNotices answers users of whom something has to be told now, at most limit, those first who have been due for longest.
	DueNotices(ctx context.Context, now int64, limit int) ([]model.UserID, error)
	// ClaimNotice takes a due notice for its caller until a time; ok is false when there is none that is due.
	ClaimNotice(ctx context.Context, user model.UserID, now, until int64) (n Notice, ok bool, err error)
	// RemoveNotice removes a notice that was told. It makes it due again when something more has to be told, and does nothing when
	// the claim has gone to another.
	RemoveNotice(ctx context.Context, n Notice, now int64) error
	// DelayNotice gives a claim back after a failure: the notice is due at a time.
	DelayNotice(ctx context.Context, n Notice, due int64) error
	// NoticeBacklog measures what waits.
	NoticeBacklog(ctx context.Context) (Backlog, error)
}

// Friends is the part of friend-service that is told. Errors are typed.
type Friends interface {
	RemoveUser(ctx context.Context, in *friendpb.RemoveUserRequest, opts ...grpc.CallOption) (*friendpb.RemoveUserResponse, error)
}

// Groups is the part of group-service that is told. Errors are typed.
type Groups interface {
	RenameUser(ctx context.Context, in *grouppb.RenameUserRequest, opts ...grpc.CallOption) (*grouppb.RenameUserResponse, error)
	RemoveUser(ctx context.Context, in *grouppb.RemoveUserRequest, opts ...grpc.CallOption) (*grouppb.RemoveUserResponse, error)
}

// Chat is the part of chat-service that is told. Errors are typed.
type Chat interface {
	RefreshPresence(ctx context.Context, in *chatpb.RefreshPresenceRequest, opts ...grpc.CallOption) (*chatpb.RefreshPresenceResponse, error)
}

// Peers are who is told.
type Peers struct {
	Friends Friends
	Groups  Groups
	Chat    Chat
}

// Config tunes a Sender.
type Config struct {
	Workers     int           `json:",default=4"`  // users that are told of at the same time
	Sweep       time.Duration `json:",default=1s"` // how often notices are looked for that a crash left
	SendTimeout time.Duration `json:",default=2s"` // of one call of another service
}

// Validate reports every fault that the tags do not express.
func (c Config) Validate() error {
	if c.Workers < 1 || c.Sweep <= 0 || c.SendTimeout <= 0 {
		return errors.New("set Notices.Workers, Notices.Sweep and Notices.SendTimeout above zero")
	}
	return nil
}
