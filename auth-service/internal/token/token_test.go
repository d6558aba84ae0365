package token

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"im-backend/common/utils/errs"
)

var (
	start = time.UnixMilli(1_800_000_000_123)
	alice = Identity{User: 7, Session: 70, DeviceID: "phone", Platform: "ios"}
	conf  = Config{Issuer: "im", Audience: "im-client", Lifetime: 15 * time.Minute}
)

// memory is a KeyStore that all instances of a test share.
type memory struct {
	mu   sync.Mutex
	keys map[string]Record
	away bool
}

func (m *memory) SigningKeys(context.Context) (map[string]Record, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.away {
		return nil, errs.ErrUnavailable
	}
	out := map[string]Record{}
	for kid, r := range m.keys {
		out[kid] = r
	}
	return out, nil
}

func (m *memory) AddFirstKey(ctx context.Context, kid string, r Record) (map[string]Record, error) {
	m.mu.Lock()
	if len(m.keys) == 0 {
		m.keys = map[string]Record{kid: r}
	}
	m.mu.Unlock()
	return m.SigningKeys(ctx)
}

func (m *memory) AddKey(_ context.Context, kid string, r Record) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.away {
		return errs.ErrUnavailable
	}
	m.keys[kid] = r
	return nil
}

func (m *memory) DropKeys(_ context.Context, kids []string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.away {
		return errs.ErrUnavailable
	}
	for _, kid := range kids {
		delete(m.keys, kid)
	}
	return nil
}

func (m *memory) setAway(away bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.away = away
}

func (m *memory) replace(keys map[string]Record) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.keys = keys
}

// clock is a time that tests move.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func newTokens(store KeyStore, c *clock) *Tokens {
	return New(conf, NewKeys(store, conf.Lifetime, c.now), c.now)
}

func sign(t *testing.T, tokens *Tokens, at time.Time) string {
	t.Helper()
	text, expiresAt, err := tokens.Sign(t.Context(), alice, at)
	require.NoError(t, err)
	require.Equal(t, at.Truncate(time.Second).Add(conf.Lifetime).UnixMilli(), expiresAt)
	return text
}

func TestATokenVerifiesOnEveryInstanceUntilItExpires(t *testing.T) {
	t.Parallel()
	store, c := &memory{}, &clock{at: start}
	signer, other := newTokens(store, c), newTokens(store, c)
	text := sign(t, signer, start)
	require.Equal(t, text, sign(t, signer, start), "the same again is the same token")
	for _, tokens := range []*Tokens{signer, other} {
		id, err := tokens.Verify(t.Context(), text)
		require.NoError(t, err)
		require.Equal(t, alice, id)
	}
	c.at = start.Add(conf.Lifetime - time.Second)
	_, err := other.Verify(t.Context(), text)
	require.NoError(t, err)
	c.at = start.Add(conf.Lifetime)
	_, err = other.Verify(t.Context(), text)
	require.Equal(t, errs.ErrTokenExpired, err)
}

func TestRacingInstancesAgreeOnTheFirstKey(t *testing.T) {
	t.Parallel()
	store, c := &memory{}, &clock{at: start}
	texts := make([]string, 16)
	var wg sync.WaitGroup
	for i := range texts {
		wg.Go(func() { texts[i], _, _ = newTokens(store, c).Sign(t.Context(), alice, start) })
	}
	wg.Wait()
	for _, text := range texts {
		require.Equal(t, texts[0], text)
	}
}

func TestKeysRotateWithoutRefusingAnybody(t *testing.T) {
	t.Parallel()
	store, c := &memory{}, &clock{at: start}
	tokens := newTokens(store, c)
	before := sign(t, tokens, start)
	old, err := store.SigningKeys(t.Context())
	require.NoError(t, err)
	added := map[string]Record{"newer": {Seed: make([]byte, ed25519.SeedSize), CreatedAt: start.UnixMilli() + 1}}
	for kid, r := range old {
		added[kid] = r
	}
	store.replace(added)
	after := sign(t, tokens, start)
	require.NotEqual(t, before, after)
	for _, text := range []string{before, after} {
		for _, instance := range []*Tokens{tokens, newTokens(store, c)} {
			_, err := instance.Verify(t.Context(), text)
			require.NoError(t, err)
		}
	}
	store.replace(map[string]Record{"newer": added["newer"]})
	_, err = newTokens(store, c).Verify(t.Context(), before)
	require.ErrorIs(t, err, errs.ErrUnauthenticated, "a key that was taken away verifies no more")
}

func TestAnEmptiedStoreGetsANewKeyThatAllKnow(t *testing.T) {
	t.Parallel()
	store, c := &memory{}, &clock{at: start}
	one, two := newTokens(store, c), newTokens(store, c)
	_, err := two.Verify(t.Context(), sign(t, one, start))
	require.NoError(t, err)
	store.replace(nil)
	text := sign(t, one, start)
	_, err = two.Verify(t.Context(), text)
	require.NoError(t, err)
}

func TestWithoutItsStoreAnUnknownKeyIsUnavailableAndAKnownOneGoesOn(t *testing.T) {
	t.Parallel()
	store, c := &memory{}, &clock{at: start}
	tokens := newTokens(store, c)
	text := sign(t, tokens, start)
	fresh := newTokens(store, c)
	store.setAway(true)
	_, err := tokens.Verify(t.Context(), text)
	require.NoError(t, err)
	_, err = fresh.Verify(t.Context(), text)
	require.ErrorIs(t, err, errs.ErrUnavailable)
	_, _, err = tokens.Sign(t.Context(), alice, start)
	require.ErrorIs(t, err, errs.ErrUnavailable)
	_, err = fresh.keys.JWKS(t.Context())
	require.ErrorIs(t, err, errs.ErrUnavailable)
	_, err = tokens.keys.JWKS(t.Context())
	require.NoError(t, err)
}

func TestTheKeySetVerifiesTokensForOthers(t *testing.T) {
	t.Parallel()
	c := &clock{at: start}
	tokens := newTokens(&memory{}, c)
	text := sign(t, tokens, start)
	raw, err := tokens.keys.JWKS(t.Context())
	require.NoError(t, err)
	require.NotContains(t, string(raw), `"d"`, "no private part")
	var set struct{ Keys []map[string]string }
	require.NoError(t, json.Unmarshal(raw, &set))
	require.Len(t, set.Keys, 1)
	key := set.Keys[0]
	x, err := base64.RawURLEncoding.DecodeString(key["x"])
	require.NoError(t, err)
	parsed, err := jwt.Parse(text, func(*jwt.Token) (any, error) { return ed25519.PublicKey(x), nil },
		jwt.WithTimeFunc(c.now), jwt.WithValidMethods([]string{key["alg"]}))
	require.NoError(t, err)
	require.Equal(t, key["kid"], parsed.Header["kid"])
	require.Equal(t, []string{"OKP", "Ed25519", "sig"}, []string{key["kty"], key["crv"], key["use"]})
}

func TestABrokenKeyIsAnErrorAndNoPanic(t *testing.T) {
	t.Parallel()
	tokens := newTokens(&memory{keys: map[string]Record{"bad": {Seed: []byte("short")}}}, &clock{at: start})
	_, _, err := tokens.Sign(t.Context(), alice, start)
	require.ErrorContains(t, err, "bad")
}

func TestAHugeTokenIsRefusedUnread(t *testing.T) {
	t.Parallel()
	tokens := newTokens(&memory{away: true}, &clock{at: start})
	_, err := tokens.Verify(t.Context(), strings.Repeat(".", 64<<10))
	require.Equal(t, errs.ErrUnauthenticated, err)
}
