package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/scripts/imd/system"
)

// start boots the backend for a test.
func start(t *testing.T) *system.System {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	s, err := system.Start(ctx, system.Options{
		DataDir: t.TempDir(), Overrides: map[string]string{"PASSWORD_MEMORY_KIB": "8192", "PASSWORD_ITERATIONS": "1"},
	})
	require.NoError(t, err)
	t.Cleanup(func() {
		stopping, done := context.WithTimeout(context.Background(), 20*time.Second)
		defer done()
		require.NoError(t, s.Stop(stopping))
	})
	return s
}

func TestEveryScenarioRunsAndEveryPromiseHolds(t *testing.T) { //nolint:paralleltest // it wants the machine for itself
	s := start(t)
	file := filepath.Join(t.TempDir(), "report.json")
	var out, log bytes.Buffer
	err := command(t.Context(), []string{
		"-api", s.APIURL(), "-ws", s.WSURLs()[0], "-process", "imd=" + strconv.Itoa(os.Getpid()), "-embedded", "-json", file,
		"-connections", "120", "-stalled-connections", "60", "-people", "60", "-pairs", "10", "-room", "60", "-missed", "501",
		"-duration", "1s", "-warm-up", "200ms", "-settle", "1ms",
	}, &out, &log)
	require.NoError(t, err, log.String())

	text, err := os.ReadFile(file)
	require.NoError(t, err)
	var report report
	require.NoError(t, json.Unmarshal(text, &report))
	require.Empty(t, report.Faults)
	told := map[string]bool{}
	figures := map[string]float64{}
	for _, row := range report.Rows {
		told[row.Scenario] = true
		figures[row.Figure] = row.Value
	}
	require.InDelta(t, 2, figures["of those closed by the server"], 0)
	for _, scenario := range scenarios {
		require.True(t, told[scenario.name], "%s has no figure:\n%s", scenario.name, out.String())
	}
	for what := range demands {
		require.Contains(t, out.String(), what.figure)
	}

	out.Reset()
	require.NoError(t, command(t.Context(), []string{
		"-api", s.APIURL(), "-ws", s.WSURLs()[0], "-process", "imd=" + strconv.Itoa(os.Getpid()), "-embedded", "-scenarios", "groups",
		"-etcd", s.Stores().Etcd, "-redis", s.Stores().Redis, "-crowd", "1200", "-duration", "500ms", "-warm-up", "100ms",
	}, &out, &log), log.String())
	for _, figure := range []string{
		"10 members, 1 online: messages", "1000 members, 10 online: CPU per 1,000 messages, imd",
		"1200 members, 12 online: Redis commands per message", "1200 members, 12 online: bytes pushed to devices per message",
	} {
		require.Contains(t, out.String(), figure)
	}
}

func TestWrongCallsSayWhatIsRight(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"-scenarios", "nothing"}, {"-addresses", "0"}, {"-people", "1"}, {"-stalled-connections", "39"}, {"-process", "x"}, {"-process", "x=0"}, {"-nonsense"},
	} {
		var out, log bytes.Buffer
		require.Error(t, command(t.Context(), args, &out, &log), "%v", args)
		require.Empty(t, out.String())
	}
}

func TestAServerThatIsNotThereIsAnError(t *testing.T) {
	t.Parallel()
	var out, log bytes.Buffer
	err := command(t.Context(), []string{"-api", "http://127.0.0.1:1", "-scenarios", "pairs"}, &out, &log)
	require.ErrorContains(t, err, "pairs: register")
}

// silentSocket is a connection whose frames a test makes.
func silentSocket() *socket {
	w := newWorld(options{addresses: 1}, &progress{out: &bytes.Buffer{}})
	return &socket{world: w, person: &person{id: "1"}, positions: map[string]*position{}}
}

func message(seq int, clientMsgID string) string {
	return fmt.Sprintf(`{"type":"message","data":{"conversationId":"s:1:2","seq":%d,"clientMsgId":%q}}`, seq, clientMsgID)
}

