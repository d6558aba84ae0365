package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
)

// mixed is a day's traffic: people write to a friend and to a small group, read, and now and then leave and come back.
func mixed(ctx context.Context, w *world) error {
	const groupSize = 20
	n := max(w.opts.pairs/groupSize, 1) * groupSize * 2
	people, err := w.people(ctx, n)
	if err != nil {
		return err
	}
	if err := each(ctx, n/2, func(i int) error { return w.befriend(ctx, people[2*i], people[2*i+1]) }); err != nil {
		return err
	}
	m := &mixture{world: w, people: people, answers: newTiming(), receipts: newTiming()}
	for i := 0; i < n; i += groupSize {
		conversation, err := w.group(ctx, "mixed", people[i:i+groupSize])
		if err != nil {
			return err
		}
		m.groups = append(m.groups, conversation)
	}
	if m.sockets, err = w.connect(ctx, people, 1, m.received); err != nil {
		return err
	}
	if err := startAllAtHead(ctx, m.sockets); err != nil {
		return err
	}
	w.progress.watch(func() string {
		return fmt.Sprintf("%d sent, %d reads, %d reconnects, %d faults", m.numbers.Load(), m.reads.Load(), m.reconnects.Load(), w.faults.total())
	})
	meter := w.meter("mixed")
	m.run(ctx, groupSize)
	all, _, took := meter.stop(m.numbers.Load())
	for i, s := range m.sockets {
		w.expect(ctx, m.groups[i/groupSize], s)
		w.expect(ctx, m.friend(i), s)
	}
	leaveAll(m.sockets)
	w.report.figure("mixed", figStored, float64(m.numbers.Load())/took.Seconds(), "/s")
	w.report.figure("mixed", "reconnects with a sync", float64(m.reconnects.Load()), "")
	if len(w.opts.procs) > 0 {
		w.report.figure("mixed", figCPU, all, "CPU-s")
	}
	w.report.timing("mixed", "answer", m.answers.summary())
	w.report.timing("mixed", "receipt", m.receipts.summary())
	return nil
}

// mixture is the state of the mixed scenario.
type mixture struct {
	world      *world
	people     []*person
	groups     []string
	sockets    []*socket
	numbers    atomic.Int64
	reads      atomic.Int64
	reconnects atomic.Int64
	answers    *timing
	receipts   *timing
}

func (m *mixture) received(_ *socket, e *entry) {
	if _, d, ok := since(m.world.run, e.clientMsgID, e.at); ok {
		m.receipts.record(d)
	}
}

// friend is the conversation of the i-th person with the one beside it.
func (m *mixture) friend(i int) string { return single(m.people[i].id, m.people[i^1].id) }

// run has everybody act, each at its own pace, until the time is up.
func (m *mixture) run(ctx context.Context, groupSize int) {
	ctx, cancel := context.WithTimeout(ctx, m.world.opts.duration)
	defer cancel()
	var acting sync.WaitGroup
	for i := range m.sockets {
		acting.Go(func() {
			for pause(ctx, time.Second/2+rand.N(2*time.Second)) == nil { //nolint:gosec // spreads load
				m.act(context.WithoutCancel(ctx), i, m.friend(i), m.groups[i/groupSize])
			}
		})
	}
	acting.Wait()
}

// act does one thing, of which sending to a friend is the most likely.
func (m *mixture) act(ctx context.Context, i int, friend, group string) {
	ctx, cancel := context.WithTimeout(ctx, arrival)
	defer cancel()
	switch dice := rand.IntN(100); { //nolint:gosec // spreads load
	case dice < 55:
		m.send(ctx, m.sockets[i], friend)
	case dice < 75:
		m.send(ctx, m.sockets[i], group)
	case dice < 95:
		m.read(ctx, m.sockets[i], friend)
	default:
		m.leaveAndReturn(ctx, i)
	}
}

func (m *mixture) send(ctx context.Context, s *socket, conversation string) {
	now := time.Now()
	id := stamp(m.world.run, m.numbers.Add(1), now)
	data := fmt.Appendf(nil, `{"clientMsgId":"%s","conversationId":"%s","type":"text","content":{"text":"%s"}}`, id, conversation, payload)
	a, err := s.call(ctx, "message.send", data)
	if err != nil {
		m.world.faults.add(faultUnanswered, "%v", err)
		return
	}
	m.answers.record(time.Since(now))
	m.world.stored(&socket{}, conversation, 1, id, a) // one at a time: there is no order to check
}

func (m *mixture) read(ctx context.Context, s *socket, conversation string) {
	seq := m.world.ledger.log(conversation).head()
	if seq == 0 {
		return
	}
	a, err := s.call(ctx, "conversation.read", fmt.Appendf(nil, `{"conversationId":"%s","seq":%d}`, conversation, seq))
	switch {
	case err != nil:
		m.world.faults.add(faultUnanswered, "%v", err)
	case a.reason != "":
		m.world.faults.add(faultRefused, "read: %s", a.reason)
	}
	m.reads.Add(1)
}

func (m *mixture) leaveAndReturn(ctx context.Context, i int) {
	old := m.sockets[i]
	old.leave()
	<-old.ended
	s, err := m.world.persist(ctx, device{person: old.person, onMessage: m.received, earlier: old}, m.world.url(i))
	if err == nil {
		_, err = s.catchUp(ctx)
	}
	if err != nil {
		m.world.faults.add(faultClosed, "did not come back: %v", err)
		return
	}
	m.sockets[i] = s
	m.reconnects.Add(1)
}
