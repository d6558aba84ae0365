package search

import "github.com/cespare/xxhash/v2"

// The shape of a filter: of 100 blocks without a term, one looks as if it had it.
const (
	bitsPerTerm = 10
	probes      = 5
	maxFilter   = 32 << 10 // bytes; beyond, a filter says maybe more often
)

// filter is a Bloom filter of the terms of a block: what it does not have is not in the block.
type filter []byte

// newFilter makes the filter of terms, by their hashes.
func newFilter(hashes map[uint64]struct{}) filter {
	f := make(filter, min(maxFilter, max(8, (len(hashes)*bitsPerTerm+7)/8)))
	for h := range hashes {
		for bit := range f.bits(h) {
			f[bit/8] |= 1 << (bit % 8)
		}
	}
	return f
}

func (f filter) has(term string) bool {
	for bit := range f.bits(xxhash.Sum64String(term)) {
		if f[bit/8]&(1<<(bit%8)) == 0 {
			return false
		}
	}
	return true
}

// bits answers where a term stands: two halves of one hash make as many as are needed.
func (f filter) bits(h uint64) func(yield func(uint64) bool) {
	step := h>>32 | 1
	return func(yield func(uint64) bool) {
		if len(f) == 0 {
			return // it has everything
		}
		for range probes {
			if !yield(h % (8 * uint64(len(f)))) {
				return
			}
			h += step
		}
	}
}
