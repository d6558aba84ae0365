// Package outbox carries the changes of groups and friendships to the conversation logs. A command puts rows into the outbox in
// the transaction that makes its change, under the row lock of what it changes, so the ids of one aggregate are in commit
// order. A Relay sends them to chat-service, in order per aggregate, and deletes them on success: no change is visible without
// its entry following, and there is no entry without its change.
//
// chat-service takes repeats for what they are (an append by its append id, a relation by its version), so several instances
// may relay the same rows at once and a crash at any point costs a repeat, never a loss or a second entry.
//
// friend-service and group-service use it; chat-service has an outbox of its own towards Kafka.
package outbox

import (
	"encoding/json"
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"
	"gorm.io/gorm"

	"im-backend/common/model"
	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/proto/gen/logpb"
)

// The kinds of rows.
const (
	kindAppend   = "append"
	kindRelation = "relation"
)

// The states of a row.
const (
	statusPending int8 = 0
	statusParked  int8 = 1
)

// Item is something for the logs: an Entry or a Relation.
type Item interface {
	encode() (kind string, payload []byte, err error)
}

// Entry is a system entry of a conversation's log.
type Entry struct {
	Conversation model.ConversationID
	Content      any // a JSON object {"event": ...}
	Changes      []Change
	Creates      bool      // the first entry of a new group
	Dismisses    bool      // the last entry of a group
	Settings     *Settings // of a group, when the entry changes them
}

// Settings are the settings of a group that decide who may write, whole.
type Settings struct {
	MutedAllUntil   int64 // unix milliseconds
	SlowModeSeconds int32
	MentionAllRole  string // the lowest role that may mention all
}

// Change is what an entry does to one member.
type Change struct {
	User           model.UserID
	Left           bool   // the user is no member any more
	Updated        bool   // a member whose role or mute is new; neither Left nor Updated: the user joins
	Role           string // of who joins or is updated
	MutedUntil     int64  // of who joins or is updated, unix milliseconds
	HistoryVisible bool   // who joins also sees what was before
}

func (e Entry) encode() (string, []byte, error) {
	content, err := json.Marshal(e.Content)
	if err != nil {
		return "", nil, err
	}
	req := &chatpb.AppendRequest{
		ConversationId: string(e.Conversation), Content: content, Creates: e.Creates, Dismisses: e.Dismisses,
		Changes: make([]*logpb.MemberChange, 0, len(e.Changes)),
	}
	for _, c := range e.Changes {
		req.Changes = append(req.Changes, c.encode())
	}
	if s := e.Settings; s != nil {
		req.Settings = &chatpb.GroupSettings{
			MutedAllUntil: s.MutedAllUntil, SlowModeSeconds: s.SlowModeSeconds, MentionAllRole: s.MentionAllRole,
		}
	}
	payload, err := proto.Marshal(req)
	return kindAppend, payload, err
}

func (c Change) encode() *logpb.MemberChange {
	change := &logpb.MemberChange{UserId: int64(c.User)}
	switch {
	case c.Left:
		change.Kind = logpb.MemberChange_KIND_LEFT
	case c.Updated:
		change.Kind, change.Role, change.MutedUntil = logpb.MemberChange_KIND_UPDATED, c.Role, c.MutedUntil
	default:
		change.Kind, change.Role, change.HistoryVisible = logpb.MemberChange_KIND_JOINED, c.Role, c.HistoryVisible
		change.MutedUntil = c.MutedUntil
	}
	return change
}

// Relation is the whole state of two users towards each other.
type Relation struct {
	Low, High     model.UserID // the smaller and the larger id
	Friends       bool
	BlockedByLow  bool // Low blocks High
	BlockedByHigh bool
}

func (r Relation) encode() (string, []byte, error) {
	payload, err := proto.Marshal(&chatpb.SetRelationRequest{
		LowUserId: int64(r.Low), HighUserId: int64(r.High),
		Friends: r.Friends, BlockedByLow: r.BlockedByLow, BlockedByHigh: r.BlockedByHigh,
	})
	return kindRelation, payload, err
}

// Put notes items in the transaction tx, to be sent in this order after it commits. tx must hold the row lock of the aggregate.
func Put(tx *gorm.DB, aggregate model.ConversationID, at time.Time, items ...Item) error {
	if len(items) == 0 {
		return nil
	}
	rows := make([]model.OutboxRow, 0, len(items))
	for _, item := range items {
		kind, payload, err := item.encode()
		if err != nil {
			return fmt.Errorf("put into outbox: %w", err)
		}
		rows = append(rows, model.OutboxRow{
			Aggregate: string(aggregate), Kind: kind, Payload: payload, Status: statusPending, CreatedAt: at.UnixMilli(),
		})
	}
	// One statement: the database numbers its rows in their order.
	if err := tx.Create(&rows).Error; err != nil {
		return fmt.Errorf("put into outbox: %w", err)
	}
	return nil
}
