package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
)

const (
	// oneAsleepIn is how many connections there are for each that reads nothing.
	oneAsleepIn = 20
	// stalledMessages go to the group while some of it reads nothing. They are of 4 KB and more, so that they overflow what
	// a gateway keeps for a connection, 1 MiB, and what a narrow socket takes, and together less than the owner may send at once.
	stalledMessages = 400
	// stalledInFlight bounds how far the others may be behind: none of them may overflow.
	stalledInFlight = 64
	// closeTooSlow is what the server says to a connection whose queue is full.
	closeTooSlow = 4002
)

// stalled compares how long a group's messages take while everybody reads and while one in twenty does not, until the server
// has closed those. The room is smaller than what idle and storm open: a message to it has to be everywhere before the next
// one is due, and there have to be hundreds of messages before a queue is full.
func stalled(ctx context.Context, w *world) error {
	people := min(w.opts.stalled, w.opts.people)
	r, err := w.roomOf(ctx, "stalled", people, w.opts.stalled/people, oneAsleepIn)
	if err != nil {
		return err
	}
	r.text = strings.Repeat(payload, 40)
	var sleepers []*socket
	for _, s := range r.sockets {
		if s.sleeper {
			sleepers = append(sleepers, s)
		}
	}
	without, before := r.paced(ctx, 0)
	wake := make(chan struct{})
	if err := fallAsleep(ctx, sleepers, wake); err != nil {
		close(wake)
		leaveAll(r.sockets)
		return err
	}
	with, most := r.paced(ctx, len(sleepers))
	close(wake)
	closed := w.closedByServer(ctx, sleepers)
	r.finish(ctx)
	w.report.figure("stalled", "connections that read nothing", float64(len(sleepers)), "")
	w.report.figure("stalled", "of those closed by the server", float64(closed), "")
	w.report.figure("stalled", "memory per stalled connection, gateway", float64(max(most-before, 0))/float64(len(sleepers))/1000, "KB")
	w.report.figure("stalled", figOthers, with.P99/without.P99, "×")
	w.report.timing("stalled", "delivery without", without)
	w.report.timing("stalled", "delivery with", with)
	return nil
}

// paced sends the messages of a run, evenly, and answers how long they took and the most memory that the gateways had; but are
// the connections that are not expected to get them.
func (r *room) paced(ctx context.Context, but int) (times distribution, memory int64) {
	r.times = newTiming()
	r.measuring.Store(true)
	start := time.Now()
	for n := range stalledMessages {
		due := start.Add(time.Duration(n) * r.world.opts.duration / stalledMessages)
		if pause(ctx, time.Until(due)) != nil || !until(ctx, arrival, func() bool { return r.inFlight.Load() < stalledInFlight }) {
			break
		}
		r.send(due, but, nil)
		memory = max(memory, r.world.gatewayMemory())
	}
	until(ctx, arrival, func() bool { return r.inFlight.Load() == 0 })
	r.measuring.Store(false)
	return r.times.summary(), memory
}

// fallAsleep returns when none of the connections reads any more, until wake is closed.
func fallAsleep(ctx context.Context, sleepers []*socket, wake <-chan struct{}) error {
	var asleep atomic.Int64
	for _, s := range sleepers {
		s.sleep(wake, func() { asleep.Add(1) })
	}
	if !until(ctx, arrival, func() bool { return asleep.Load() == int64(len(sleepers)) }) {
		return fmt.Errorf("fall asleep: %w: %d of %d", errFailed, asleep.Load(), len(sleepers))
	}
	return nil
}

// sleep has the reader stop reading until wake is closed; asleep is called when it has. What happens to the connection then is
// no fault: the server has to end it.
func (s *socket) sleep(wake <-chan struct{}, asleep func()) {
	s.leaving.Store(true)
	s.request("ping", []byte("{}"), func(a *answer) {
		asleep()
		if !a.lost {
			<-wake
		}
	})
}

// closedByServer waits for those that have slept to find that they were closed, and answers how many were. One that was not,
// or for another reason than that it was slow, is a fault: it costs the server memory for as long as it likes.
func (w *world) closedByServer(ctx context.Context, sleepers []*socket) (closed int) {
	var left []*socket
	until(ctx, arrival, func() bool {
		left = slices.DeleteFunc(slices.Clone(sleepers), (*socket).hasEnded)
		return len(left) == 0
	})
	if len(left) > 0 {
		w.faults.add(faultKept, "%d of %d connections that read nothing", len(left), len(sleepers))
	}
	for _, s := range sleepers {
		switch {
		case !s.hasEnded():
		case tooSlow(s.why):
			closed++
		default:
			w.faults.add(faultClosed, "one that read nothing: %v", s.why)
		}
	}
	return closed
}

// hasEnded reports whether the connection has ended.
func (s *socket) hasEnded() bool {
	select {
	case <-s.ended:
		return true
	default:
		return false
	}
}

// tooSlow reports whether a connection ended as a slow one does: with the code for it, or cut off.
func tooSlow(err error) bool {
	var end *websocket.CloseError
	if errors.As(err, &end) {
		return end.Code == closeTooSlow || end.Code == websocket.CloseAbnormalClosure
	}
	var cut net.Error
	return errors.As(err, &cut) || errors.Is(err, io.ErrUnexpectedEOF)
}
