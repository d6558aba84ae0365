package sending

import (
	"context"
	"sync"
	"time"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/tracex"
)

// Item is one send of a stream.
type Item struct {
	RequestID uint64
	Sender    model.UserID
	Draft     Draft
	Trace     string // traceparent; empty: it is not traced
}

// Answer is the result of one item.
type Answer struct {
	RequestID uint64
	Result    Result
	Err       error
}

const (
	itemTimeout  = 3 * time.Second // for one send of a stream
	drainTimeout = 2 * time.Second // for the sends under way when the service stops
	maxUnderway  = 20_000          // sends of one stream whose answers are not taken yet; more are refused at once
	maxUntaken   = 40_000          // the same with the refusals; a gateway that takes none gets no more of them
)

// Stream is the sends of one gateway: they come in batches and are answered in batches, in any order.
type Stream struct {
	sending *Sending

	mu       sync.Mutex
	answers  []Answer
	underway int // sends whose answers are not taken yet
	ready    chan struct{}
}

// NewStream makes a stream.
func (s *Sending) NewStream() *Stream {
	return &Stream{sending: s, ready: make(chan struct{}, 1)}
}

// Submit takes an item; its answer comes from Answers.
func (st *Stream) Submit(item Item) {
	st.mu.Lock()
	full, deaf := st.underway >= maxUnderway, st.underway >= maxUntaken
	if !deaf {
		st.underway++
	}
	st.mu.Unlock()
	switch {
	case deaf:
		return
	case full:
		st.answer(Answer{RequestID: item.RequestID, Err: errs.ErrUnavailable.Saying("too many sends under way")})
		return
	}
	// Not the stream's context: a send that was taken is stored even when its gateway has gone.
	ctx, cancel := context.WithTimeout(tracex.Within(context.Background(), item.Trace), itemTimeout)
	st.sending.Submit(ctx, item.Sender, item.Draft, func(r Result, err error) {
		cancel()
		st.answer(Answer{RequestID: item.RequestID, Result: r, Err: err})
	})
}

func (st *Stream) answer(a Answer) {
	st.mu.Lock()
	st.answers = append(st.answers, a)
	st.mu.Unlock()
	select {
	case st.ready <- struct{}{}:
	default:
	}
}

// Ready gets a value when there are answers to take.
func (st *Stream) Ready() <-chan struct{} { return st.ready }

// Answers takes the answers that are there.
func (st *Stream) Answers() []Answer {
	st.mu.Lock()
	defer st.mu.Unlock()
	taken := st.answers
	st.answers = nil
	st.underway -= len(taken)
	return taken
}

// Drain hands the answers of the sends under way to send until all are answered, or a moment has passed.
func (st *Stream) Drain(send func([]Answer) error) error {
	deadline := time.After(drainTimeout)
	for {
		if answers := st.Answers(); len(answers) > 0 {
			if err := send(answers); err != nil {
				return err
			}
		}
		st.mu.Lock()
		left := st.underway
		st.mu.Unlock()
		if left == 0 {
			return nil
		}
		select {
		case <-st.ready:
		case <-deadline:
			return nil
		}
	}
}
