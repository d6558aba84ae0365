package main

import (
	"context"
	"fmt"
	"strings"
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
	timed        func(s *socket) bool

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

// roomOf makes a group and connects its members, each with so many devices.
func (w *world) roomOf(ctx context.Context, scenario string, members, devices int) (*room, error) {
	people, err := w.people(ctx, members)
	if err != nil {
		return nil, err
	}
	w.progress.say("making a group of %d", members)
	conversation, err := w.group(ctx, scenario, people)
	if err != nil {
		return nil, err
	}
	r := &room{world: w, conversation: conversation, text: payload, times: newTiming(), waits: map[int64]*arrivals{}}
	if r.sockets, err = w.connect(ctx, people, devices, r.received); err != nil {
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
		if r.timed == nil || r.timed(s) {
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

// finish waits until every message has arrived everywhere; but are the connections that are not expected to get them.
func (r *room) finish(ctx context.Context, but map[*socket]bool) {
	r.stopped.Store(true)
	if !until(ctx, arrival, func() bool { return r.inFlight.Load() == 0 }) {
		r.world.faults.add(faultLost, "%d group messages did not arrive everywhere", r.inFlight.Load())
	}
	for _, s := range r.sockets {
		if !but[s] {
			r.world.expect(ctx, r.conversation, s)
		}
	}
	leaveAll(r.sockets)
}

// closedRoom keeps so many messages in flight: each is sent when an earlier one has reached everybody.
func closedRoom(inFlight int) func(ctx context.Context, w *world) error {
	scenario := fmt.Sprintf("room-%d", inFlight)
	return func(ctx context.Context, w *world) error {
		r, err := w.roomOf(ctx, scenario, w.opts.room, 1)
		if err != nil {
			return err
		}
		var next func()
		next = func() {
			if !r.stopped.Load() {
				r.send(time.Now(), 0, next)
			}
		}
		for range inFlight {
			next()
		}
		_ = pause(ctx, w.opts.warmUp)
		m := w.meter(scenario)
		r.measuring.Store(true)
		_ = pause(ctx, w.opts.duration)
		r.measuring.Store(false)
		delivered := r.delivered.Load()
		_, gateway, took := m.stop(delivered)
		r.finish(ctx, nil)
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

// stalled compares how long a group's messages take while everybody reads and while one in twenty does not.
func stalled(ctx context.Context, w *world) error {
	const (
		perSecond = 2
		oneIn     = 20
	)
	devices := max(w.opts.connections/w.opts.people, 1)
	r, err := w.roomOf(ctx, "stalled", w.opts.people, devices)
	if err != nil {
		return err
	}
	r.text = strings.Repeat(payload, 40) // so that what is not read fills the sockets
	asleep := map[*socket]bool{}
	run := func(but int) distribution {
		r.times = newTiming()
		start := time.Now()
		for n := 0; time.Since(start) < w.opts.duration && ctx.Err() == nil; n++ {
			due := start.Add(time.Duration(n) * time.Second / perSecond)
			if pause(ctx, time.Until(due)) == nil {
				r.measuring.Store(true)
				r.send(due, but, nil)
			}
		}
		until(ctx, arrival, func() bool { return r.inFlight.Load() == 0 })
		r.measuring.Store(false)
		return r.times.summary()
	}
	// The same connections are timed in both runs.
	r.timed = func(s *socket) bool { return !s.sleeper }
	for i := oneIn; i < len(r.sockets); i += oneIn {
		r.sockets[i].sleeper = true
		asleep[r.sockets[i]] = true
	}
	without := run(0)
	before := w.gatewayMemory()
	wake := make(chan struct{})
	for s := range asleep {
		s.sleep(wake)
	}
	with := run(len(asleep))
	w.report.figure("stalled", "memory per stalled connection, gateway", float64(w.gatewayMemory()-before)/float64(len(asleep))/1000, "KB")
	close(wake)
	r.finish(ctx, asleep)
	w.report.figure("stalled", "connections that read nothing", float64(len(asleep)), "")
	w.report.figure("stalled", figOthers, with.P99/without.P99, "×")
	w.report.timing("stalled", "delivery without", without)
	w.report.timing("stalled", "delivery with", with)
	return nil
}
