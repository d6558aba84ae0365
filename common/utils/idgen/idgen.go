// Package idgen makes 63-bit snowflake ids: unique in the whole system, growing with time on one node. 41 bits of
// milliseconds since 2024, 12 bits of node, 10 bits of sequence. Ids never repeat when a clock steps back: a generator goes
// on from its last millisecond, and a restarted process has another node number.
package idgen

import (
	"sync"
	"time"
)

const (
	epochMilli   = 1704067200000 // 2024-01-01 UTC
	nodeBits     = 12
	sequenceBits = 10
	maxSequence  = 1<<sequenceBits - 1
	// MaxNodes is how many node numbers there are.
	MaxNodes = 1 << nodeBits
)

// Generator makes ids for one node. It is safe for concurrent use.
type Generator struct {
	node int64
	now  func() time.Time

	mu       sync.Mutex
	last     int64 // milliseconds since the epoch
	sequence int64
}

// New makes a generator for a node number, which no other living process may have.
func New(node int64) *Generator {
	return &Generator{node: node % MaxNodes, now: time.Now}
}

// Next answers a new id. When a millisecond is used up it borrows the next one rather than wait.
func (g *Generator) Next() int64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	if ms := g.now().UnixMilli() - epochMilli; ms > g.last {
		g.last, g.sequence = ms, 0
	} else if g.sequence++; g.sequence > maxSequence {
		g.last, g.sequence = g.last+1, 0
	}
	return g.last<<(nodeBits+sequenceBits) | g.node<<sequenceBits | g.sequence
}
