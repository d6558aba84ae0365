package token

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
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
	// AddFirstKey adds a key if there is none yet, and answers the keys that then are there. Errors: UNAVAILABLE.
	AddFirstKey(ctx context.Context, kid string, r Record) (map[string]Record, error)
}

// Keys are the signing keys. The newest one signs, all of them verify: a key is rotated by adding a newer one and taking the
// old one away when its last token has expired. It is safe for concurrent use.
type Keys struct {
	store KeyStore
	now   func() time.Time

	mu     sync.RWMutex
	public map[string]ed25519.PublicKey // by kid, as last read
}

// NewKeys makes Keys on a store; they are read when they are needed.
func NewKeys(store KeyStore, now func() time.Time) *Keys {
	return &Keys{store: store, now: now}
}

// signingKey is the newest key. It is read anew each time: a store that was emptied gets a new key at once, and no instance
// goes on signing with one that the others cannot know.
func (k *Keys) signingKey(ctx context.Context) (kid string, key ed25519.PrivateKey, err error) {
	records, err := k.load(ctx)
	if err != nil {
		return "", nil, err
	}
	var newest Record
	for id, r := range records {
		if kid == "" || r.CreatedAt > newest.CreatedAt || (r.CreatedAt == newest.CreatedAt && id > kid) {
			kid, newest = id, r
		}
	}
	return kid, ed25519.NewKeyFromSeed(newest.Seed), nil
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

// load reads the keys, makes the first one where there is none, and remembers the public ones.
func (k *Keys) load(ctx context.Context) (map[string]Record, error) {
	records, err := k.store.SigningKeys(ctx)
	if err == nil && len(records) == 0 {
		seed := make([]byte, ed25519.SeedSize)
		_, _ = rand.Read(seed) // never fails: the program ends when the system has no randomness
		records, err = k.store.AddFirstKey(ctx, rand.Text(), Record{Seed: seed, CreatedAt: k.now().UnixMilli()})
	}
	if err != nil {
		return nil, fmt.Errorf("load signing keys: %w", err)
	}
	public := make(map[string]ed25519.PublicKey, len(records))
	for kid, r := range records {
		if len(r.Seed) != ed25519.SeedSize {
			return nil, fmt.Errorf("load signing keys: key %s has %d bytes", kid, len(r.Seed))
		}
		public[kid], _ = ed25519.NewKeyFromSeed(r.Seed).Public().(ed25519.PublicKey)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.public = public
	return records, nil
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
