package password

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// errNotPHC is returned for a text that is no argon2id string of ours.
var errNotPHC = errors.New("not an argon2id hash")

// phc is a hash taken apart: $argon2id$v=19$m=…,t=…,p=…$salt$key, both in base64 without padding.
type phc struct {
	Config
	salt, key []byte
}

// String is the form that is stored.
func (p phc) String() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, p.MemoryKiB, p.Iterations, p.Parallelism,
		base64.RawStdEncoding.EncodeToString(p.salt), base64.RawStdEncoding.EncodeToString(p.key))
}

func parse(s string) (phc, error) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return phc{}, errNotPHC
	}
	var p phc
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.MemoryKiB, &p.Iterations, &p.Parallelism); err != nil {
		return phc{}, errNotPHC
	}
	var errSalt, errKey error
	p.salt, errSalt = base64.RawStdEncoding.DecodeString(parts[4])
	p.key, errKey = base64.RawStdEncoding.DecodeString(parts[5])
	const maxKeyBytes = 64
	if errors.Join(errSalt, errKey) != nil || len(p.key) == 0 || len(p.key) > maxKeyBytes || p.Iterations == 0 || p.Parallelism == 0 {
		return phc{}, errNotPHC
	}
	return p, nil
}
