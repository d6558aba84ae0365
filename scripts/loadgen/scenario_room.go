package main

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// room is a group whose members are all connected, and whose owner writes.
type room struct {
	world        *world
	conversation string
	text         string    // of a message
	sockets      []*socket // the owner's first

	stopped   atomic.Bool
	measuring atomic.Bool
	numbers   atomic.Int64
	delivered atomic.Int64
	inFlight  atomic.Int64
	times     *timing

	mu    sync.Mutex
	waits map[int64]*arrivals // messages that have not arrived everywhere
}

// arrivals counts the connections that do not have a message yet.
type arrivals struct {
	left atomic.Int64
	then func()
}

// roomOf makes a group and connects its members, each with so many devices. Every oneIn-th connection but the owner's is one
// that will sleep; zero: none.
func (w *world) roomOf(ctx context.Context, scenario string, members, devices, oneIn int) (*room, error) {
	people, err := w.people(ctx, members)
	if err != nil {
		return nil, err
	}
	w.progress.say("making a group of %d", members)
	conversation, err := w.group(ctx, scenario, people)
	if err != nil {
		return nil, err
	}
	return w.enter(ctx, conversation, people, devices, oneIn)
}

// enter connects people who are members of a group, as roomOf does.
func (w *world) enter(ctx context.Context, conversation string, people []*person, devices, oneIn int) (*room, error) {
	r := &room{world: w, conversation: conversation, text: payload, times: newTiming(), waits: map[int64]*arrivals{}}
	var err error
	if r.sockets, err = w.connectEach(ctx, len(people)*devices, func(i int) device {
		return device{person: people[i/devices], onMessage: r.received, sleeper: oneIn > 0 && i > 0 && i%oneIn == 0}
	}); err != nil {
		return nil, err
	}
	if err := startAllAtHead(ctx, r.sockets); err != nil {
		leaveAll(r.sockets)
		return nil, err
	}
	w.progress.watch(func() string {
		return fmt.Sprintf("%d sent, %d deliveries, %d faults", r.numbers.Load(), r.delivered.Load(), w.faults.total())
	})
	return r, nil
}

// received counts a delivery.
func (r *room) received(s *socket, e *entry) {
	n, d, ok := since(r.world.run, e.clientMsgID, e.at)
	if !ok {
		return
	}
	if r.measuring.Load() {
		r.delivered.Add(1)
		if !s.sleeper {
			r.times.record(d)
		}
	}
	r.mu.Lock()
	a := r.waits[n]
	r.mu.Unlock()
	if a != nil && a.left.Add(-1) == 0 {
		r.mu.Lock()
		delete(r.waits, n)
		r.mu.Unlock()
		r.inFlight.Add(-1)
		if a.then != nil {
			a.then()
		}
	}
}

// send sends the owner's next message; then is called when all but some connections have it.
func (r *room) send(due time.Time, but int, then func()) {
	n := r.numbers.Add(1)
	id := stamp(r.world.run, n, due)
	a := &arrivals{then: then}
	a.left.Store(int64(len(r.sockets) - but))
	r.mu.Lock()
	r.waits[n] = a
	r.mu.Unlock()
	r.inFlight.Add(1)
	owner := r.sockets[0]
	order := owner.nextSend()
	data := fmt.Appendf(nil, `{"clientMsgId":"%s","conversationId":"%s","type":"text","content":{"text":"%s"}}`, id, r.conversation, r.text)
	owner.request("message.send", data, func(a *answer) {
		r.world.stored(owner, r.conversation, order, id, a)
	})
}

// finish waits until every message has arrived everywhere but at those that sleep.
func (r *room) finish(ctx context.Context) {
	r.stopped.Store(true)
	if !until(ctx, arrival, func() bool { return r.inFlight.Load() == 0 }) {
		r.world.faults.add(faultLost, "%d group messages did not arrive everywhere", r.inFlight.Load())
	}
	for _, s := range r.sockets {
		if !s.sleeper {
			r.world.expect(ctx, r.conversation, s)
		}
	}
	leaveAll(r.sockets)
}

// keepUp sends, from now until finish, so many messages at a time: each when an earlier one has reached everybody.
func (r *room) keepUp(inFlight int) {
	var next func()
	next = func() {
		if !r.stopped.Load() {
			r.send(time.Now(), 0, next)
		}
	}
	for range inFlight {
		next()
	}
}

// closedRoom keeps so many messages in flight: each is sent when an earlier one has reached everybody.
func closedRoom(inFlight int) func(ctx context.Context, w *world) error {
	scenario := fmt.Sprintf("room-%d", inFlight)
	return func(ctx context.Context, w *world) error {
		r, err := w.roomOf(ctx, scenario, w.opts.room, 1, 0)
		if err != nil {
			return err
		}
		r.keepUp(inFlight)
		_ = pause(ctx, w.opts.warmUp)
		m := w.meter(scenario)
		r.measuring.Store(true)
		_ = pause(ctx, w.opts.duration)
		r.measuring.Store(false)
		delivered := r.delivered.Load()
		_, gateway, took := m.stop(delivered)
		r.finish(ctx)
		times := r.times.summary()
		w.report.figure(scenario, figDelivered, float64(delivered)/took.Seconds(), "/s")
		w.report.figure(scenario, figDelivery, times.P99, "ms")
		if len(w.opts.procs) > 0 {
			w.report.figure(scenario, figGateway, gateway, "CPU-s")
		}
		w.report.timing(scenario, "delivery", times)
		return nil
	}
}
