package main

import (
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Histograms hold microseconds from 1 to three minutes with three digits.
const (
	lowest  = 1
	highest = 180_000_000
	digits  = 3
	shards  = 8
)

// timing is the durations of one kind. It is safe for concurrent use: goroutines record into shards that are merged at the end.
type timing struct {
	next   atomic.Uint64
	shards [shards]struct {
		mu sync.Mutex
		h  *hdrhistogram.Histogram
		_  [40]byte // a cache line of its own
	}
}

func newTiming() *timing {
	t := &timing{}
	for i := range t.shards {
		t.shards[i].h = hdrhistogram.New(lowest, highest, digits)
	}
	return t
}

// record notes a duration; one beyond three minutes counts as three.
func (t *timing) record(d time.Duration) {
	s := &t.shards[t.next.Add(1)%shards]
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = s.h.RecordValue(min(max(d.Microseconds(), lowest), highest)) // in range, it does not fail
}

// distribution is what is told of durations.
type distribution struct {
	Count int64   `json:"count"`
	P50   float64 `json:"p50Ms"`
	P95   float64 `json:"p95Ms"`
	P99   float64 `json:"p99Ms"`
	P999  float64 `json:"p999Ms"`
	Max   float64 `json:"maxMs"`
}

// summary merges the shards.
func (t *timing) summary() distribution {
	all := hdrhistogram.New(lowest, highest, digits)
	for i := range t.shards {
		s := &t.shards[i]
		s.mu.Lock()
		all.Merge(s.h)
		s.mu.Unlock()
	}
	ms := func(q float64) float64 { return float64(all.ValueAtQuantile(q)) / 1000 }
	return distribution{
		Count: all.TotalCount(), P50: ms(50), P95: ms(95), P99: ms(99), P999: ms(99.9), Max: float64(all.Max()) / 1000,
	}
}

// began is the zero of the clock that clientMsgIds carry.
var began = time.Now()

// stamp makes a clientMsgId that is unique in all runs and says when its message was due.
func stamp(run string, n int64, due time.Time) []byte {
	b := append([]byte(run), '-')
	b = strconv.AppendInt(b, n, 36)
	b = append(b, '-')
	return strconv.AppendInt(b, int64(due.Sub(began)), 36)
}

// since reads a stamp of this run: the number of the message and the time since it was due.
func since(run string, clientMsgID []byte, now time.Time) (n int64, d time.Duration, ok bool) {
	if len(clientMsgID) < len(run)+1 || string(clientMsgID[:len(run)]) != run {
		return 0, 0, false
	}
	rest := clientMsgID[len(run)+1:]
	for i, c := range rest {
		if c != '-' {
			continue
		}
		n, err := strconv.ParseInt(string(rest[:i]), 36, 64)
		due, err2 := strconv.ParseInt(string(rest[i+1:]), 36, 64)
		return n, now.Sub(began) - time.Duration(due), err == nil && err2 == nil
	}
	return 0, 0, false
}
