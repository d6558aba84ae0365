package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"im-backend/common/imclient"
)

// offlineSync lets one person miss very many messages in many conversations, and times the sync that brings them.
func offlineSync(ctx context.Context, w *world) error {
	const conversations = 50
	missed := w.opts.missed
	people, err := w.people(ctx, conversations+1)
	if err != nil {
		return err
	}
	reader := people[conversations]
	if err := each(ctx, conversations, func(i int) error { return w.befriend(ctx, people[i], reader) }); err != nil {
		return err
	}
	before, err := w.connect(ctx, []*person{reader}, 1, nil)
	if err != nil {
		return err
	}
	if err := before[0].startAtHead(ctx); err != nil {
		return err
	}
	leaveAll(before)
	if err := w.fill(ctx, people[:conversations], reader, missed); err != nil {
		return err
	}
	for round := range 3 { // the first also warms up
		m := w.meter("offline-sync")
		s, err := w.persist(ctx, device{person: reader, earlier: before[0].copy()}, w.url(0))
		if err != nil {
			return err
		}
		pages, err := s.catchUp(ctx)
		if err != nil {
			return err
		}
		_, _, took := m.stop(int64(missed))
		for _, p := range people[:conversations] {
			w.expect(ctx, single(p.id, reader.id), s)
		}
		leaveAll([]*socket{s})
		if round > 0 {
			w.report.figure("offline-sync", figCaughtUp, float64(took.Microseconds())/1000, "ms")
			w.report.figure("offline-sync", "pages", float64(pages), "")
		}
	}
	return nil
}

// copy is an ended connection that stands where this one does, for more than one to go on from there.
func (s *socket) copy() *socket {
	own := &socket{positions: map[string]*position{}, synced: s.synced}
	for id, p := range s.positions {
		at := *p
		own.positions[id] = &at
	}
	return own
}

// fill has people write n messages to a reader, over WebSocket.
func (w *world) fill(ctx context.Context, people []*person, reader *person, n int) error {
	c := &chat{world: w, scenario: "fill", answers: newTiming(), receipts: newTiming()}
	sockets, err := w.connect(ctx, people, 1, c.received)
	if err != nil {
		return err
	}
	defer leaveAll(sockets)
	for _, s := range sockets {
		c.pairs = append(c.pairs, pair{conversation: single(s.person.id, reader.id), from: s, to: s})
	}
	w.progress.watch(func() string { return fmt.Sprintf("%d of %d written", c.numbers.Load(), n) })
	var waiting sync.WaitGroup
	slots := make(chan struct{}, 200)
	for i := range n {
		slots <- struct{}{}
		waiting.Add(1)
		c.send(&c.pairs[i%len(c.pairs)], time.Now(), func() { <-slots; waiting.Done() })
		if w.faults.total() > 0 {
			return fmt.Errorf("fill: %w", errFailed)
		}
	}
	waiting.Wait()
	return nil
}

// storm breaks very many connections at once, or kills a gateway, and times how all of them come back and sync while
// messages go on.
func storm(ctx context.Context, w *world) error {
	people, err := w.people(ctx, min(w.opts.people, w.opts.connections))
	if err != nil {
		return err
	}
	talking := min(w.opts.pairs, len(people)/2)
	if err := each(ctx, talking, func(i int) error { return w.befriend(ctx, people[2*i], people[2*i+1]) }); err != nil {
		return err
	}
	devices := max(w.opts.connections/len(people), 1)
	sockets, err := w.connect(ctx, people, devices, nil)
	if err != nil {
		return err
	}
	if err := startAllAtHead(ctx, sockets); err != nil {
		return err
	}
	writing, stop := context.WithCancel(ctx)
	defer stop()
	var writers sync.WaitGroup
	writers.Go(func() { w.write(writing, people[:2*talking]) })
	_ = pause(ctx, w.opts.warmUp)

	m := w.meter("storm")
	if err := w.strike(sockets); err != nil {
		return err
	}
	came, missing := w.comeBack(ctx, sockets, backWithin)
	m.stop(int64(len(sockets)))
	stop()
	writers.Wait()
	for i := range talking {
		conversation := single(people[2*i].id, people[2*i+1].id)
		for _, s := range []*socket{sockets[2*i*devices], sockets[(2*i+1)*devices]} {
			if s != nil {
				w.expect(ctx, conversation, s)
			}
		}
	}
	leaveAll(sockets)
	w.report.figure("storm", "connections broken", float64(len(sockets)), "")
	w.report.figure("storm", "connections that did not come back", float64(missing), "")
	w.report.figure("storm", figBack95, came.P95/1000, "s")
	w.report.figure("storm", figBack, came.Max/1000, "s")
	return nil
}

