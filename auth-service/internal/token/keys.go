package token

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Record is a signing key as it is stored.
type Record struct {
	Seed      []byte `json:"seed"`      // of the Ed25519 key; secret
	CreatedAt int64  `json:"createdAt"` // unix milliseconds
}

// KeyStore keeps the signing keys that all instances share.
type KeyStore interface {
	// SigningKeys answers the keys by kid. Errors: UNAVAILABLE.
	SigningKeys(ctx context.Context) (map[string]Record, error)
	// AddKey adds a key. Errors: UNAVAILABLE.
	AddKey(ctx context.Context, kid string, r Record) error
	// DropKeys takes keys away. Errors: UNAVAILABLE.
	DropKeys(ctx context.Context, kids []string) error
	// AddFirstKey adds a key if there is none yet, and answers the keys that then are there. Errors: UNAVAILABLE.
	AddFirstKey(ctx context.Context, kid string, r Record) (map[string]Record, error)
}

// Key describes a signing key.
type Key struct {
	ID        string
	CreatedAt int64 // unix milliseconds
	ExpiresAt int64 // unix milliseconds, when the last token that it signed has expired; zero for the one that signs

	seed []byte
}

// handover is how long an instance may go on signing with a key that it read just before a newer one came; it is far more than
// a call takes, and covers clocks that differ.
const handover = time.Minute

// Keys are the signing keys. The newest one signs, all of them verify: a key is rotated by adding a newer one, and the old one is
// taken away when its last token has expired. It is safe for concurrent use.
type Keys struct {
	store    KeyStore
	lifetime time.Duration // of a token
	now      func() time.Time

	mu     sync.RWMutex
	public map[string]ed25519.PublicKey // by kid, as last read
}

// NewKeys makes Keys on a store for tokens of a lifetime; they are read when they are needed.
func NewKeys(store KeyStore, lifetime time.Duration, now func() time.Time) *Keys {
	return &Keys{store: store, lifetime: lifetime, now: now}
}

// Rotate makes a new key, with which every instance signs from now on. Errors: UNAVAILABLE.
func (k *Keys) Rotate(ctx context.Context) (Key, error) {
	keys, err := k.load(ctx)
	if err != nil {
		return Key{}, fmt.Errorf("rotate signing key: %w", err)
	}
	// Newer than the newest, whatever the clock of the instance that made it said.
	kid, made := newKey(max(k.now().UnixMilli(), keys[0].CreatedAt+1))
	if err := k.store.AddKey(ctx, kid, made); err != nil {
		return Key{}, fmt.Errorf("rotate signing key: %w", err)
	}
	if _, err := k.load(ctx); err != nil {
		return Key{}, fmt.Errorf("rotate signing key: %w", err)
	}
	return Key{ID: kid, CreatedAt: made.CreatedAt}, nil
}

// List describes the keys that verify, the newest first: that one signs. Errors: UNAVAILABLE.
func (k *Keys) List(ctx context.Context) ([]Key, error) { return k.load(ctx) }

func newKey(createdAt int64) (kid string, r Record) {
	seed := make([]byte, ed25519.SeedSize)
	_, _ = rand.Read(seed) // never fails: the program ends when the system has no randomness
	return rand.Text(), Record{Seed: seed, CreatedAt: createdAt}
}

// signingKey is the newest key. It is read anew each time: a store that was emptied gets a new key at once, and no instance
// goes on signing with one that the others cannot know.
func (k *Keys) signingKey(ctx context.Context) (kid string, key ed25519.PrivateKey, err error) {
	keys, err := k.load(ctx)
	if err != nil {
		return "", nil, err
	}
	return keys[0].ID, ed25519.NewKeyFromSeed(keys[0].seed), nil
}

// verifyingKey answers the public key of a kid, from memory where it is known. ok is false for a kid that no key has.
func (k *Keys) verifyingKey(ctx context.Context, kid string) (key ed25519.PublicKey, ok bool, err error) {
	if key, ok = k.cached(kid); ok {
		return key, true, nil
	}
	if _, err := k.load(ctx); err != nil {
		return nil, false, err
	}
	key, ok = k.cached(kid)
	return key, ok, nil
}

func (k *Keys) cached(kid string) (ed25519.PublicKey, bool) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	key, ok := k.public[kid]
	return key, ok
}

// load reads the keys, the newest first, and makes the first one where there is none. It remembers the public ones and drops
// those that no living token was signed with.
func (k *Keys) load(ctx context.Context) ([]Key, error) {
	records, err := k.store.SigningKeys(ctx)
	if err == nil && len(records) == 0 {
		kid, first := newKey(k.now().UnixMilli())
		records, err = k.store.AddFirstKey(ctx, kid, first)
	}
	if err != nil {
		return nil, fmt.Errorf("load signing keys: %w", err)
	}
	keys, expired := k.sorted(records)
	if len(expired) > 0 {
		if err := k.store.DropKeys(ctx, expired); err != nil {
			return nil, fmt.Errorf("drop signing keys: %w", err)
		}
	}
	public := make(map[string]ed25519.PublicKey, len(keys))
	for _, key := range keys {
		if len(key.seed) != ed25519.SeedSize {
			return nil, fmt.Errorf("load signing keys: key %s has %d bytes", key.ID, len(key.seed))
		}
		public[key.ID], _ = ed25519.NewKeyFromSeed(key.seed).Public().(ed25519.PublicKey)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.public = public
	return keys, nil
}

// sorted answers the keys that verify, the newest first, and the ids of those that do not any more. Each key but the newest was
// signed with until the next one came.
func (k *Keys) sorted(records map[string]Record) (keys []Key, expired []string) {
	for kid, r := range records {
		keys = append(keys, Key{ID: kid, CreatedAt: r.CreatedAt, seed: r.Seed})
	}
	slices.SortFunc(keys, func(a, b Key) int {
		return cmp.Or(cmp.Compare(b.CreatedAt, a.CreatedAt), cmp.Compare(b.ID, a.ID))
	})
	for i := 1; i < len(keys); i++ {
		keys[i].ExpiresAt = keys[i-1].CreatedAt + (k.lifetime + handover).Milliseconds()
		if keys[i].ExpiresAt <= k.now().UnixMilli() { // and so are all that are older
			for _, old := range keys[i:] {
				expired = append(expired, old.ID)
			}
			return keys[:i], expired
		}
	}
	return keys, nil
}

// jwk is one public key in the form of RFC 8037.
type jwk struct {
	KeyType   string `json:"kty"`
	Curve     string `json:"crv"`
	X         string `json:"x"`
	ID        string `json:"kid"`
	Algorithm string `json:"alg"`
	Use       string `json:"use"`
}

// JWKS answers the public keys as a JSON Web Key Set. Without its store it answers those it remembers. Errors: UNAVAILABLE.
func (k *Keys) JWKS(ctx context.Context) ([]byte, error) {
	_, err := k.load(ctx)
	k.mu.RLock()
	defer k.mu.RUnlock()
	if err != nil && len(k.public) == 0 {
		return nil, err
	}
	set := struct {
		Keys []jwk `json:"keys"`
	}{Keys: make([]jwk, 0, len(k.public))}
	for kid, key := range k.public {
		set.Keys = append(set.Keys, jwk{
			KeyType: "OKP", Curve: "Ed25519", X: base64.RawURLEncoding.EncodeToString(key), ID: kid, Algorithm: "EdDSA", Use: "sig",
		})
	}
	text, err := json.Marshal(set)
	if err != nil {
		return nil, fmt.Errorf("write key set: %w", err)
	}
	return text, nil
}
