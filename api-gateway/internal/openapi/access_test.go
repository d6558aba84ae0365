package openapi

import (
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestEveryOperationHasARowOfTheAuthorisationMatrix: what the rows say is tested on the whole system, by scripts/e2e.
func TestEveryOperationHasARowOfTheAuthorisationMatrix(t *testing.T) {
	t.Parallel()
	rows, err := os.ReadFile("access.txt")
	require.NoError(t, err)
	for _, op := range Operations() {
		row := regexp.MustCompile(`(?m)^` + op.ID + ` *\| *(.*)$`).FindSubmatch(rows)
		require.NotNil(t, row, "%s has no row", op.ID)
		require.Equal(t, op.Public, string(row[1]) == "public", op.ID)
	}
}
