package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

var errFailed = errors.New("failed")

// world is what the scenarios of a run share: the people, the ledger, the faults and the report.
type world struct {
	opts     options
	run      string // in every name and id, so that runs do not meet
	ledger   *ledger
	faults   *faults
	progress *progress
	report   *report

	transport  *http.Transport
	nextSource atomic.Int64
	readers    sync.WaitGroup // of all sockets
	received   atomic.Int64   // bytes of the frames that came to them

	pool      []*person
	friendsMu sync.Mutex
	friends   map[string]bool // by conversation
}

func newWorld(o options, p *progress) *world {
	w := &world{
		opts: o, run: fmt.Sprintf("lg%x", time.Now().UnixMilli()), ledger: newLedger(), faults: newFaults(), progress: p,
		friends: map[string]bool{}, report: newReport(o),
	}
	w.transport = &http.Transport{
		MaxIdleConnsPerHost: 2 * makersAtOnce, IdleConnTimeout: 30 * time.Second,
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			return w.dialer(false)(ctx, network, addr)
		},
	}
	return w
}

// close waits for all sockets, which have been left.
func (w *world) close() {
	w.readers.Wait()
	w.transport.CloseIdleConnections()
}

// url answers the gateway of the i-th connection: they are spread evenly.
func (w *world) url(i int) string { return w.opts.sockets[i%len(w.opts.sockets)] }

// dialersAtOnce is how many connections are opened at a time.
const dialersAtOnce = 64

// connect opens so many connections for each person, spread over the gateways, and answers them person by person.
func (w *world) connect(ctx context.Context, people []*person, devices int, onMessage func(*socket, *entry)) ([]*socket, error) {
	return w.connectEach(ctx, len(people)*devices, func(i int) device {
		return device{person: people[i/devices], onMessage: onMessage}
	})
}

// connectEach opens n connections, spread over the gateways.
func (w *world) connectEach(ctx context.Context, n int, of func(i int) device) ([]*socket, error) {
	sockets := make([]*socket, n)
	var opened atomic.Int64
	w.progress.watch(func() string { return fmt.Sprintf("%d of %d connected", opened.Load(), len(sockets)) })
	slots := make(chan struct{}, dialersAtOnce)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var dialling sync.WaitGroup
	for i := range sockets {
		slots <- struct{}{}
		if ctx.Err() != nil {
			break
		}
		dialling.Go(func() {
			defer func() { <-slots }()
			s, err := w.persist(ctx, of(i), w.url(i))
			if err != nil {
				cancel(err)
				return
			}
			sockets[i] = s
			opened.Add(1)
		})
	}
	dialling.Wait()
	if err := context.Cause(ctx); err != nil {
		leaveAll(sockets)
		return nil, fmt.Errorf("connect: %w", err)
	}
	return sockets, nil
}

// persist dials until the server lets the connection in; a server that says to come back later is obeyed.
func (w *world) persist(ctx context.Context, d device, url string) (*socket, error) {
	for {
		s, err := w.dial(ctx, d, url)
		var refused *refusal
		switch {
		case err == nil:
			return s, nil
		case errors.As(err, &refused) && refused.status == http.StatusUnauthorized:
			if err := d.person.client.Refresh(ctx); err != nil {
				return nil, fmt.Errorf("refresh: %w", err)
			}
		case errors.As(err, &refused) && refused.retryAfter > 0:
			if err := pause(ctx, refused.retryAfter); err != nil {
				return nil, err
			}
		default:
			return nil, err
		}
	}
}

// pause waits.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("pause: %w", ctx.Err())
	}
}

// leaveAll ends connections; nil ones were never opened.
func leaveAll(sockets []*socket) {
	var leaving sync.WaitGroup
	for _, s := range sockets {
		if s != nil {
			s.leave()
		}
	}
	for _, s := range sockets {
		if s != nil {
			leaving.Go(func() { <-s.ended })
		}
	}
	leaving.Wait()
}

// startAllAtHead has every connection know where its conversations stand.
func startAllAtHead(ctx context.Context, sockets []*socket) error {
	return each(ctx, len(sockets), func(i int) error { return sockets[i].startAtHead(ctx) })
}

// until waits for a condition that other goroutines bring about; false when the time is up.
func until(ctx context.Context, d time.Duration, condition func() bool) bool {
	deadline := time.Now().Add(d)
	for !condition() {
		if time.Now().After(deadline) || pause(ctx, 2*time.Millisecond) != nil {
			return condition()
		}
	}
	return true
}
