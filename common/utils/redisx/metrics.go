package redisx

import (
	"sync"
	"weak"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"
)

var (
	connectionsDesc = prometheus.NewDesc("im_redis_connections", "Open connections to Redis, by whether they are in use.",
		[]string{"state"}, nil)
	timeoutsDesc = prometheus.NewDesc("im_redis_pool_timeouts_total", "How often no connection to Redis was free in time.", nil, nil)
)

// clients collects from all clients of the process together. It keeps none of them alive; one that is closed has no connections.
type clients struct {
	mu   sync.Mutex
	made []weak.Pointer[redis.Client]
}

var opened = func() *clients {
	c := &clients{}
	prometheus.MustRegister(c)
	return c
}()

func (c *clients) add(client *redis.Client) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.made = append(c.made, weak.Make(client))
}

// Describe implements prometheus.Collector.
func (c *clients) Describe(to chan<- *prometheus.Desc) {
	to <- connectionsDesc
	to <- timeoutsDesc
}

// Collect implements prometheus.Collector.
func (c *clients) Collect(to chan<- prometheus.Metric) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var idle, used, timeouts uint32
	living := c.made[:0]
	for _, weakly := range c.made {
		client := weakly.Value()
		if client == nil {
			continue
		}
		living = append(living, weakly)
		s := client.PoolStats()
		idle += s.IdleConns
		used += s.TotalConns - s.IdleConns
		timeouts += s.Timeouts
	}
	c.made = living
	to <- prometheus.MustNewConstMetric(connectionsDesc, prometheus.GaugeValue, float64(used), "in_use")
	to <- prometheus.MustNewConstMetric(connectionsDesc, prometheus.GaugeValue, float64(idle), "idle")
	to <- prometheus.MustNewConstMetric(timeoutsDesc, prometheus.CounterValue, float64(timeouts))
}
