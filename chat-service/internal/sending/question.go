package sending

import (
	"context"
	"fmt"
	"time"

	"im-backend/chat-service/internal/committer"
	"im-backend/common/proto/gen/friendpb"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/common/proto/gen/userpb"
	"im-backend/common/utils/errs"
)

const (
	maxQuestions = 64              // at a time; more sends to unknown conversations are refused as retryable
	maxWaiting   = 1000            // sends to one unknown conversation; more are refused as retryable
	askTimeout   = 3 * time.Second // for one question
)

// question is what the owner of one conversation is asked, and the sends that wait for the answer, in their order. It stays
// open until those are decided, so that later sends, which the committer turns back while it is open, do not overtake them.
type question struct {
	waiting  []waiting
	underway int // sends that were submitted anew and are not decided yet
}

type waiting struct {
	job  *committer.Job
	done func(Result, error)
}

// Waiting implements committer.Gate.
func (s *Sending) Waiting(conversationID string) bool {
	if s.open.Load() == 0 {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.questions[conversationID] != nil
}

// ask lets a send wait for the owner of its conversation, which sends us what it still holds for it. It is called by the
// committer's lane, in the order of the sends.
func (s *Sending) ask(w waiting) {
	if !s.enqueue(w) {
		w.done(Result{}, errs.ErrUnavailable.Saying("too many sends to unknown conversations"))
	}
}

func (s *Sending) enqueue(w waiting) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := s.questions[w.job.To.ID]
	switch {
	case s.stopped:
		return false
	case q != nil:
		if len(q.waiting) >= maxWaiting {
			return false
		}
		q.waiting = append(q.waiting, w)
		return true
	case len(s.questions) >= maxQuestions:
		return false
	}
	s.questions[w.job.To.ID] = &question{waiting: []waiting{w}}
	s.open.Add(1)
	s.asking.Go(func() { s.resolve(w.job) })
	return true
}

// Stop refuses new questions and waits for those under way.
func (s *Sending) Stop() {
	s.mu.Lock()
	s.stopped = true
	s.mu.Unlock()
	s.asking.Wait()
}

func (s *Sending) resolve(first *committer.Job) {
	// Not the sender's context: others wait for the answer too.
	ctx, cancel := context.WithTimeout(context.Background(), askTimeout)
	defer cancel()
	err := s.askOwner(ctx, first)
	if err == nil {
		s.resume(first.To.ID)
		return
	}
	s.mu.Lock()
	turned := s.questions[first.To.ID].waiting
	s.close(first.To.ID)
	s.mu.Unlock()
	for _, w := range turned {
		w.done(Result{}, err)
	}
}

// close ends a question; the caller holds the lock.
func (s *Sending) close(id string) {
	delete(s.questions, id)
	s.open.Add(-1)
}

// resume submits what waits anew, and closes the question when nothing does.
func (s *Sending) resume(id string) {
	s.mu.Lock()
	q := s.questions[id]
	again := q.waiting
	q.waiting, q.underway = nil, len(again)
	if len(again) == 0 {
		s.close(id)
	}
	s.mu.Unlock()
	for _, w := range again {
		w.job.Settled = true
		w.job.Done = func(r committer.Result, err error) {
			w.done(Result{Result: r, ConversationID: id}, err)
			s.decided(id, q)
		}
		s.committer.Submit(w.job)
	}
}

func (s *Sending) decided(id string, q *question) {
	s.mu.Lock()
	q.underway--
	last := q.underway == 0
	s.mu.Unlock()
	if last {
		s.resume(id)
	}
}

func (s *Sending) askOwner(ctx context.Context, j *committer.Job) error {
	if j.To.Group != 0 {
		if _, err := s.groups.FlushOutbox(ctx, &grouppb.FlushOutboxRequest{GroupId: int64(j.To.Group)}); err != nil {
			return fmt.Errorf("ask group-service: %w", err)
		}
		return nil
	}
	peer := int64(j.To.Peer(j.Send.Sender))
	found, err := s.users.BatchGetUsers(ctx, &userpb.BatchGetUsersRequest{UserIds: []int64{peer}})
	if err != nil {
		return fmt.Errorf("ask user-service: %w", err)
	}
	if len(found.GetUsers()) == 0 {
		return errs.ErrUserNotFound
	}
	_, err = s.friends.FlushOutbox(ctx, &friendpb.FlushOutboxRequest{UserId: int64(j.Send.Sender), PeerId: peer})
	if err != nil {
		return fmt.Errorf("ask friend-service: %w", err)
	}
	return nil
}
