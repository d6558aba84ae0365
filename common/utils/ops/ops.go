// Package ops serves what operators ask a service, on a port of its own that is never public: /healthz (alive), /readyz (its
// stores and peers answer), /metrics (Prometheus) and, when switched on, pprof.
package ops

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/pprof"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/zeromicro/go-zero/core/prometheus"
)

// Config says where to listen.
type Config struct {
	Listen string `json:",default=127.0.0.1:0"`
	Pprof  bool   `json:",optional"` // serves /debug/pprof/
}

// Check reports whether one dependency answers.
type Check func(ctx context.Context) error

// Server is the operators' endpoint of one service. Its zero value is not usable.
type Server struct {
	config   Config
	http     *http.Server
	addr     string
	serving  sync.WaitGroup
	mu       sync.Mutex
	checks   map[string]Check
	draining atomic.Bool
}

// What the profiles of waiting look at: one wait for so long altogether, and one lock that was waited for of so many. Both cost
// next to nothing.
const (
	blockSample = time.Millisecond
	mutexSample = 100
)

// readyTimeout bounds one round of checks.
const readyTimeout = time.Second

// New makes a server that listens from Start on.
func New(c Config) *Server {
	prometheus.Enable() // go-zero's own metrics are silent without it
	s := &Server{config: c, checks: map[string]Check{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", s.readyz)
	mux.Handle("GET /metrics", promhttp.Handler())
	if c.Pprof {
		runtime.SetBlockProfileRate(int(blockSample.Nanoseconds()))
		runtime.SetMutexProfileFraction(mutexSample)
		mux.HandleFunc("/debug/pprof/", pprof.Index)
		mux.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
		mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
		mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
		mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	}
	s.http = &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	return s
}

// Add names a dependency that readiness asks.
func (s *Server) Add(name string, check Check) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.checks[name] = check
}

// Start listens and serves until Stop.
func (s *Server) Start() error {
	lis, err := net.Listen("tcp", s.config.Listen)
	if err != nil {
		return fmt.Errorf("listen for operators: %w", err)
	}
	s.addr = lis.Addr().String()
	s.serving.Go(func() { _ = s.http.Serve(lis) })
	return nil
}

// Addr is host:port once started.
func (s *Server) Addr() string { return s.addr }

// Drain makes the service not ready from now on, for load balancers to turn away.
func (s *Server) Drain() { s.draining.Store(true) }

// Stop closes the endpoint and waits for it.
func (s *Server) Stop() {
	_ = s.http.Close()
	s.serving.Wait()
}

// Ready asks every dependency at once and joins what they miss.
func (s *Server) Ready(ctx context.Context) error {
	if s.draining.Load() {
		return errors.New("draining")
	}
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	s.mu.Lock()
	results := make(chan error, len(s.checks))
	for name, check := range s.checks {
		go func() { // owned by this call, which receives from each below
			if err := check(ctx); err != nil {
				results <- fmt.Errorf("%s: %w", name, err)
				return
			}
			results <- nil
		}()
	}
	s.mu.Unlock()
	var errs []error
	for range cap(results) {
		errs = append(errs, <-results)
	}
	return errors.Join(errs...)
}

func (s *Server) readyz(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if err := s.Ready(r.Context()); err != nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		_ = json.NewEncoder(w).Encode(map[string]any{"ready": false, "missing": err.Error()})
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"ready": true})
}

// errNotReady is what Ask answers of a service that does not serve.
var errNotReady = errors.New("not ready")

// Ask asks the server that runs with a configuration in another process whether its service serves; the error says what is missing.
func Ask(ctx context.Context, c Config) error {
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return fmt.Errorf("ask for health: %w", err)
	}
	if ip := net.ParseIP(host); host == "" || (ip != nil && ip.IsUnspecified()) {
		host = "127.0.0.1"
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/readyz", nil)
	if err != nil {
		return fmt.Errorf("ask for health: %w", err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("ask for health: %w", err)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode == http.StatusOK {
		return nil
	}
	text, _ := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	return fmt.Errorf("%w: %s", errNotReady, bytes.TrimSpace(text))
}

// maxAnswer bounds what Ask reads, in bytes.
const maxAnswer = 4 << 10