// strike ends all connections: by the end of their gateway where it may be killed, else each by itself.
func (w *world) strike(sockets []*socket) error {
	for _, s := range sockets {
		s.leaving.Store(true) // what comes is no fault
	}
	if w.opts.kill == "" {
		for _, s := range sockets {
			s.cut()
		}
		return nil
	}
	w.progress.say("killing %s", w.opts.kill)
	return w.opts.procs.kill(w.opts.kill)
}

// backWithin is when a connection that has not come back is given up.
const backWithin = 2 * time.Minute

// comeBack reconnects every connection, as a client does, to whatever gateway lets it in, and replaces it in the list, by nil
// when it is not back within a time. It answers how long each took until it was synced or given up, and how many are missing.
func (w *world) comeBack(ctx context.Context, sockets []*socket, within time.Duration) (took distribution, missing int64) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	var back atomic.Int64
	w.progress.watch(func() string { return fmt.Sprintf("%d of %d are back", back.Load(), len(sockets)) })
	times := newTiming()
	struck := time.Now()
	var coming sync.WaitGroup
	for i := range sockets {
		coming.Go(func() {
			<-sockets[i].ended
			s, err := w.reconnect(ctx, sockets[i], i)
			sockets[i] = s
			times.record(time.Since(struck))
			if err != nil {
				w.faults.add(faultClosed, "did not come back: %v", err)
				return
			}
			back.Add(1)
		})
	}
	coming.Wait()
	return times.summary(), int64(len(sockets)) - back.Load()
}

// reconnect brings one connection back, with growing and jittered pauses, trying the gateways in turn.
func (w *world) reconnect(ctx context.Context, earlier *socket, i int) (*socket, error) {
	const (
		first   = 500 * time.Millisecond
		longest = 8 * time.Second
	)
	gateways := w.opts.sockets
	if w.opts.spare != "" {
		gateways = append([]string{w.opts.spare}, gateways...)
	}
	backoff, least := first, first/2
	for try := i; ; try++ {
		if err := pause(ctx, least+rand.N(backoff/2)); err != nil { //nolint:gosec // jitter is no secret
			return nil, err
		}
		s, err := w.dial(ctx, device{person: earlier.person, earlier: earlier}, gateways[try%len(gateways)])
		if err == nil {
			syncing, cancel := context.WithTimeout(ctx, 10*time.Second)
			_, err = s.catchUp(syncing)
			cancel()
			if err == nil {
				return s, nil
			}
			s.cut()
			<-s.ended
			earlier = s
		}
		backoff = min(2*backoff, longest)
		least = max(backoff/2, asked(err))
	}
}

// asked is how long the server asked to stay away; zero when it did not.
func asked(err error) time.Duration {
	var refused *refusal
	if errors.As(err, &refused) && refused.status != http.StatusUnauthorized {
		return refused.retryAfter
	}
	return 0
}

// insist sends until there is an answer, with the same clientMsgId, as a client does.
func insist(ctx context.Context, from *person, m imclient.Outgoing) (imclient.Sent, error) {
	ctx, cancel := context.WithTimeout(ctx, arrival)
	defer cancel()
	for {
		sent, err := from.client.SendMessage(ctx, m)
		var refused *imclient.APIError
		if err == nil || ctx.Err() != nil || errors.As(err, &refused) && refused.Status < http.StatusInternalServerError {
			return sent, err //nolint:wrapcheck // told with what was tried
		}
		_ = pause(ctx, time.Second/2)
	}
}

// write has people write to one another over HTTP until ctx ends: these sends do not depend on a gateway.
func (w *world) write(ctx context.Context, people []*person) {
	const perSecond = 100
	start := time.Now()
	for n := 0; ; n++ {
		due := start.Add(time.Duration(n) * time.Second / perSecond)
		if pause(ctx, time.Until(due)) != nil {
			return
		}
		from, to := people[n%len(people)], people[(n%len(people))^1]
		m := imclient.Text(payload)
		m.ToUserID = to.id
		m.ClientMsgID = string(stamp(w.run, int64(n), due)) + "-h"
		sent, err := insist(context.WithoutCancel(ctx), from, m)
		if err != nil {
			w.faults.add(faultRefused, "send over HTTP: %v", err)
			continue
		}
		if !w.ledger.log(sent.ConversationID).acknowledged(sent.Seq, []byte(m.ClientMsgID)) {
			w.faults.add(faultForked, "%s %d over HTTP", sent.ConversationID, sent.Seq)
		}
	}
}
