package delivery

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

var (
	publishFailures = promauto.NewCounter(prometheus.CounterOpts{
		Name: "im_chat_publish_failures_total", Help: "Failed writes to Kafka, each tried again.",
	})
	publishWaiting = promauto.NewGauge(prometheus.GaugeOpts{
		Name: "im_chat_publish_waiting_entries", Help: "Stored entries in memory that Kafka does not have yet.",
	})
	outboxOldest = promauto.NewGauge(prometheus.GaugeOpts{
		Name: "im_chat_outbox_oldest_seconds",
		Help: "Age of the oldest commit that Kafka does not have, as the database says; zero when none is older than 5 s.",
	})
	deadLetters = promauto.NewCounter(prometheus.CounterOpts{
		Name: "im_chat_dead_letters_total", Help: "Records that could not be delivered.",
	})
	gapsFilled = promauto.NewCounter(prometheus.CounterOpts{
		Name: "im_chat_gap_entries_total", Help: "Entries read from the store to fill gaps.",
	})
	repeatsSkipped = promauto.NewCounter(prometheus.CounterOpts{
		Name: "im_chat_repeated_entries_total",
		Help: "Entries of Kafka that were delivered before; nearly all, as express delivery is faster.",
	})
	expressEntries = promauto.NewCounter(prometheus.CounterOpts{
		Name: "im_chat_express_entries_total", Help: "Entries delivered by the instance that stored them, before Kafka had them.",
	})
	deliverySeconds = promauto.NewHistogram(prometheus.HistogramOpts{
		Name: "im_chat_delivery_seconds", Help: "From the time of an entry until it is queued for the gateways.",
		Buckets: []float64{.001, .002, .005, .01, .025, .05, .1, .25, .5, 1, 5, 30},
	})
	deliveryRetries = promauto.NewCounter(prometheus.CounterOpts{
		Name: "im_chat_delivery_retries_total", Help: "Deliveries from Kafka that failed, each tried again.",
	})
	absentEntries = promauto.NewCounter(prometheus.CounterOpts{
		Name: "im_chat_offline_entries_total", Help: "Entries handed over for users with no device online, counted for each user.",
	})
	kafkaLag = promauto.NewGauge(prometheus.GaugeOpts{
		Name: "im_chat_kafka_lag_records", Help: "Records of im.message that this instance has to read and has not read yet.",
	})
)
