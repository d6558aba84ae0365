package session

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"

	"im-backend/common/model"
)

const (
	idBytes     = 8
	valueBytes  = 32
	tagBytes    = 16
	tokenBytes  = 2*idBytes + valueBytes + tagBytes
	secretBytes = 32
)

// refreshToken is the user and the session, so that it finds its way, a value of 256 bits, and a tag that only this service
// can make. The tag tells a token that was good once, whose return is an alarm, from one that somebody made up to end the
// session of another.
type refreshToken struct {
	user    model.UserID
	session int64
	value   [valueBytes]byte
	tag     [tagBytes]byte
}

// newRefreshToken makes the token of a value, tagged with the lineage secret of its session.
func newRefreshToken(user model.UserID, session int64, value [valueBytes]byte, secret []byte) refreshToken {
	t := refreshToken{user: user, session: session, value: value}
	copy(t.tag[:], t.mac(secret, "tag"))
	return t
}

// genuine reports whether this service made the token, at any time.
func (t refreshToken) genuine(secret []byte) bool {
	return hmac.Equal(t.tag[:], t.mac(secret, "tag")[:tagBytes])
}

// successor is the one token that follows this one, the same each time: a repeated refresh gets it again although no token
// is kept.
func (t refreshToken) successor(secret []byte) refreshToken {
	return newRefreshToken(t.user, t.session, [valueBytes]byte(t.mac(secret, "next")), secret)
}

// mac binds all but the tag for one purpose.
func (t refreshToken) mac(secret []byte, purpose string) []byte {
	m := hmac.New(sha256.New, secret)
	m.Write([]byte(purpose))
	m.Write(t.bytes()[:tokenBytes-tagBytes])
	return m.Sum(nil)
}

func (t refreshToken) bytes() []byte {
	b := make([]byte, 0, tokenBytes)
	b = binary.BigEndian.AppendUint64(b, uint64(t.user))
	b = binary.BigEndian.AppendUint64(b, uint64(t.session))
	b = append(b, t.value[:]...)
	return append(b, t.tag[:]...)
}

// String is what the client keeps.
func (t refreshToken) String() string { return base64.RawURLEncoding.EncodeToString(t.bytes()) }

// hash is what is kept of the token.
func (t refreshToken) hash() string {
	sum := sha256.Sum256(t.bytes())
	return hex.EncodeToString(sum[:])
}

// parseRefreshToken takes a token apart. It says nothing of who made it.
func parseRefreshToken(s string) (refreshToken, bool) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil || len(b) != tokenBytes {
		return refreshToken{}, false
	}
	t := refreshToken{
		user:    model.UserID(binary.BigEndian.Uint64(b)),
		session: int64(binary.BigEndian.Uint64(b[idBytes:])),
	}
	copy(t.value[:], b[2*idBytes:])
	copy(t.tag[:], b[2*idBytes+valueBytes:])
	return t, t.user > 0 && t.session > 0
}
