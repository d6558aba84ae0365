package dbx

import (
	"context"
	"database/sql"
	"maps"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"go.opentelemetry.io/otel/trace"

	"im-backend/common/utils/tracex"
)

var (
	txSeconds = promauto.NewHistogramVec(prometheus.HistogramOpts{
		Name: "im_store_tx_seconds", Help: "How long transactions take, their repetitions included, by database.",
		Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2},
	}, []string{"database"})
	txRetries = promauto.NewCounter(prometheus.CounterOpts{
		Name: "im_store_tx_retries_total", Help: "Transactions that the server ended in favour of another and that were made again.",
	})

	connectionsDesc = prometheus.NewDesc("im_store_connections", "Open connections to a database, by whether they are in use.",
		[]string{"database", "state"}, nil)
	waitsDesc = prometheus.NewDesc("im_store_waits_total", "How often somebody had to wait for a connection to a database.",
		[]string{"database"}, nil)
	waitSecondsDesc = prometheus.NewDesc("im_store_wait_seconds_total", "For how long, altogether.", []string{"database"}, nil)
)

// pools collects from the connection pools that are open, those of one database together.
type pools struct {
	mu   sync.Mutex
	open map[*sql.DB]string // database
}

var openPools = func() *pools {
	c := &pools{open: map[*sql.DB]string{}}
	prometheus.MustRegister(c)
	return c
}()

func (p *pools) add(database string, pool *sql.DB) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open[pool] = database
}

func (p *pools) remove(pool *sql.DB) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.open, pool)
}

// Describe implements prometheus.Collector.
func (p *pools) Describe(to chan<- *prometheus.Desc) {
	to <- connectionsDesc
	to <- waitsDesc
	to <- waitSecondsDesc
}

// Collect implements prometheus.Collector.
func (p *pools) Collect(to chan<- prometheus.Metric) {
	p.mu.Lock()
	open := maps.Clone(p.open)
	p.mu.Unlock()
	sums := map[string]sql.DBStats{}
	for pool, database := range open {
		one, sum := pool.Stats(), sums[database]
		sum.InUse += one.InUse
		sum.Idle += one.Idle
		sum.WaitCount += one.WaitCount
		sum.WaitDuration += one.WaitDuration
		sums[database] = sum
	}
	for database, s := range sums {
		to <- prometheus.MustNewConstMetric(connectionsDesc, prometheus.GaugeValue, float64(s.InUse), database, "in_use")
		to <- prometheus.MustNewConstMetric(connectionsDesc, prometheus.GaugeValue, float64(s.Idle), database, "idle")
		to <- prometheus.MustNewConstMetric(waitsDesc, prometheus.CounterValue, float64(s.WaitCount), database)
		to <- prometheus.MustNewConstMetric(waitSecondsDesc, prometheus.CounterValue, s.WaitDuration.Seconds(), database)
	}
}

// timed observes how long a transaction takes; in a trace it is a span.
func (d *DB) timed(ctx context.Context, run func() error) error {
	began := time.Now()
	span := tracex.Span(tracex.ParentOf(ctx), "transaction "+d.name, began, trace.WithSpanKind(trace.SpanKindClient))
	err := run()
	tracex.End(span, err)
	d.seconds.Observe(time.Since(began).Seconds())
	return err
}