func TestBrokenPromisesAreFound(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		frames []string
		faults map[string]int64
	}{
		"none":         {[]string{message(5, "a"), message(6, "b")}, map[string]int64{}},
		"a repeat":     {[]string{message(5, "a"), message(6, "b"), message(5, "a")}, map[string]int64{faultRepeated: 1}},
		"a gap":        {[]string{message(5, "a"), message(7, "b")}, map[string]int64{faultGap: 1}},
		"no JSON":      {[]string{`{"type":"message"`}, map[string]int64{faultMalformed: 1}},
		"an error":     {[]string{`{"type":"error","error":{"reason":"X"}}`}, map[string]int64{faultRefused: 1}},
		"not asked":    {[]string{`{"id":"9","type":"ok","data":{}}`}, map[string]int64{faultMalformed: 1}},
		"other events": {[]string{`{"type":"read","data":{}}`, `{"type":"new","data":{"x":[1,{}]}}`}, map[string]int64{}},
	} {
		s := silentSocket()
		for _, frame := range test.frames {
			s.take([]byte(frame))
		}
		require.Equal(t, test.faults, s.world.faults.byKind(), name)
	}
}

func TestTwoContentsAtOneSeqAreFound(t *testing.T) {
	t.Parallel()
	a := silentSocket()
	b := &socket{world: a.world, positions: map[string]*position{}}
	a.take([]byte(message(1, "a")))
	b.take([]byte(message(1, "b")))
	require.Equal(t, map[string]int64{faultForked: 1}, a.world.faults.byKind())
}

func ok(seq int) *answer { return &answer{data: []byte(fmt.Sprintf(`{"seq":%d}`, seq))} }

func TestAnswersAreChecked(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answers []*answer
		faults  map[string]int64
	}{
		"in order":    {[]*answer{ok(3), ok(5)}, map[string]int64{}},
		"disordered":  {[]*answer{ok(5), ok(3)}, map[string]int64{faultDisordered: 1}},
		"the same":    {[]*answer{ok(5), ok(5)}, map[string]int64{faultForked: 1}},
		"refused":     {[]*answer{{reason: "X"}}, map[string]int64{faultRefused: 1}},
		"lost":        {[]*answer{{lost: true}}, map[string]int64{faultUnanswered: 1}},
		"without seq": {[]*answer{{data: []byte(`{}`)}}, map[string]int64{faultMalformed: 1}},
	} {
		s := silentSocket()
		for i, a := range test.answers {
			s.world.stored(s, "s:1:2", int64(i+1), []byte{byte('a' + i)}, a)
		}
		require.Equal(t, test.faults, s.world.faults.byKind(), name)
	}
}

func TestStampsSayWhichMessageAndWhenItWasDue(t *testing.T) {
	t.Parallel()
	due := time.Now()
	n, d, ok := since("run", stamp("run", 12345, due), due.Add(time.Second))
	require.True(t, ok)
	require.EqualValues(t, 12345, n)
	require.Equal(t, time.Second, d)
	for _, other := range []string{"", "run", "run-", "ran-1-1", "run-x!-1", "friend.added"} {
		_, _, ok := since("run", []byte(other), due)
		require.False(t, ok, other)
	}
}

func TestProcessesAreRead(t *testing.T) {
	t.Parallel()
	var p processes
	require.NoError(t, p.Set("me="+strconv.Itoa(os.Getpid())))
	require.NoError(t, p.Set("gone=999999999"))
	used := p.read()
	require.Len(t, used, 1)
	require.Positive(t, used["me"].RSS)
	require.Error(t, p.kill("nobody"))
}

func TestOnlyAStrictRunFailsForAMissedDemand(t *testing.T) {
	t.Parallel()
	r := newReport(options{})
	r.figure("pairs", figStored, 1e9, "/s")
	require.NoError(t, r.missed())
	r.figure("pairs", figCPU, 99, "CPU-s")
	require.ErrorContains(t, r.missed(), figCPU)
}

func TestARefusalSaysWhenToComeBack(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]time.Duration{
		`{"reason":"UNAVAILABLE","retryAfterMs":1500}`: 1500 * time.Millisecond, `{}`: 2 * time.Second, `no JSON`: 2 * time.Second,
	} {
		r := refused(&http.Response{
			StatusCode: http.StatusServiceUnavailable, Header: http.Header{"Retry-After": {"2"}}, Body: io.NopCloser(strings.NewReader(body)),
		})
		require.Equal(t, want, r.retryAfter, body)
		require.Equal(t, want, asked(r), body)
	}
	require.Zero(t, asked(&refusal{status: http.StatusUnauthorized, retryAfter: time.Second}), "a new token is what it takes")
}
