// Package hits counts how often caches have what they are asked for, whatever they keep and wherever. Every cache counts here,
// under a name of its own.
package hits

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

var lookups = promauto.NewCounterVec(prometheus.CounterOpts{
	Name: "im_cache_lookups_total", Help: "Looks into a cache, by what it keeps and whether it had it.",
}, []string{"cache", "result"})

// Counter is the hits and misses of one cache. It is safe for concurrent use and costs an addition.
type Counter struct {
	hit, miss prometheus.Counter
}

// New makes the counter of a cache. Counters of the same name count together.
func New(cache string) *Counter {
	return &Counter{hit: lookups.WithLabelValues(cache, "hit"), miss: lookups.WithLabelValues(cache, "miss")}
}

// Add counts looks that found something and looks that did not.
func (c *Counter) Add(hit, missed int) {
	c.hit.Add(float64(hit))
	c.miss.Add(float64(missed))
}

// Note counts one look and answers whether it was a hit.
func (c *Counter) Note(hit bool) bool {
	if hit {
		c.hit.Inc()
	} else {
		c.miss.Inc()
	}
	return hit
}
