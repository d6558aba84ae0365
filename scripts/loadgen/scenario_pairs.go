package main

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"time"
)

// pair is a sender and a receiver who are friends, connected.
type pair struct {
	conversation string
	from, to     *socket
}

// chat is pairs that write to one another one-way, and what is measured of it.
type chat struct {
	world    *world
	scenario string
	pairs    []pair

	stopped   atomic.Bool
	numbers   atomic.Int64
	inFlight  atomic.Int64
	stored    atomic.Int64 // answered within the measurement
	measuring atomic.Bool
	answers   *timing
	receipts  *timing
}

// payload is a text of about a hundred bytes.
var payload = strings.Repeat("lorem ipsum ", 8) + "dolo"

// chatOf connects the pairs of a scenario. Half of the people write, to the other half.
func (w *world) chatOf(ctx context.Context, scenario string) (*chat, error) {
	people, err := w.people(ctx, 2*w.opts.pairs)
	if err != nil {
		return nil, err
	}
	w.progress.say("making %d friendships", w.opts.pairs)
	if err := each(ctx, w.opts.pairs, func(i int) error { return w.befriend(ctx, people[2*i], people[2*i+1]) }); err != nil {
		return nil, err
	}
	c := &chat{world: w, scenario: scenario, answers: newTiming(), receipts: newTiming()}
	sockets, err := w.connect(ctx, people, 1, c.received)
	if err != nil {
		return nil, err
	}
	if err := startAllAtHead(ctx, sockets); err != nil {
		leaveAll(sockets)
		return nil, err
	}
	for i := range w.opts.pairs {
		a, b := sockets[2*i], sockets[2*i+1]
		c.pairs = append(c.pairs, pair{conversation: single(a.person.id, b.person.id), from: a, to: b})
	}
	w.progress.watch(func() string {
		return fmt.Sprintf("%d sent, %d in flight, %d faults", c.numbers.Load(), c.inFlight.Load(), w.faults.total())
	})
	return c, nil
}

// sockets are all connections.
func (c *chat) sockets() (all []*socket) {
	for _, p := range c.pairs {
		all = append(all, p.from, p.to)
	}
	return all
}

// received takes an entry at either end of a pair; the receiver's are timed.
func (c *chat) received(s *socket, e *entry) {
	if c.measuring.Load() && !s.isSender() {
		if _, d, ok := since(c.world.run, e.clientMsgID, e.at); ok {
			c.receipts.record(d)
		}
	}
}

// send sends the next message of a pair, which was due at a time; then is called when it is answered.
func (c *chat) send(p *pair, due time.Time, then func()) {
	id := stamp(c.world.run, c.numbers.Add(1), due)
	order := p.from.nextSend()
	data := make([]byte, 0, 300)
	data = append(append(data, `{"clientMsgId":"`...), id...)
	data = append(append(data, `","conversationId":"`...), p.conversation...)
	data = append(append(data, `","type":"text","content":{"text":"`...), payload...)
	data = append(data, `"}}`...)
	c.inFlight.Add(1)
	p.from.request("message.send", data, func(a *answer) {
		c.inFlight.Add(-1)
		if !c.world.stored(p.from, p.conversation, order, id, a) {
			return
		}
		if c.measuring.Load() {
			c.stored.Add(1)
			c.answers.record(time.Since(due))
		}
		if then != nil {
			then()
		}
	})
}

// finish waits until everything is answered and everybody has everything, and counts what is not.
func (c *chat) finish(ctx context.Context) {
	c.stopped.Store(true)
	until(ctx, 15*time.Second, func() bool { return c.inFlight.Load() == 0 })
	if left := c.inFlight.Load(); left > 0 {
		c.world.faults.add(faultUnanswered, "%d sends", left)
	}
	for _, p := range c.pairs {
		c.world.expect(ctx, p.conversation, p.from, p.to)
	}
	leaveAll(c.sockets())
}

// measure runs the load for the time of a scenario, after a while to warm up, and reports the figures.
func (c *chat) measure(ctx context.Context, run func(ctx context.Context)) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan struct{})
	c.world.readers.Go(func() { defer close(done); run(ctx) })
	_ = pause(ctx, c.world.opts.warmUp)
	m := c.world.meter(c.scenario)
	c.measuring.Store(true)
	_ = pause(ctx, c.world.opts.duration)
	c.measuring.Store(false)
	stored := c.stored.Load()
	all, _, took := m.stop(stored)
	c.stopped.Store(true)
	cancel()
	<-done
	r := c.world.report
	r.figure(c.scenario, figStored, float64(stored)/took.Seconds(), "/s")
	if len(c.world.opts.procs) > 0 {
		r.figure(c.scenario, figCPU, all, "CPU-s")
	}
	answers, receipts := c.answers.summary(), c.receipts.summary()
	r.figure(c.scenario, figAnswer50, answers.P50, "ms")
	r.figure(c.scenario, figAnswer99, answers.P99, "ms")
	r.figure(c.scenario, figReceipt50, receipts.P50, "ms")
	r.figure(c.scenario, figReceipt99, receipts.P99, "ms")
	r.timing(c.scenario, "answer", answers)
	r.timing(c.scenario, "receipt", receipts)
}

// closedPairs keeps so many sends of every pair unanswered: how much the system can do.
func closedPairs(ctx context.Context, w *world) error {
	const unanswered = 4
	c, err := w.chatOf(ctx, "pairs")
	if err != nil {
		return err
	}
	c.measure(ctx, func(ctx context.Context) {
		for i := range c.pairs {
			p := &c.pairs[i]
			var next func()
			next = func() {
				if !c.stopped.Load() {
					c.send(p, time.Now(), next)
				}
			}
			for range unanswered {
				next()
			}
		}
		<-ctx.Done()
	})
	c.finish(ctx)
	return nil
}

// openPairs sends at a fixed rate whatever comes back: how long things take. A message is timed from when it was due.
func openPairs(ctx context.Context, w *world) error {
	const perSecond = 500
	c, err := w.chatOf(ctx, "pairs-500")
	if err != nil {
		return err
	}
	c.measure(ctx, func(ctx context.Context) {
		start := time.Now()
		for n := 0; ctx.Err() == nil; n++ {
			due := start.Add(time.Duration(n) * time.Second / perSecond)
			if pause(ctx, time.Until(due)) == nil {
				c.send(&c.pairs[n%len(c.pairs)], due, nil)
			}
		}
	})
	c.finish(ctx)
	return nil
}
