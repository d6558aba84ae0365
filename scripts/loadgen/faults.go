package main

import (
	"fmt"
	"maps"
	"slices"
	"sync"
)

// The faults that a run can have. Each breaks a promise of the public contract, and one is enough for the run to fail.
const (
	faultLost       = "lost"       // an acknowledged message did not reach a member
	faultRepeated   = "repeated"   // an entry came twice on one connection
	faultGap        = "gap"        // an entry came before the one in front of it
	faultForked     = "forked"     // two contents at one seq
	faultDisordered = "disordered" // pipelined sends of one connection were stored in another order
	faultRefused    = "refused"    // a request was answered with an error
	faultUnanswered = "unanswered" // a request was never answered
	faultClosed     = "closed"     // a connection ended that should have lived
	faultKept       = "kept"       // a connection lived that should have been closed
	faultMalformed  = "malformed"  // a frame was not what the contract says
)

// samplesKept is how many faults of a kind are told in words.
const samplesKept = 3

// faults counts broken promises. It is safe for concurrent use.
type faults struct {
	mu      sync.Mutex
	counts  map[string]int64
	samples map[string][]string
}

func newFaults() *faults { return &faults{counts: map[string]int64{}, samples: map[string][]string{}} }

// add notes one fault.
func (f *faults) add(kind, format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.counts[kind]++
	if len(f.samples[kind]) < samplesKept {
		f.samples[kind] = append(f.samples[kind], fmt.Sprintf(format, args...))
	}
}

// total is how many there were of all kinds.
func (f *faults) total() (n int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, count := range f.counts {
		n += count
	}
	return n
}

// lines tells each kind, with some of its faults in words.
func (f *faults) lines() (lines []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, kind := range slices.Sorted(maps.Keys(f.counts)) {
		lines = append(lines, fmt.Sprintf("%s: %d", kind, f.counts[kind]))
		for _, sample := range f.samples[kind] {
			lines = append(lines, "    "+sample)
		}
	}
	return lines
}

// byKind is a copy of the counts.
func (f *faults) byKind() map[string]int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return maps.Clone(f.counts)
}
