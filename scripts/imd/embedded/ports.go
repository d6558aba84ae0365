// Package embedded holds the four stores that a process can carry inside itself, so that the system runs with nothing
// installed: a real Etcd, a Kafka broker that keeps its log on disk, a Redis in memory and SQLite files. Each is a part with
// an owner: it starts, keeps its address when it is stopped and started again, and stops when it is told to.
package embedded

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"sync"
)

// Ports are handed out below the range from which systems take ports for outgoing connections, so that none of those can
// be in the way when a service listens a moment later.
const (
	firstPort = 10000
	lastPort  = 31999
)

var errNoPort = errors.New("no free port")

var ports = struct {
	mu    sync.Mutex
	taken map[int]bool // never given twice in one process: a stopped service may come back
}{taken: map[int]bool{}}

// FreePort finds a loopback port on which nobody listens and which this process has not been given before. It looks from a
// random place, so that processes side by side rarely meet.
func FreePort() (int, error) {
	ports.mu.Lock()
	defer ports.mu.Unlock()
	span := lastPort - firstPort + 1
	start := rand.IntN(span) //nolint:gosec // a place to look at, not a secret
	for i := range span {
		port := firstPort + (start+i)%span
		if ports.taken[port] {
			continue
		}
		l, err := net.Listen("tcp", loopback(port))
		if err != nil {
			continue
		}
		ports.taken[port] = true
		if err := l.Close(); err != nil {
			return 0, fmt.Errorf("give port %d back: %w", port, err)
		}
		return port, nil
	}
	return 0, errNoPort
}

// FreeAddr is 127.0.0.1 with a FreePort.
func FreeAddr() (string, error) {
	port, err := FreePort()
	if err != nil {
		return "", err
	}
	return loopback(port), nil
}

func loopback(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }
