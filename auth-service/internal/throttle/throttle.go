// Package throttle slows down who guesses passwords or makes accounts in bulk. It counts attempts by account and by address and
// says when the next one may come; it never closes an account, and it does not know whether a password is right.
package throttle

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"im-backend/common/utils/errs"
	"im-backend/common/utils/rediskey"
)

// Kind is what is tried.
type Kind string

// The kinds.
const (
	Login    Kind = "login"    // a name and a password
	Password Kind = "password" // the password of who is signed in
	Register Kind = "register" // a new account
)

// Attempt is one try.
type Attempt struct {
	Kind    Kind
	Account string // what is tried at, in any case; not used by Register
	Address string // the client's IP address
}

// Bucket is a count of failed attempts and its rule.
type Bucket struct {
	Key  string
	Rule Rule
}

// Counts are the buckets of an attempt that are taken from in one step. All of their keys share a slot.
type Counts struct {
	Buckets []Bucket
	Known   string        // mark of a known address, for which only the first bucket counts; empty: no address is known
	Keep    time.Duration // how long the mark lives
}

// Store keeps the buckets; each method is one atomic step. All errors are UNAVAILABLE.
type Store interface {
	// Take counts an attempt in all buckets and answers zero, or counts it in none and answers how long to wait.
	Take(ctx context.Context, now time.Time, c Counts) (wait time.Duration, err error)
	// GiveBack takes an attempt back. When a password was right it empties the first bucket and marks the address known too.
	GiveBack(ctx context.Context, now time.Time, c Counts, proved bool) error
}

// Throttle applies the rules. It is safe for concurrent use, by several instances on one store.
type Throttle struct {
	config Config
	store  Store
	now    func() time.Time
}

// New makes a Throttle.
func New(c Config, store Store, now func() time.Time) *Throttle {
	return &Throttle{config: c, store: store, now: now}
}

// errKind is for callers who do not say what is tried.
var errKind = errs.InvalidField("attempt.kind", "must be a kind of attempt")

// Admit lets an attempt happen and counts it as failed at once, so that attempts that race are counted too; one that is refused
// is not counted, so that waiting helps. Errors: RATE_LIMITED with the time to wait, INVALID_ARGUMENT, UNAVAILABLE.
func (t *Throttle) Admit(ctx context.Context, a Attempt) error {
	parts, err := t.counts(a)
	if err != nil {
		return err
	}
	for i, part := range parts {
		wait, err := t.store.Take(ctx, t.now(), part)
		if err == nil && wait > 0 {
			counter[a.Kind].Inc()
			err = errs.ErrRateLimited.Saying("too many attempts; try again later").After(wait)
		}
		if err == nil {
			continue
		}
		for _, taken := range parts[:i] {
			if backErr := t.store.GiveBack(ctx, t.now(), taken, false); backErr != nil {
				return fmt.Errorf("admit attempt: %w", backErr)
			}
		}
		return fmt.Errorf("admit attempt: %w", err)
	}
	return nil
}

// Settle takes back what Admit counted: the password was right, or none was tried. A right one also forgets what failed at the
// account from this address, and lets that address in later whatever others do. Errors: INVALID_ARGUMENT, UNAVAILABLE.
func (t *Throttle) Settle(ctx context.Context, a Attempt, proved bool) error {
	parts, err := t.counts(a)
	if err != nil {
		return err
	}
	for _, part := range parts {
		if err := t.store.GiveBack(ctx, t.now(), part, proved && part.Known != ""); err != nil {
			return fmt.Errorf("settle attempt: %w", err)
		}
	}
	return nil
}

// counts are the steps in which an attempt is counted: that of the account first, which is the stricter one.
func (t *Throttle) counts(a Attempt) ([]Counts, error) {
	address := network(a.Address)
	switch a.Kind {
	case Register:
		return []Counts{{Buckets: []Bucket{{rediskey.AttemptsFrom(string(a.Kind), address), t.config.Register}}}}, nil
	case Login, Password:
		account := hash(string(a.Kind) + ":" + strings.ToLower(a.Account))
		at := Counts{
			Buckets: []Bucket{{rediskey.AttemptsAt(account, address), t.config.Pair}, {rediskey.AttemptsOn(account), t.config.Account}},
			Known:   rediskey.AttemptsKnown(account, address), Keep: t.config.Known,
		}
		return []Counts{at, {Buckets: []Bucket{{rediskey.AttemptsFrom(string(Login), address), t.config.Address}}}}, nil
	}
	return nil, errKind
}

// network is the text of an address by which attempts are counted: an IPv6 host chooses among the addresses of its /64.
func network(address string) string {
	addr, err := netip.ParseAddr(address)
	if err != nil {
		return "unknown"
	}
	addr = addr.Unmap().WithZone("")
	const ipv6Network = 64
	if addr.Is6() {
		prefix, _ := addr.Prefix(ipv6Network) // 64 bits always fit
		return prefix.Addr().String()
	}
	return addr.String()
}

// hash keeps what people typed out of the store, whatever its length.
func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	const enough = 16
	return hex.EncodeToString(sum[:enough])
}
