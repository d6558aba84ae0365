package timeline

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"im-backend/common/utils/hits"
)

var (
	syncConversations = promauto.NewHistogram(prometheus.HistogramOpts{
		Name: "im_chat_sync_conversations", Help: "Conversations of one page of a sync.",
		Buckets: []float64{0, 1, 2, 5, 10, 25, 50, 100, 200},
	})
	syncEntries = promauto.NewHistogram(prometheus.HistogramOpts{
		Name: "im_chat_sync_entries", Help: "Entries of one page of a sync.",
		Buckets: []float64{0, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500},
	})

	nameHits = hits.New("names")
)

// observe notes the size of a page.
func (p *SyncPage) observe() {
	entries := 0
	for _, c := range p.Conversations {
		entries += len(c.Messages)
	}
	syncConversations.Observe(float64(len(p.Conversations)))
	syncEntries.Observe(float64(entries))
}
