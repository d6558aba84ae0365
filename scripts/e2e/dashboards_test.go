package e2e_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"
)

const observability = "../../deploy/observability/"

// expression is one of a dashboard or of an alert.
type expression struct{ of, text string }

// alert is a rule of alerts.yaml.
type alert struct {
	Alert       string            `yaml:"alert"`
	Expr        string            `yaml:"expr"`
	For         string            `yaml:"for"`
	Labels      map[string]string `yaml:"labels"`
	Annotations map[string]string `yaml:"annotations"`
}

func alerts(t *testing.T) []alert {
	t.Helper()
	var file struct {
		Groups []struct {
			Rules []alert `yaml:"rules"`
		} `yaml:"groups"`
	}
	text, err := os.ReadFile(observability + "alerts.yaml")
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(text, &file))
	var all []alert
	for _, g := range file.Groups {
		all = append(all, g.Rules...)
	}
	require.NotEmpty(t, all)
	return all
}

func panels(t *testing.T) []expression {
	t.Helper()
	files, err := filepath.Glob(observability + "grafana/dashboards/*.json")
	require.NoError(t, err)
	require.Len(t, files, 4)
	var all []expression
	for _, file := range files {
		var board struct {
			Panels []struct {
				Title   string `json:"title"`
				Targets []struct {
					Expr string `json:"expr"`
				} `json:"targets"`
			} `json:"panels"`
		}
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(text, &board), file)
		for _, p := range board.Panels {
			require.NotEmpty(t, p.Targets, p.Title)
			for _, target := range p.Targets {
				// Grafana fills this in before it asks.
				text := strings.ReplaceAll(target.Expr, "$__rate_interval", "1m")
				all = append(all, expression{filepath.Base(file) + ": " + p.Title, text})
			}
		}
	}
	return all
}

// metricsOf answers the metrics that each expression names, as the parser of Prometheus reads them.
func metricsOf(t *testing.T, expressions []expression) [][]string {
	t.Helper()
	var in, out, errOut bytes.Buffer
	for _, e := range expressions {
		require.NotContains(t, e.text, "\n", e.of)
		in.WriteString(e.text + "\n")
	}
	parser := exec.CommandContext(t.Context(), "go", "run", ".")
	parser.Dir, parser.Stdin, parser.Stdout, parser.Stderr = "../tools/promql", &in, &out, &errOut
	require.NoError(t, parser.Run(), "%s", errOut.String())
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	require.Len(t, lines, len(expressions))
	names := make([][]string, len(lines))
	for i, line := range lines {
		names[i] = strings.Fields(line)
	}
	return names
}

// TestDashboardsAndAlertsNameMetricsThatThereAre: each expression is one that Prometheus takes, and names only what a running system
// answers.
func TestDashboardsAndAlertsNameMetricsThatThereAre(t *testing.T) {
	t.Parallel()
	use(t)
	expressions := panels(t)
	for _, a := range alerts(t) {
		expressions = append(expressions, expression{"alert " + a.Alert, a.Expr})
	}
	known := map[string]bool{"up": true} // Prometheus makes it
	for name := range scrape(t) {
		for _, suffix := range []string{"", "_bucket", "_sum", "_count"} {
			known[name+suffix] = true
		}
	}
	for i, names := range metricsOf(t, expressions) {
		require.NotEmpty(t, names, expressions[i].of)
		for _, name := range names {
			require.True(t, known[name], "%s: %s", expressions[i].of, name)
		}
	}
}

func TestEveryAlertHasItsRunbookAndEveryRunbookItsAlert(t *testing.T) {
	t.Parallel()
	want := map[string]bool{}
	for _, a := range alerts(t) {
		require.Contains(t, []string{"page", "ticket"}, a.Labels["severity"], a.Alert)
		require.NotEmpty(t, a.Annotations["summary"], a.Alert)
		require.NotEmpty(t, a.Annotations["description"], a.Alert)
		require.Equal(t, "docs/runbooks/"+a.Alert+".md", a.Annotations["runbook"])
		page, err := os.ReadFile("../../" + a.Annotations["runbook"])
		require.NoError(t, err)
		for _, part := range []string{"# " + a.Alert + "\n", a.Annotations["summary"], "\n" + a.Expr + "\n", "\n## Look\n", "\n## Do\n"} {
			require.Contains(t, string(page), part, a.Alert)
		}
		want[a.Alert+".md"] = true
	}
	pages, err := os.ReadDir("../../docs/runbooks")
	require.NoError(t, err)
	for _, page := range pages {
		require.True(t, want[page.Name()], "%s is of no alert", page.Name())
	}
}
