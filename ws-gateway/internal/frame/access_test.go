package frame

import (
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestEveryRequestHasARowOfTheAuthorisationMatrix: what the rows say is tested on the whole system, by scripts/e2e.
func TestEveryRequestHasARowOfTheAuthorisationMatrix(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("request.go")
	require.NoError(t, err)
	rows, err := os.ReadFile("access.txt")
	require.NoError(t, err)
	declared := regexp.MustCompile(`(?m)^\tType\w+\s*= "([^"]+)"`).FindAllSubmatch(source, -1)
	require.NotEmpty(t, declared)
	for _, kind := range declared {
		require.Regexp(t, `(?m)^`+regexp.QuoteMeta(string(kind[1]))+`(@\w+)? +\|`, string(rows), "%s has no row", kind[1])
	}
}
