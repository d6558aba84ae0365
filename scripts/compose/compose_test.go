//go:build compose

package compose_test

import (
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// services are those that one image each is built for.
var services = []string{
	"user-service", "auth-service", "friend-service", "group-service", "chat-service", "ws-gateway", "api-gateway",
}

// kinds are all that can die.
var kinds = append([]string{"mysql", "redis", "kafka", "etcd", "edge"}, services...)

func TestTheSystemUnderDockerCompose(t *testing.T) {
	s := newStack(t)
	healthy := s.up()
	t.Logf("healthy after %.1f s", healthy.Seconds())
	require.Less(t, healthy, healthyWithin)
	t.Run("end to end", endToEnd)
	l := startLoad(t)
	l.goesOn()
	t.Run("kills", func(t *testing.T) { kills(t, s, l) })
	t.Run("rolling restart", func(t *testing.T) { rollingRestart(t, s, l) })
	t.Logf("%d answered messages, all of them there", l.verify())
	t.Logf("down in %.1f s", timed(func() { s.compose("down", "--timeout", "60") }).Seconds())
}

// endToEnd runs the tests of the public contract through the published ports.
func endToEnd(t *testing.T) {
	began := time.Now()
	command := exec.CommandContext(t.Context(), "go", "test", "-count=1", "-timeout=10m", "./scripts/e2e")
	command.Dir, command.Env = root, append(os.Environ(), "IM_E2E_API="+api, "IM_E2E_WS="+socket)
	out, err := command.CombinedOutput()
	require.NoError(t, err, "%s", out)
	t.Logf("passed in %.1f s", time.Since(began).Seconds())
}

// kills ends a container of each kind, one after the other; the system has to go on answering, at the latest when it is back.
func kills(t *testing.T, s *stack, l *load) {
	for _, kind := range kinds {
		s.kill(s.containers(kind)[0])
		back := s.up()
		answering := l.goesOn()
		t.Logf("%-14s killed: healthy after %.1f s, every writer answered %.1f s later", kind, back.Seconds(), answering.Seconds())
	}
}

// rollingRestart has two of the services that hold streams and replaces every container of every service, one after the other.
func rollingRestart(t *testing.T, s *stack, l *load) {
	scaled := s.up("chat-service=2", "ws-gateway=2")
	t.Logf("two chat-services and two ws-gateways healthy after %.1f s", scaled.Seconds())
	before := l.answers()
	for _, service := range services {
		took := timed(func() {
			for _, container := range s.containers(service) {
				s.replace(container)
				s.up("chat-service=2", "ws-gateway=2")
			}
		})
		l.goesOn()
		t.Logf("%-14s replaced in %.1f s", service, took.Seconds())
	}
	t.Logf("%d messages were answered meanwhile", l.answers()-before)
}

func timed(work func()) time.Duration {
	began := time.Now()
	work()
	return time.Since(began)
}
