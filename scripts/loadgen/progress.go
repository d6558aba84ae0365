package main

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// progress tells now and then, on standard error, what a run does.
type progress struct {
	out io.Writer

	mu       sync.Mutex
	scenario string
	status   func() string

	stop  chan struct{}
	owner sync.WaitGroup
}

// progressEvery is how often the status is told.
const progressEvery = 2 * time.Second

func newProgress(out io.Writer) *progress {
	p := &progress{out: out, stop: make(chan struct{})}
	p.owner.Go(p.run)
	return p
}

// begin names the scenario.
func (p *progress) begin(scenario string) {
	p.mu.Lock()
	p.scenario, p.status = scenario, nil
	p.mu.Unlock()
}

// say tells something once.
func (p *progress) say(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.print(fmt.Sprintf(format, args...))
}

// watch tells the status from now on.
func (p *progress) watch(status func() string) {
	p.mu.Lock()
	p.status = status
	p.mu.Unlock()
}

func (p *progress) print(text string) { _, _ = fmt.Fprintf(p.out, "%-22s %s\n", p.scenario, text) }

func (p *progress) run() {
	ticker := time.NewTicker(progressEvery)
	defer ticker.Stop()
	for {
		select {
		case <-p.stop:
			return
		case <-ticker.C:
		}
		p.mu.Lock()
		if p.status != nil {
			p.print(p.status())
		}
		p.mu.Unlock()
	}
}

func (p *progress) close() {
	close(p.stop)
	p.owner.Wait()
}
