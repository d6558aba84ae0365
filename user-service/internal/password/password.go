// Package password hashes and checks passwords with argon2id, in PHC strings that carry their own parameters. It bounds how
// many hashes are computed at once, because each takes a core and many megabytes. It knows nothing of accounts.
package password

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"runtime"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/argon2"

	"im-backend/common/utils/errs"
)

// Config is the cost of a hash. The defaults are those that OWASP recommends.
type Config struct {
	MemoryKiB   uint32 `json:",default=19456,range=[8:1048576]"` // memory of one hash
	Iterations  uint32 `json:",default=2,range=[1:100]"`         // passes over the memory
	Parallelism uint8  `json:",default=1,range=[1:16]"`          // lanes of one hash
	AllowCommon bool   `json:",optional"`                        // true: the passwords that attackers try first are not refused
	Concurrency int    `json:",default=0,range=[0:1024]"`        // hashes computed at once; zero: one for each core
	MaxWaiting  int    `json:",default=128,range=[0:100000]"`    // calls that wait for their turn; more are refused
}

const (
	saltBytes = 16
	keyBytes  = 32
	// maxWait bounds how long a call waits for its turn: it is to be refused before its caller gives up.
	maxWait = 2 * time.Second
	// comeBack is when who was refused may try again.
	comeBack = time.Second
)

// cost is the part of a configuration that a hash depends on.
func (c Config) cost() Config {
	return Config{MemoryKiB: c.MemoryKiB, Iterations: c.Iterations, Parallelism: c.Parallelism}
}

// Hasher makes and checks hashes. It is safe for concurrent use.
type Hasher struct {
	config   Config
	slots    chan struct{}
	waiting  atomic.Int64
	computed atomic.Int64
	compute  func(password, salt []byte, c Config, keyBytes int) []byte
	dummy    string
}

// New makes a hasher. It holds the memory of as many hashes as its configuration lets be computed at once.
func New(c Config) *Hasher {
	atOnce := c.Concurrency
	if atOnce == 0 {
		atOnce = runtime.GOMAXPROCS(0)
	}
	h := &Hasher{config: c, slots: make(chan struct{}, atOnce), compute: argon2id}
	h.dummy = h.hash(rand.Text())
	return h
}

func argon2id(password, salt []byte, c Config, keyBytes int) []byte {
	return argon2.IDKey(password, salt, c.Iterations, c.MemoryKiB, c.Parallelism, uint32(keyBytes))
}

// Computed is how many hashes have been computed: the measure of the work that calls cost.
func (h *Hasher) Computed() int64 { return h.computed.Load() }

// TooCommon reports whether a password must be refused because attackers try it first.
func (h *Hasher) TooCommon(password string) bool { return !h.config.AllowCommon && Common(password) }

// Hash makes the PHC string of a password with a new salt. Errors: UNAVAILABLE when too many wait for their turn or this call
// has waited too long.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	if err := h.acquire(ctx); err != nil {
		return "", err
	}
	defer h.release()
	return h.hash(password), nil
}

// Verify reports whether a password belongs to a PHC string. Errors: as Hash, and one for a string that is no PHC string.
func (h *Hasher) Verify(ctx context.Context, encoded, password string) (bool, error) {
	p, err := parse(encoded)
	if err != nil {
		return false, err
	}
	if err := h.acquire(ctx); err != nil {
		return false, err
	}
	defer h.release()
	key := h.key(password, p.salt, p.Config, len(p.key))
	return subtle.ConstantTimeCompare(key, p.key) == 1, nil
}

// Dummy is a hash that no password belongs to, made with the current cost: checking it for an unknown user takes as long as
// checking the hash of a known one.
func (h *Hasher) Dummy() string { return h.dummy }

// Outdated reports whether a hash was made with another cost than the current.
func (h *Hasher) Outdated(encoded string) bool {
	p, err := parse(encoded)
	return err != nil || p.Config != h.config.cost() || len(p.key) != keyBytes
}

func (h *Hasher) hash(password string) string {
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt) // never fails: the program ends when the system has no randomness
	c := h.config.cost()
	return phc{Config: c, salt: salt, key: h.key(password, salt, c, keyBytes)}.String()
}

func (h *Hasher) key(password string, salt []byte, c Config, n int) []byte {
	h.computed.Add(1)
	return h.compute([]byte(password), salt, c, n)
}

func (h *Hasher) acquire(ctx context.Context) error {
	select {
	case h.slots <- struct{}{}:
		return nil
	default:
	}
	defer h.waiting.Add(-1)
	if h.waiting.Add(1) > int64(h.config.MaxWaiting) {
		queueFull.Inc()
		return errs.ErrUnavailable.After(comeBack)
	}
	ctx, cancel := context.WithTimeout(ctx, maxWait)
	defer cancel()
	select {
	case h.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		waitedTooLong.Inc()
		return errs.ErrUnavailable.After(comeBack).Because(ctx.Err())
	}
}

func (h *Hasher) release() { <-h.slots }
