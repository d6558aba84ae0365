// Package schedule keeps messages until their time comes and sends them then, once, as if their users did. All that is known
// stands in one table; an instance takes what is due by a lease, and sends it under an id that is the row's own, so that
// whoever sends it again after a crash gets the first answer. It decides nothing about who may write where: sending does, when
// the time has come.
package schedule

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"im-backend/chat-service/internal/sending"
	"im-backend/chat-service/internal/store"
	"im-backend/common/model"
	"im-backend/common/model/imchat"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/page"
)

// Config bounds scheduled messages.
type Config struct {
	Pending int64         `json:",default=100"`   // messages of a user that wait at the same time
	Ahead   time.Duration `json:",default=8760h"` // how far ahead of now a message may be scheduled
	Lease   time.Duration `json:",default=30s"`   // for sending one; another instance tries again after it
	Look    time.Duration `json:",default=30s"`   // longest time between two looks at what other instances took in
}

var errConfig = errors.New("Schedule: Pending must be at least 1; Ahead, Lease and Look at least 1s")

// Validate reports bounds with which nothing could be scheduled or sent.
func (c Config) Validate() error {
	if c.Pending < 1 || min(c.Ahead, c.Lease, c.Look) < time.Second {
		return errConfig
	}
	return nil
}

// IDs makes ids that grow.
type IDs interface{ Next() int64 }

// Schedule takes messages in and owns the goroutine that sends them.
type Schedule struct {
	config Config
	store  *store.Store
	sender Sender
	ids    IDs
	now    func() time.Time

	kick    chan struct{} // something is due earlier than was thought
	stop    context.CancelFunc
	running sync.WaitGroup
}

// New makes a Schedule; Start has it send.
func New(c Config, s *store.Store, sender Sender, ids IDs) *Schedule {
	return &Schedule{config: c, store: s, sender: sender, ids: ids, now: time.Now, kick: make(chan struct{}, 1)}
}

// Message is a scheduled message.
type Message struct {
	ID        int64
	SendAt    int64 // unix milliseconds
	Draft     sending.Draft
	Failed    bool
	Reason    string // why it was refused
	CreatedAt int64  // unix milliseconds
}

// Add takes a message in. The client id of its draft makes this idempotent: a repeat answers the first, whatever else it says.
// Errors: INVALID_ARGUMENT, CONVERSATION_NOT_FOUND, SCHEDULE_LIMIT_REACHED, ALREADY_SENT, UNAVAILABLE.
func (s *Schedule) Add(ctx context.Context, user model.UserID, sendAt int64, d sending.Draft) (*Message, error) {
	now := s.now()
	if sendAt <= now.UnixMilli() || sendAt > now.Add(s.config.Ahead).UnixMilli() {
		return nil, errs.InvalidField("sendAt", "in the future, at most "+s.config.Ahead.String()+" ahead, in unix milliseconds")
	}
	if err := d.Check(user); err != nil {
		return nil, err
	}
	draft, err := json.Marshal(d)
	if err != nil {
		return nil, errs.ErrInternal.Because(err)
	}
	row, err := s.store.AddScheduled(ctx, &imchat.ScheduledMessage{
		ID: s.ids.Next(), UserID: int64(user), ClientMsgID: d.ClientMsgID, Draft: draft, SendAt: sendAt, DueAt: sendAt,
		State: store.SchedulePending, CreatedAt: now.UnixMilli(),
	}, s.config.Pending)
	if err != nil {
		return nil, err
	}
	if row.State == store.ScheduleSent {
		return nil, errs.ErrAlreadySent
	}
	select {
	case s.kick <- struct{}{}:
	default: // it looks already
	}
	return messageOf(row)
}

// List answers a page of a user's messages that wait or were refused, in the order in which they were taken in, and the cursor
// of the next one. Errors: INVALID_ARGUMENT, UNAVAILABLE.
func (s *Schedule) List(ctx context.Context, user model.UserID, limit int32, cursor string) ([]*Message, string, error) {
	n, err := page.Limit(limit)
	if err != nil {
		return nil, "", err
	}
	var after int64
	if err := page.Parse(cursor, &after); err != nil {
		return nil, "", err
	}
	rows, err := s.store.ListScheduled(ctx, user, after, n+1)
	if err != nil {
		return nil, "", err
	}
	next := ""
	if len(rows) > n {
		rows = rows[:n]
		next = page.Cursor(rows[n-1].ID)
	}
	list := make([]*Message, len(rows))
	for i, row := range rows {
		if list[i], err = messageOf(row); err != nil {
			return nil, "", err
		}
	}
	return list, next, nil
}

// Cancel forgets a message that nobody has begun to send, or that was refused. Errors: SCHEDULED_NOT_FOUND, ALREADY_SENT,
// UNAVAILABLE.
func (s *Schedule) Cancel(ctx context.Context, user model.UserID, id int64) error {
	return s.store.CancelScheduled(ctx, user, id)
}

func messageOf(row *imchat.ScheduledMessage) (*Message, error) {
	m := &Message{ID: row.ID, SendAt: row.SendAt, Failed: row.State != store.SchedulePending, Reason: row.Reason, CreatedAt: row.CreatedAt}
	if err := json.Unmarshal(row.Draft, &m.Draft); err != nil {
		return nil, errs.ErrInternal.Because(err)
	}
	return m, nil
}
