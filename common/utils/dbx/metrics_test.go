package dbx

import (
	"path/filepath"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"
)

// idle answers how many connections the metric has of a database; -1 when it does not know it.
func idle(t *testing.T, database string) float64 {
	t.Helper()
	families, err := prometheus.DefaultGatherer.Gather()
	require.NoError(t, err)
	for _, f := range families {
		if f.GetName() != "im_store_connections" {
			continue
		}
		for _, m := range f.GetMetric() {
			if m.GetLabel()[0].GetValue() == database && m.GetLabel()[1].GetValue() == "idle" {
				return m.GetGauge().GetValue()
			}
		}
	}
	return -1
}

func TestTheConnectionsOfADatabaseAreCountedWhileItIsOpen(t *testing.T) {
	t.Parallel()
	db, err := Open(Config{DSN: "sqlite:" + filepath.Join(t.TempDir(), "im_metrics.db"), MaxOpen: 3})
	require.NoError(t, err)
	require.NoError(t, db.Tx(t.Context(), func(tx *gorm.DB) error { return tx.Exec("SELECT 1").Error }))
	require.InDelta(t, 1, idle(t, "im_metrics"), 0)
	require.NoError(t, db.Close())
	require.InDelta(t, -1, idle(t, "im_metrics"), 0)
}
