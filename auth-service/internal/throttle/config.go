package throttle

import (
	"errors"
	"fmt"
	"time"
)

// Rule says how failed attempts at one thing slow down the next. They fill a bucket that empties by itself.
type Rule struct {
	Free       int           `json:",range=[1:1000000000]"` // attempts without delay
	Recover    time.Duration // until one failed attempt is forgotten
	FirstDelay time.Duration // after the free ones; each further attempt doubles it
	MaxDelay   time.Duration // what it grows to
}

// Config is the rules. Attempts at a password are under Pair, Account and Address, registrations under Register.
type Config struct {
	Pair     Rule          // at one account from one address
	Account  Rule          // at one account from all addresses but its own
	Address  Rule          // at all accounts from one address
	Register Rule          // registrations from one address; those that succeed count too
	Known    time.Duration // how long an address is an account's own after a right password; zero: no address ever is
	PoolSize int           `json:",default=8,range=[1:1000]"` // connections to the store at the most, apart from those of sessions
}

// errConfig is returned for values that make no sense.
var errConfig = errors.New("bad value")

// Validate reports every fault that the tags do not express.
func (c Config) Validate() error {
	var faults []error
	for name, r := range map[string]Rule{"Pair": c.Pair, "Account": c.Account, "Address": c.Address, "Register": c.Register} {
		if r.Recover < time.Millisecond || r.FirstDelay < time.Millisecond || r.MaxDelay < r.FirstDelay {
			faults = append(faults, fmt.Errorf("%w: Throttle.%s: durations must be positive, and MaxDelay not below FirstDelay", errConfig, name))
		}
	}
	if c.Known < 0 {
		faults = append(faults, fmt.Errorf("%w: Throttle.Known must not be negative", errConfig))
	}
	return errors.Join(faults...)
}
