package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"
	"time"
)

// row is one figure.
type row struct {
	Scenario string  `json:"scenario"`
	Figure   string  `json:"figure"`
	Value    float64 `json:"value"`
	Unit     string  `json:"unit"`
	Demand   float64 `json:"demand,omitempty"`
	Met      *bool   `json:"met,omitempty"`
	Goal     float64 `json:"goal,omitempty"`
	lower    bool
}

// cost is what one process used in a scenario.
type cost struct {
	Scenario    string  `json:"scenario"`
	Process     string  `json:"process"`
	CPUSeconds  float64 `json:"cpuSeconds"`
	PerThousand float64 `json:"cpuSecondsPer1000,omitempty"`
	RSSMiB      float64 `json:"rssMiB"`
}

// report is what a run has found.
type report struct {
	mu        sync.Mutex
	embedded  bool
	StartedAt time.Time               `json:"startedAt"`
	Cores     int                     `json:"cores"`
	Rows      []row                   `json:"figures"`
	Costs     []cost                  `json:"costs"`
	Timings   map[string]distribution `json:"timings"`
	Faults    map[string]int64        `json:"faults"`
}

func newReport(o options) *report {
	return &report{embedded: o.embedded, StartedAt: time.Now(), Cores: runtime.NumCPU(), Timings: map[string]distribution{}}
}

// figure adds a value, beside its demand if there is one.
func (r *report) figure(scenario, name string, value float64, unit string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	d := demands[what{scenario, name}]
	added := row{Scenario: scenario, Figure: name, Value: value, Unit: unit, Demand: d.of(r.embedded), lower: d.lower}
	if added.Demand != 0 {
		met := d.met(value, added.Demand)
		added.Met, added.Goal = &met, d.goal
	}
	r.Rows = append(r.Rows, added)
}

// timing adds a distribution under a name.
func (r *report) timing(scenario, name string, d distribution) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Timings[scenario+" "+name] = d
}

// unmet lists the figures that miss their demand.
func (r *report) unmet() (names []string) {
	for _, row := range r.Rows {
		if row.Met != nil && !*row.Met {
			names = append(names, row.Scenario+": "+row.Figure)
		}
	}
	return names
}

var errMissed = errors.New("demands were missed")

// missed is an error when figures miss their demand.
func (r *report) missed() error {
	if names := r.unmet(); len(names) > 0 {
		return fmt.Errorf("%w: %s", errMissed, strings.Join(names, "; "))
	}
	return nil
}

// print writes the tables.
func (r *report) print(out io.Writer) {
	t := tabwriter.NewWriter(out, 2, 8, 2, ' ', 0)
	_, _ = fmt.Fprintln(t, "scenario\tfigure\tours\t\tdemand\tgoal")
	for _, row := range r.Rows {
		_, _ = fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", row.Scenario, row.Figure, number(row.Value), row.Unit, row.bound(), row.beyond())
	}
	_, _ = fmt.Fprintln(t, "\t\t\t\t\t")
	_, _ = fmt.Fprintln(t, "scenario\tduration\tp50\tp95\tp99\tmax (ms)")
	for _, name := range slices.Sorted(maps.Keys(r.Timings)) {
		d := r.Timings[name]
		_, _ = fmt.Fprintf(t, "%s\t%d\t%s\t%s\t%s\t%s\n", name, d.Count, number(d.P50), number(d.P95), number(d.P99), number(d.Max))
	}
	_, _ = fmt.Fprintln(t, "\t\t\t\t\t")
	_, _ = fmt.Fprintln(t, "scenario\tprocess\tCPU-s\tper 1,000\tRSS MiB\t")
	for _, c := range r.Costs {
		_, _ = fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t\n", c.Scenario, c.Process, number(c.CPUSeconds), number(c.PerThousand), number(c.RSSMiB))
	}
	_ = t.Flush()
	if missed := r.unmet(); len(missed) > 0 {
		_, _ = fmt.Fprintf(out, "\nmissed: %s\n", strings.Join(missed, "; "))
	}
}

func (r row) bound() string {
	if r.Met == nil {
		return ""
	}
	sign, verdict := "≥", "met"
	if r.lower {
		sign = "≤"
	}
	if !*r.Met {
		verdict = "MISSED"
	}
	return sign + " " + number(r.Demand) + " " + verdict
}

func (r row) beyond() string {
	if r.Goal == 0 {
		return ""
	}
	if (demand{lower: r.lower}).met(r.Value, r.Goal) {
		return number(r.Goal) + " reached"
	}
	return number(r.Goal)
}

// number writes a figure with three digits that count.
func number(v float64) string {
	switch {
	case v == 0:
		return "0"
	case v >= 1000:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	case v >= 0.1:
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.4f", v)
}

// save writes the report as JSON.
func (r *report) save(file string) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("encode report: %w", err)
	}
	if err := os.WriteFile(file, append(text, '\n'), 0o600); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

// meter measures what the server's processes use in a scenario.
type meter struct {
	world    *world
	scenario string
	before   map[string]usage
	own      usage // of this process
	began    time.Time
}

func (w *world) meter(scenario string) *meter {
	own, _ := self().read() // zero where there is no /proc
	return &meter{world: w, scenario: scenario, before: w.opts.procs.read(), own: own, began: time.Now()}
}

// stop ends the measurement of n things and adds the costs to the report. It answers the CPU seconds of all processes and of
// the gateways, per thousand things, and how long it was.
func (m *meter) stop(n int64) (all, gateway float64, took time.Duration) {
	took = time.Since(m.began)
	after := m.world.opts.procs.read()
	r := m.world.report
	r.mu.Lock()
	defer r.mu.Unlock()
	tell := func(name string, before, u usage) (per float64) {
		seconds := (u.CPU - before.CPU).Seconds()
		per = seconds / float64(max(n, 1)) * 1000
		r.Costs = append(r.Costs, cost{
			Scenario: m.scenario, Process: name, CPUSeconds: seconds, PerThousand: per, RSSMiB: float64(u.RSS) / (1 << 20),
		})
		return per
	}
	for _, name := range slices.Sorted(maps.Keys(after)) {
		per := tell(name, m.before[name], after[name])
		all += per
		if isGateway(name) {
			gateway += per
		}
	}
	if own, err := self().read(); err == nil {
		tell("loadgen", m.own, own)
	}
	return all, gateway, took
}

// self is this process. What it uses is told beside the server's, and is no part of their sum.
func self() process { return process{"loadgen", os.Getpid()} }

// isGateway reports whether a process holds the connections: a gateway, or all services in one.
func isGateway(name string) bool { return name == "ws-gateway" || name == "imd" }

// gatewayMemory is the resident bytes of the gateways.
func (w *world) gatewayMemory() (sum int64) {
	for name, u := range w.opts.procs.read() {
		if isGateway(name) {
			sum += u.RSS
		}
	}
	return sum
}
