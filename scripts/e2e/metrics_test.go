package e2e_test

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/require"

	"im-backend/common/imclient"
)

var update = flag.Bool("update", false, "write the pages that tests compare with the system anew")

// scrape answers the metrics of all services together, as Prometheus would read them.
func scrape(t testing.TB) map[string]*dto.MetricFamily {
	t.Helper()
	all := map[string]*dto.MetricFamily{}
	for _, url := range sys.OpsURLs() {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/metrics", nil)
		require.NoError(t, err)
		response, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		parser := expfmt.NewTextParser(model.UTF8Validation)
		families, err := parser.TextToMetricFamilies(response.Body)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		maps.Copy(all, families)
	}
	return all
}

// use does a little of everything that is measured: also what is refused, and the end of a connection.
func use(t *testing.T) {
	t.Helper()
	a, b := friends(t)
	_, to := group(t, a, b)
	conn, other := a.connect(0), b.connect(1)
	for _, id := range []string{single(a, b), to} {
		out := imclient.Text("hello")
		out.ConversationID = id
		var sent imclient.Sent
		require.NoError(t, conn.Request(t.Context(), "message.send", out, &sent))
		eventually(t, "the message at the other", func(ctx context.Context) bool {
			history, err := b.HistoryAfter(ctx, id, 0, 50)
			return err == nil && history.Items[len(history.Items)-1].MessageID == sent.MessageID
		})
	}
	bad := imclient.Text("to nobody")
	bad.ConversationID = "g:1"
	require.Error(t, conn.Request(t.Context(), "message.send", bad, nil))
	_, err := b.Sync(t.Context(), "", 50)
	require.NoError(t, err)
	_, err = imclient.New(sys.APIURL()).Login(t.Context(), a.name, "a wrong password", device("web"))
	require.Error(t, err)
	other.Close()
	eventually(t, "the close is counted", func(context.Context) bool { return scrape(t)["im_ws_close_total"] != nil })
}

// TestMetricsPageNamesEveryMetric: what docs/metrics.md lists is what the services answer, no more and no less.
func TestMetricsPageNamesEveryMetric(t *testing.T) {
	t.Parallel()
	use(t)
	const path, begin, end = "../../docs/metrics.md", "<!-- table -->\n", "<!-- end -->"
	page, err := os.ReadFile(path)
	require.NoError(t, err)
	head, rest, ok := strings.Cut(string(page), begin)
	require.True(t, ok)
	had, tail, ok := strings.Cut(rest, end)
	require.True(t, ok)
	families := scrape(t)
	table := tableOf(families)
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(head+begin+table+end+tail), 0o600))
		return
	}
	require.Equal(t, table, had)
	for _, name := range namesIn(head) {
		require.Contains(t, families, name, "the page speaks of it")
	}
}

// tableOf lists our metrics with their types, labels and meaning.
func tableOf(families map[string]*dto.MetricFamily) string {
	var b strings.Builder
	b.WriteString("| metric | type | labels | what it is |\n| --- | --- | --- | --- |\n")
	for _, name := range slices.Sorted(maps.Keys(families)) {
		if !strings.HasPrefix(name, "im_") {
			continue
		}
		f := families[name]
		labels := map[string]bool{}
		for _, m := range f.GetMetric() {
			for _, l := range m.GetLabel() {
				labels["`"+l.GetName()+"`"] = true
			}
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", name, strings.ToLower(f.GetType().String()),
			strings.Join(slices.Sorted(maps.Keys(labels)), ", "), f.GetHelp())
	}
	return b.String()
}

// namesIn are the metrics that a text names in backquotes, alone or inside an expression.
func namesIn(text string) []string {
	var names []string
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz_", r) }) {
		for _, prefix := range []string{"im_", "http_server_", "rpc_server_", "rpc_client_"} {
			if strings.HasPrefix(word, prefix) && !strings.HasSuffix(word, "_") {
				names = append(names, word)
			}
		}
	}
	return names
}
