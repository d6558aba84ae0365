package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// asImd makes this test binary behave as the command.
const asImd = "IM_TEST_RUN_IMD"

func TestMain(m *testing.M) {
	if os.Getenv(asImd) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// command is imd as a process of its own.
type command struct {
	*exec.Cmd
	stdout *bufio.Reader
	stderr bytes.Buffer
}

func startImd(t *testing.T, args ...string) *command {
	t.Helper()
	c := &command{Cmd: exec.CommandContext(t.Context(), os.Args[0], args...)}
	c.Env = append(os.Environ(), asImd+"=1")
	c.Stderr = &c.stderr
	out, err := c.StdoutPipe()
	require.NoError(t, err)
	c.stdout = bufio.NewReader(out)
	require.NoError(t, c.Start())
	return c
}

func onData(dir string) []string {
	return []string{"--data", dir, "--http", "127.0.0.1:0", "--ws", "127.0.0.1:0"}
}

var readyLine = regexp.MustCompile(`^ready api=(http://127\.0\.0\.1:\d+) ws=ws://127\.0\.0\.1:\d+/ws etcd=127\.0\.0\.1:\d+\n$`)

// ready waits for the line and answers the API's URL.
func (c *command) ready(t *testing.T) string {
	t.Helper()
	line, err := c.stdout.ReadString('\n')
	require.NoError(t, err, "imd ended before it was ready: %s", &c.stderr)
	match := readyLine.FindStringSubmatch(line)
	require.NotNil(t, match, "line %q", line)
	return match[1]
}

// rest is what else was on standard output when the process has ended.
func (c *command) rest(t *testing.T) string {
	t.Helper()
	rest, err := io.ReadAll(c.stdout)
	require.NoError(t, err)
	return string(rest)
}

func post(t *testing.T, url string, body map[string]any) (int, map[string]any) {
	t.Helper()
	text, err := json.Marshal(body)
	require.NoError(t, err)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, bytes.NewReader(text))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer func() { _ = answer.Body.Close() }()
	var decoded map[string]any
	require.NoError(t, json.NewDecoder(answer.Body).Decode(&decoded))
	return answer.StatusCode, decoded
}

func TestImdSaysReadyOnceDrainsOnASignalAndKeepsItsDataOverACrash(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	account := map[string]any{
		"username": "alice", "password": "a long and rare pass phrase",
		"device": map[string]any{"deviceId": "d1", "platform": "linux"},
	}
	c := startImd(t, onData(dir)...)
	api := c.ready(t)
	status, _ := post(t, api+"/v1/auth/register", account)
	require.Equal(t, http.StatusCreated, status)
	require.NoError(t, c.Process.Kill())
	require.Empty(t, c.rest(t))
	require.Error(t, c.Wait())

	c = startImd(t, onData(dir)...)
	api = c.ready(t)
	status, _ = post(t, api+"/v1/auth/login", account)
	require.Equal(t, http.StatusOK, status, "the account survived kill -9")

	other := startImd(t, onData(dir)...)
	require.Empty(t, other.rest(t))
	require.Error(t, other.Wait(), "two on the same data")
	require.Contains(t, other.stderr.String(), "another process uses this data directory")

	began := time.Now()
	require.NoError(t, c.Process.Signal(syscall.SIGTERM))
	require.Empty(t, c.rest(t), "one line on standard output and no more")
	require.NoError(t, c.Wait(), "exit 0: %s", &c.stderr)
	require.Less(t, time.Since(began), 10*time.Second)
	require.NotContains(t, c.stderr.String(), "pass phrase")
}

func TestImdRefusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	c := startImd(t, "--data", t.TempDir(), "serve")
	require.Empty(t, c.rest(t))
	var exit *exec.ExitError
	require.ErrorAs(t, c.Wait(), &exit)
	require.Equal(t, 2, exit.ExitCode())
	require.Contains(t, c.stderr.String(), `unknown argument "serve"`)
}

func TestQuietDropsNoiseOnly(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	q := quiet{&out, [][]byte{absentPeer, eachRequest}}
	for _, line := range []string{"error\tbad resolver state\n", "info\trequest\tmethod=GET\n", "info\trequest\tpath=/v1\tmethod=GET\n", "info\twaiting for kafka\n"} {
		n, err := q.Write([]byte(line))
		require.NoError(t, err)
		require.Equal(t, len(line), n)
	}
	require.Equal(t, "info\twaiting for kafka\n", out.String())
}
