package main

import (
	"context"
	"time"
)

// idle opens many connections and leaves them alone.
func idle(ctx context.Context, w *world) error {
	n := w.opts.connections
	people, err := w.people(ctx, min(w.opts.people, n))
	if err != nil {
		return err
	}
	const warm = 200 // so that what the first connections bring with them is not counted
	first, err := w.connect(ctx, people[:min(warm, len(people))], 1, nil)
	if err != nil {
		return err
	}
	defer leaveAll(first)
	if err := pause(ctx, time.Second); err != nil {
		return err
	}
	before := w.gatewayMemory()
	connecting := w.meter("connect")
	devices := max(n/len(people), 1)
	sockets, err := w.connect(ctx, people, devices, nil)
	if err != nil {
		return err
	}
	defer leaveAll(sockets)
	_, _, took := connecting.stop(int64(len(sockets)))
	w.report.figure("idle", "connections opened", float64(len(sockets))/took.Seconds(), "/s")
	if err := pause(ctx, w.opts.settle); err != nil { // handshakes' memory is given back
		return err
	}
	resting := w.meter("idle")
	if err := pause(ctx, w.opts.duration); err != nil {
		return err
	}
	_, gateway, took := resting.stop(int64(len(sockets)))
	w.report.figure("idle", "connections", float64(len(first)+len(sockets)), "")
	w.report.figure("idle", figMemory, float64(w.gatewayMemory()-before)/float64(len(sockets))/1000, "KB")
	w.report.figure("idle", "CPU of 1,000 idle connections, gateway", gateway/took.Seconds()*100, "% of a core")
	return nil
}
