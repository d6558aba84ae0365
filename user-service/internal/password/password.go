// Package password hashes and checks passwords with argon2id, in PHC strings that carry their own parameters. It bounds how
// many hashes are computed at once, because each takes a core and many megabytes. It knows nothing of accounts.
package password

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"runtime"
	"sync/atomic"

	"golang.org/x/crypto/argon2"

	"im-backend/common/utils/errs"
)

// Config is the cost of a hash. The defaults are those that OWASP recommends.
type Config struct {
	MemoryKiB   uint32 `json:",default=19456,range=[8:1048576]"` // memory of one hash
	Iterations  uint32 `json:",default=2,range=[1:100]"`         // passes over the memory
	Parallelism uint8  `json:",default=1,range=[1:16]"`          // lanes of one hash
	AllowCommon bool   `json:",optional"`                        // true: the passwords that attackers try first are not refused
}

const (
	saltBytes = 16
	keyBytes  = 32
	// maxWaiting bounds the callers that wait for a core; a server that far behind answers nobody in time.
	maxWaiting = 1024
)

// Hasher makes and checks hashes. It is safe for concurrent use.
type Hasher struct {
	config  Config
	slots   chan struct{}
	waiting atomic.Int64
	dummy   string
}

// New makes a hasher that computes as many hashes at once as there are cores.
func New(c Config) *Hasher {
	h := &Hasher{config: c, slots: make(chan struct{}, runtime.GOMAXPROCS(0))}
	h.dummy = h.hash(rand.Text())
	return h
}

// TooCommon reports whether a password must be refused because attackers try it first.
func (h *Hasher) TooCommon(password string) bool { return !h.config.AllowCommon && Common(password) }

// Hash makes the PHC string of a password with a new salt. It waits for a core until ctx ends. Errors: UNAVAILABLE when too
// many wait already, and the error of ctx.
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
	key := argon2.IDKey([]byte(password), p.salt, p.Iterations, p.MemoryKiB, p.Parallelism, uint32(len(p.key)))
	return subtle.ConstantTimeCompare(key, p.key) == 1, nil
}

// Dummy is a hash that no password belongs to, made with the current cost: checking it for an unknown user takes as long as
// checking the hash of a known one.
func (h *Hasher) Dummy() string { return h.dummy }

// Outdated reports whether a hash was made with another cost than the current.
func (h *Hasher) Outdated(encoded string) bool {
	p, err := parse(encoded)
	return err != nil || p.Config != h.config || len(p.key) != keyBytes
}

func (h *Hasher) hash(password string) string {
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt) // never fails: the program ends when the system has no randomness
	c := h.config
	key := argon2.IDKey([]byte(password), salt, c.Iterations, c.MemoryKiB, c.Parallelism, keyBytes)
	return phc{Config: c, salt: salt, key: key}.String()
}

func (h *Hasher) acquire(ctx context.Context) error {
	if h.waiting.Add(1) > maxWaiting {
		h.waiting.Add(-1)
		return errs.ErrUnavailable
	}
	defer h.waiting.Add(-1)
	select {
	case h.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait to hash a password: %w", ctx.Err())
	}
}

func (h *Hasher) release() { <-h.slots }
