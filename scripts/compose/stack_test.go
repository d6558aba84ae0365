//go:build compose

// Package compose_test runs deploy/docker-compose.yaml with a Docker engine: it brings the system up, runs the end-to-end tests
// through the published ports, kills and restarts a container of each kind and replaces every service under load, and takes the
// system down again. make test-compose runs it.
package compose_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	root    = "../.."
	project = "im-test" // volumes and networks of its own
	api     = "http://127.0.0.1:18080"
	socket  = "ws://127.0.0.1:18081/ws"

	healthyWithin = 2 * time.Minute
)

// overrides let all clients have one address, as here, and hash passwords cheaply.
const overrides = `REGISTER_ADDRESS_FREE=1000000
LOGIN_ADDRESS_FREE=1000000
WS_MAX_PER_ADDRESS=1000000
WS_MAX_HANDSHAKING=1000000
WS_HANDSHAKE_BURST=1000000
WS_ADDRESS_RATE=1000000
WS_ADDRESS_BURST=1000000
WS_ADDRESS_BYTE_RATE=1000000000
WS_ADDRESS_BYTE_BURST=1000000000
PASSWORD_MEMORY_KIB=64
PASSWORD_ITERATIONS=1
`

// stack is the system under docker compose.
type stack struct {
	t   *testing.T
	env []string
}

// newStack makes the secrets that are missing and builds the images, unless IM_TEST_BUILD is false, when they have been built. What an
// earlier run left is removed, and all of this one at its end.
func newStack(t *testing.T) *stack {
	t.Helper()
	s := &stack{t: t}
	file := filepath.Join(t.TempDir(), "overrides.env")
	require.NoError(t, os.WriteFile(file, []byte(overrides), 0o600))
	s.env = append(os.Environ(), "IM_OVERRIDES="+file, "WS_PUBLIC_URL="+socket,
		"HTTP_PUBLISH=127.0.0.1:18080", "WS_PUBLISH=127.0.0.1:18081")
	s.run("scripts/init-env")
	s.compose("down", "--volumes", "--remove-orphans")
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(s.compose("logs", "--tail=40"))
		}
		s.compose("down", "--volumes", "--remove-orphans")
	})
	if os.Getenv("IM_TEST_BUILD") != "false" {
		s.compose("build", "--quiet", "migrate") // what all share; without BuildKit each of them would make it at the same time
		s.compose("build", "--quiet")
	}
	return s
}

// compose runs docker compose on the project and answers what it wrote to standard output.
func (s *stack) compose(args ...string) string {
	s.t.Helper()
	return s.run("docker", append([]string{"compose", "-p", project, "-f", "deploy/docker-compose.yaml"}, args...)...)
}

func (s *stack) run(name string, args ...string) string {
	s.t.Helper()
	var out, log bytes.Buffer
	command := exec.CommandContext(context.Background(), name, args...) // also after the test's end, to clean up
	command.Dir, command.Env, command.Stdout, command.Stderr = root, s.env, &out, &log
	require.NoError(s.t, command.Run(), "%s %v\n%s%s", name, args, out.String(), log.String())
	return strings.TrimSpace(out.String())
}

// up starts what does not run and waits until everything is healthy; scale says how many there are of some services.
func (s *stack) up(scale ...string) time.Duration {
	s.t.Helper()
	began := time.Now()
	args := []string{"up", "--detach", "--no-build", "--no-recreate", "--wait", "--wait-timeout", "180"}
	for _, one := range scale {
		args = append(args, "--scale", one)
	}
	s.compose(args...)
	return time.Since(began)
}

// containers are those of a service, by id.
func (s *stack) containers(service string) []string {
	s.t.Helper()
	ids := strings.Fields(s.compose("ps", "--quiet", service))
	require.NotEmpty(s.t, ids, service)
	return ids
}

// kill ends one container as a crash would.
func (s *stack) kill(container string) {
	s.t.Helper()
	s.run("docker", "kill", "--signal=KILL", container)
}

// replace stops a container in good order and starts it again.
func (s *stack) replace(container string) {
	s.t.Helper()
	s.run("docker", "restart", "--time=40", container)
}
