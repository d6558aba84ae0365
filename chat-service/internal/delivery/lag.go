package delivery

import "im-backend/common/utils/kafkax"

// lag is how many records one reader of partitions has not delivered, as its last fetch said. It is part of the metric of all
// readers.
type lag struct {
	ends    map[int]int64 // the offset after the last record, by partition
	counted int64         // in the metric
}

// saw notes where partitions end. One that a fetch does not name has no news.
func (l *lag) saw(fetched []kafkax.Fetched) {
	if l.ends == nil {
		l.ends = map[int]int64{}
	}
	for _, f := range fetched {
		if f.Err == nil {
			l.ends[f.Partition] = f.End
		}
	}
}

// count brings the metric up to date; next is what is to be read of each partition.
func (l *lag) count(next map[int]int64) {
	left := int64(0)
	for partition, end := range l.ends {
		left += max(0, end-next[partition])
	}
	kafkaLag.Add(float64(left - l.counted))
	l.counted = left
}

// end takes the reader's part out of the metric: somebody else reads on.
func (l *lag) end() {
	l.ends = nil
	l.count(nil)
}
