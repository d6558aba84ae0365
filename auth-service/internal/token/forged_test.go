package token

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/utils/errs"
)

type object = map[string]any

// forge makes tokens that are wrong in one way, signed with the very key of the service unless said otherwise.
type forge struct {
	t      *testing.T
	key    ed25519.PrivateKey
	header object
	claims object
}

func newForge(t *testing.T) (*Tokens, *forge) {
	t.Helper()
	store := &memory{}
	c := &clock{at: start}
	tokens := newTokens(store, c)
	kid, key, err := tokens.keys.signingKey(t.Context())
	require.NoError(t, err)
	return tokens, &forge{
		t: t, key: key,
		header: object{"alg": "EdDSA", "typ": tokenType, "kid": kid},
		claims: object{
			"iss": conf.Issuer, "aud": conf.Audience, "sub": "7", "sid": "70", "did": "phone", "plt": "ios",
			"iat": start.Unix(), "exp": start.Add(time.Minute).Unix(),
		},
	}
}

func segment(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	require.NoError(t, err)
	return base64.RawURLEncoding.EncodeToString(text)
}

// with is a copy of o with changes; nil takes a member away.
func with(o, changes object) object {
	out := maps.Clone(o)
	for k, v := range changes {
		if out[k] = v; v == nil {
			delete(out, k)
		}
	}
	return out
}

func (f *forge) signed(header, claims object) string {
	input := segment(f.t, with(f.header, header)) + "." + segment(f.t, with(f.claims, claims))
	return input + "." + base64.RawURLEncoding.EncodeToString(ed25519.Sign(f.key, []byte(input)))
}

func (f *forge) hs256(secret []byte) string {
	input := segment(f.t, with(f.header, object{"alg": "HS256"})) + "." + segment(f.t, f.claims)
	m := hmac.New(sha256.New, secret)
	m.Write([]byte(input))
	return input + "." + base64.RawURLEncoding.EncodeToString(m.Sum(nil))
}

func TestNoForgedTokenIsAccepted(t *testing.T) {
	t.Parallel()
	tokens, f := newForge(t)
	good := f.signed(nil, nil)
	_, err := tokens.Verify(t.Context(), good)
	require.NoError(t, err, "the forge itself works")
	parts := strings.Split(good, ".")
	kid, _ := f.header["kid"].(string)
	public, _ := f.key.Public().(ed25519.PublicKey)
	stranger := *f
	_, stranger.key, err = ed25519.GenerateKey(nil)
	require.NoError(t, err)
	unsigned := func(alg any) string { return segment(t, with(f.header, object{"alg": alg})) + "." + parts[1] + "." }

	for name, text := range map[string]string{
		"empty":                    "",
		"no token":                 "hello",
		"two parts":                parts[0] + "." + parts[1],
		"four parts":               good + ".x",
		"alg none":                 unsigned("none"),
		"alg None":                 unsigned("None"),
		"alg nOnE":                 unsigned("nOnE"),
		"alg missing":              unsigned(nil),
		"alg a list":               unsigned([]string{"EdDSA"}),
		"no signature":             parts[0] + "." + parts[1] + ".",
		"signature of another":     parts[0] + "." + parts[1] + "." + strings.Split(stranger.signed(nil, nil), ".")[2],
		"signature truncated":      good[:len(good)-4],
		"signature with a tail":    good + "AAAA",
		"signature padded":         good + "==",
		"payload changed":          parts[0] + "." + segment(t, with(f.claims, object{"sub": "8"})) + "." + parts[2],
		"signed by another":        stranger.signed(nil, nil),
		"signed HS256 with public": f.hs256(public),
		"signed HS256 with kid":    f.hs256([]byte(kid)),
		"signed HS256 with none":   f.hs256(nil),
		"kid unknown":              f.signed(object{"kid": "other"}, nil),
		"kid missing":              f.signed(object{"kid": nil}, nil),
		"kid a path":               f.signed(object{"kid": "../../dev/null"}, nil),
		"kid SQL":                  f.signed(object{"kid": "x' UNION SELECT 'k"}, nil),
		"kid a number":             f.signed(object{"kid": 1}, nil),
		"key brought along":        f.signed(object{"jwk": object{"kty": "OKP"}}, nil),
		"key by address":           f.signed(object{"jku": "https://example.org/keys"}, nil),
		"chain by address":         f.signed(object{"x5u": "https://example.org/chain"}, nil),
		"critical extension":       f.signed(object{"crit": []string{"exp"}}, nil),
		"typ JWT":                  f.signed(object{"typ": "JWT"}, nil),
		"typ missing":              f.signed(object{"typ": nil}, nil),
		"exp missing":              f.signed(nil, object{"exp": nil}),
		"exp text":                 f.signed(nil, object{"exp": "9999999999"}),
		"exp a fraction":           f.signed(nil, object{"exp": 9999999999.5}),
		"exp beyond numbers":       f.signed(nil, object{"exp": 1e300}),
		"aud several":              f.signed(nil, object{"aud": []string{"im-client", "im-admin"}}),
		"iat missing":              f.signed(nil, object{"iat": nil}),
		"iat far ahead":            f.signed(nil, object{"iat": start.Add(time.Hour).Unix()}),
		"nbf ahead":                f.signed(nil, object{"nbf": start.Add(time.Hour).Unix()}),
		"iss missing":              f.signed(nil, object{"iss": nil}),
		"iss wrong":                f.signed(nil, object{"iss": "im2"}),
		"aud missing":              f.signed(nil, object{"aud": nil}),
		"aud wrong":                f.signed(nil, object{"aud": "im-admin"}),
		"sub missing":              f.signed(nil, object{"sub": nil}),
		"sub zero":                 f.signed(nil, object{"sub": "0"}),
		"sub a number":             f.signed(nil, object{"sub": 7}),
		"sub padded":               f.signed(nil, object{"sub": "07"}),
		"sid missing":              f.signed(nil, object{"sid": nil}),
		"sid negative":             f.signed(nil, object{"sid": "-70"}),
		"did missing":              f.signed(nil, object{"did": nil}),
		"plt missing":              f.signed(nil, object{"plt": nil}),
		"plt wrong":                f.signed(nil, object{"plt": "toaster"}),
		"expired and for another":  f.signed(nil, object{"exp": start.Add(-time.Hour).Unix(), "aud": "im-admin"}),
		"expired without session":  f.signed(nil, object{"exp": start.Add(-time.Hour).Unix(), "sid": nil}),
		"expired, by another":      stranger.signed(nil, object{"exp": start.Add(-time.Hour).Unix()}),
		"expired, unsigned":        segment(t, with(f.header, object{"alg": "none"})) + "." + segment(t, with(f.claims, object{"exp": 1})) + ".",
		"white space":              " " + good,
		"line break":               good + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			id, err := tokens.Verify(t.Context(), text)
			require.ErrorIs(t, err, errs.ErrUnauthenticated)
			require.Zero(t, id)
		})
	}
}
