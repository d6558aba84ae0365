// Package secret is what a service asks of its passwords before it starts: that they are there, long, and not what an attacker
// tries first.
package secret

import (
	"errors"
	"fmt"
	"strings"

	"im-backend/common/utils/mtls"
)

// MinLength is how many characters a secret has at least.
const MinLength = 16

// The faults of a secret.
var (
	ErrMissing   = errors.New("the password is missing")
	ErrShort     = fmt.Errorf("the password is shorter than %d characters", MinLength)
	ErrWellKnown = errors.New("the password is a well-known one")
)

// Secret is one password in a configuration.
type Secret struct {
	Key   string // the path of the configuration's key
	Value string
	At    string // the address of the store that asks for it
}

// Check reports every bad secret, by its key and never by its value. With lenient set, stores on loopback may have any, or none.
func Check(lenient bool, secrets ...Secret) error {
	var faults []error
	for _, s := range secrets {
		if lenient && mtls.Loopback(s.At) {
			continue
		}
		if err := s.check(); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", s.Key, err))
		}
	}
	return errors.Join(faults...)
}

func (s Secret) check() error {
	switch {
	case s.Value == "":
		return ErrMissing
	case len(s.Value) < MinLength:
		return ErrShort
	case wellKnown(s.Value):
		return ErrWellKnown
	}
	return nil
}

// minVariety is how many different characters a secret has at least; of a random one of 16, hexadecimal, all but one in a million
// million have more.
const minVariety = 6

// words are what passwords are that somebody meant to change; joined and repeated they are long enough.
var words = []string{
	"administrator", "admin", "backend", "changeit", "changeme", "change", "chat", "database", "default", "demo", "development", "dev",
	"example", "friend", "group", "insecure", "kafka", "letmein", "local", "mysecret", "mysql", "passphrase", "password", "passw0rd",
	"pass", "please", "production", "prod", "qwertyuiop", "qwerty", "redis", "replace", "root", "secret", "secure", "server", "service",
	"staging", "super", "test", "token", "user", "welcome", "your", "im", "me", "my", "this", "with", "key", "the", "a", "is", "not", "so",
	"0123456789abcdef", "0123456789", "1234567890", "12345678", "123456", "1234", "123", "abcdefghijklmnop", "abcdef", "abc",
}

// wellKnown reports whether a secret is made of such words, or of very few characters.
func wellKnown(value string) bool {
	variety := map[rune]bool{}
	for _, r := range value {
		variety[r] = true
	}
	if len(variety) < minVariety {
		return true
	}
	plain := strings.NewReplacer("_", "", "-", "", " ", "", ".", "", "!", "").Replace(strings.ToLower(value))
	return made(plain)
}

// made reports whether text is nothing but words.
func made(text string) bool {
	reached := make([]bool, len(text)+1) // by words from the start
	reached[0] = true
	for at := range text {
		if !reached[at] {
			continue
		}
		for _, w := range words {
			if strings.HasPrefix(text[at:], w) {
				reached[at+len(w)] = true
			}
		}
	}
	return reached[len(text)]
}
