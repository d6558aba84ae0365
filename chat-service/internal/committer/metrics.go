package committer

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"im-backend/common/utils/errs"
	"im-backend/common/utils/hits"
)

// The path of every send counts with plain counters: none of them is looked up by a label.
var (
	batchSizes = promauto.NewHistogram(prometheus.HistogramOpts{
		Name: "im_chat_commit_batch_entries", Help: "Entries of one transaction.",
		Buckets: []float64{1, 2, 5, 10, 25, 50, 100, 250, 500},
	})
	commitSeconds = promauto.NewHistogram(prometheus.HistogramOpts{
		Name: "im_chat_commit_seconds", Help: "How long one transaction of the committer takes, its repetitions included.",
		Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2},
	})
	commitFailures = promauto.NewCounter(prometheus.CounterOpts{
		Name: "im_chat_commit_failures_total", Help: "Transactions of the committer that could not be made.",
	})
	waitingJobs = promauto.NewGauge(prometheus.GaugeOpts{
		Name: "im_chat_commit_waiting_jobs", Help: "Entries that wait for a transaction.",
	})
	jobs = promauto.NewCounterVec(prometheus.CounterOpts{
		Name: "im_chat_entries_total",
		Help: "Entries that were to be stored, by what became of them: stored, repeated (stored before) or the reason of the refusal.",
	}, []string{"result"})
	stored, repeated = jobs.WithLabelValues("stored"), jobs.WithLabelValues("repeated")

	headHits, rosterHits = hits.New("conversation_heads"), hits.New("group_members")
)

// count counts what became of the jobs of one batch.
func count(outcomes []outcome) {
	fresh, again := 0, 0
	for i := range outcomes {
		switch o := &outcomes[i]; {
		case errors.Is(o.err, ErrUnknownConversation): // it comes again when its owner has answered
		case o.err != nil:
			refused(o.err)
		case o.result.Repeated:
			again++
		default:
			fresh++
		}
	}
	stored.Add(float64(fresh))
	repeated.Add(float64(again))
}

// refused counts a job that was not stored.
func refused(err error) { jobs.WithLabelValues(errs.From(err).Reason).Inc() }
