package schedule

import (
	"context"
	"encoding/json"
	"strconv"
	"sync"
	"time"

	"github.com/zeromicro/go-zero/core/logx"

	"im-backend/chat-service/internal/committer"
	"im-backend/chat-service/internal/sending"
	"im-backend/chat-service/internal/store"
	"im-backend/common/model"
	"im-backend/common/model/imchat"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/failpoint"
)

// Sender stores what is due.
type Sender interface {
	// Submit queues a message; done is called once with its result. Messages to one conversation are stored in their order.
	Submit(ctx context.Context, sender model.UserID, d sending.Draft, done func(sending.Result, error))
	// Append stores an entry of the system, once for one id.
	Append(ctx context.Context, conversationID string, a committer.Append) (committer.Result, error)
}

// Places where a test may have this process fail.
var (
	takenPoint = failpoint.New("schedule/taken") // a message is ours, and not sent yet
	sentPoint  = failpoint.New("schedule/sent")  // its entry is stored, which the row does not say yet
)

const (
	atOnce       = 100             // messages of one look
	lookTimeout  = 2 * time.Second // for one statement
	sendTimeout  = 5 * time.Second // for sending what one look took
	sentForget   = 7 * 24 * time.Hour
	failedForget = 30 * 24 * time.Hour
	shortest     = 10 * time.Millisecond // between two looks
	afterError   = time.Second           // before the next look after one that failed
)

// Start has the messages sent when they are due, until Stop.
func (s *Schedule) Start() {
	ctx, cancel := context.WithCancel(context.Background())
	s.stop = cancel
	s.running.Go(func() { s.run(ctx) })
}

// Stop returns when nothing is under way any more.
func (s *Schedule) Stop() {
	if s.stop == nil {
		return // it was never started
	}
	s.stop()
	s.running.Wait()
}

func (s *Schedule) run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
		case <-s.kick:
		case <-ctx.Done():
			return
		}
		pause, err := s.look(ctx)
		if err != nil {
			if ctx.Err() != nil {
				return
			}
			logx.Errorw("send scheduled messages", logx.Field("error", err.Error()))
			pause = afterError
		}
		timer.Reset(pause)
	}
}

// look does what is due and answers how long nothing is. The clock may step meanwhile: no pause is longer than Look.
func (s *Schedule) look(ctx context.Context) (time.Duration, error) {
	reading, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	due, err := s.store.DueScheduled(reading, s.now().UnixMilli(), atOnce)
	if err != nil {
		return 0, err
	}
	if err := s.do(ctx, due); err != nil {
		return 0, err
	}
	if len(due) == atOnce {
		return 0, nil
	}
	reading, cancel = context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	next, waits, err := s.store.NextScheduled(reading)
	if err != nil || !waits {
		return s.config.Look, err
	}
	pause := time.Duration(next-s.now().UnixMilli()) * time.Millisecond
	return min(max(pause, shortest), s.config.Look), nil
}

// do takes what is due and does it, the messages in the order of their times.
func (s *Schedule) do(ctx context.Context, due []*imchat.ScheduledMessage) error {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	var under sync.WaitGroup
	defer under.Wait()
	for _, m := range due {
		if m.State == store.ScheduleSent || m.State == store.ScheduleFailed {
			if err := s.store.ForgetScheduled(ctx, m); err != nil {
				return err
			}
			continue
		}
		mine, err := s.store.TakeScheduled(ctx, m, s.now().Add(s.config.Lease).UnixMilli())
		if err != nil {
			return err
		}
		if !mine {
			continue
		}
		if err := takenPoint.Hit(m.ID); err != nil {
			return err
		}
		if m.State == store.SchedulePending {
			s.send(ctx, m, &under)
		} else if err := s.tell(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

// send sends a message under the id of its row.
func (s *Schedule) send(ctx context.Context, m *imchat.ScheduledMessage, under *sync.WaitGroup) {
	var d sending.Draft
	if err := json.Unmarshal(m.Draft, &d); err != nil {
		s.log(s.end(ctx, m, errs.ErrInvalidArgument.Because(err)))
		return
	}
	d.ClientMsgID = "scheduled-" + strconv.FormatInt(m.ID, 10)
	results := make(chan error, 1)
	s.sender.Submit(ctx, model.UserID(m.UserID), d, func(_ sending.Result, err error) { results <- err })
	under.Go(func() {
		select {
		case err := <-results:
			s.log(s.end(ctx, m, err))
		case <-ctx.Done(): // after its lease it is tried again
		}
	})
}

func (s *Schedule) log(err error) {
	if err != nil {
		logx.Errorw("end scheduled message", logx.Field("error", err.Error()))
	}
}

// end notes what came of a message. Of a result that may be another the next time nothing is noted but when to try again.
func (s *Schedule) end(ctx context.Context, m *imchat.ScheduledMessage, result error) error {
	now := s.now()
	if result == nil {
		if err := sentPoint.Hit(m.ID); err != nil {
			return err
		}
		return s.store.EndScheduled(ctx, m, store.ScheduleSent, "", now.Add(sentForget).UnixMilli())
	}
	switch refusal := errs.From(result); refusal.Kind {
	case errs.Invalid, errs.Forbidden, errs.NotFound, errs.Conflict, errs.TooLarge:
		if err := s.store.EndScheduled(ctx, m, store.ScheduleFailing, refusal.Reason, now.UnixMilli()); err != nil {
			return err
		}
	default:
		wait := max(refusal.RetryAfter, s.config.Lease)
		return s.store.EndScheduled(ctx, m, store.SchedulePending, "", now.Add(wait).UnixMilli())
	}
	return nil
}

// tell tells a user that its message was refused.
func (s *Schedule) tell(ctx context.Context, m *imchat.ScheduledMessage) error {
	id := strconv.FormatInt(m.ID, 10)
	content, err := json.Marshal(map[string]string{"event": "message.refused", "scheduledId": id, "reason": m.Reason})
	if err != nil {
		return err
	}
	to := string(model.NotificationID(model.UserID(m.UserID)))
	if _, err := s.sender.Append(ctx, to, committer.Append{ID: "scheduled:" + id, Content: content}); err != nil {
		return err
	}
	return s.store.EndScheduled(ctx, m, store.ScheduleFailed, m.Reason, s.now().Add(failedForget).UnixMilli())
}
