// Package process runs a service as a process: it starts it, waits for a signal and stops it in good time. Only mains use
// it.
package process

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/zeromicro/go-zero/core/logx"
	"github.com/zeromicro/go-zero/core/proc"
)

// Service is a part of the system that can be started once and stopped once.
type Service interface {
	// Start returns when the service serves. It waits for what it needs until ctx ends, and logs what it waits for.
	Start(ctx context.Context) error
	// Stop drains and returns when everything that Start began has ended. ctx bounds the draining.
	Stop(ctx context.Context) error
}

// Run starts a service, waits for SIGINT or SIGTERM, stops it within grace and answers the exit code.
func Run(s Service, grace time.Duration) int {
	// go-zero would end the process by itself after its own wait; this package is the one that stops.
	proc.Setup(proc.ShutdownConf{WrapUpTime: 2 * grace, WaitTime: 3 * grace})
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	err := s.Start(ctx)
	if err == nil {
		<-ctx.Done()
	} else if ctx.Err() != nil {
		err = nil // asked to stop while starting
	}
	cancel() // a second signal ends the process at once
	stopping, done := context.WithTimeout(context.Background(), grace)
	defer done()
	if stopErr := s.Stop(stopping); stopErr != nil && err == nil {
		err = stopErr
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// Wait calls try until it succeeds or ctx ends. It logs what is waited for, at most every few seconds.
func Wait(ctx context.Context, what string, try func(ctx context.Context) error) error {
	const pause, quiet = 200 * time.Millisecond, 3 * time.Second
	var lastLog time.Time
	for {
		err := try(ctx)
		if err == nil {
			return nil
		}
		if time.Since(lastLog) > quiet {
			logx.WithContext(ctx).Infof("waiting for %s: %v", what, err)
			lastLog = time.Now()
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for %s: %w", what, err)
		case <-time.After(pause):
		}
	}
}
