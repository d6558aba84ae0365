package token

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"im-backend/common/utils/errs"
)

// Config is what access tokens say and how long.
type Config struct {
	Issuer   string        `json:",default=im"`        // claim iss
	Audience string        `json:",default=im-client"` // claim aud
	Lifetime time.Duration `json:",default=15m"`       // of an access token
}

const (
	tokenType = "at+jwt" // RFC 9068, so that no other kind of JWT passes for an access token
	// maxLength bounds what is parsed at all; ours have some hundred bytes.
	maxLength = 4096
	// clockSkew is how far the clock of the instance that signed may be ahead.
	clockSkew = 30 * time.Second
)

// Tokens signs and verifies access tokens. It is safe for concurrent use.
type Tokens struct {
	config Config
	keys   *Keys
	now    func() time.Time
	parser *jwt.Parser
}

// New makes Tokens with keys.
func New(c Config, keys *Keys, now func() time.Time) *Tokens {
	return &Tokens{config: c, keys: keys, now: now, parser: jwt.NewParser(
		jwt.WithValidMethods([]string{jwt.SigningMethodEdDSA.Alg()}),
		jwt.WithIssuer(c.Issuer),
		jwt.WithAudience(c.Audience),
		jwt.WithExpirationRequired(),
		jwt.WithStrictDecoding(),
		jwt.WithTimeFunc(now),
	)}
}

// Sign makes the access token of an identity as of a time, and says when it expires, in unix milliseconds. The same identity,
// time and key make the same token. Errors: UNAVAILABLE.
func (t *Tokens) Sign(ctx context.Context, id Identity, at time.Time) (text string, expiresAt int64, err error) {
	kid, key, err := t.keys.signingKey(ctx)
	if err != nil {
		return "", 0, err
	}
	issued, expires := at.Unix(), at.Truncate(time.Second).Add(t.config.Lifetime).Unix()
	unsigned := jwt.NewWithClaims(jwt.SigningMethodEdDSA, claims{
		Issuer: t.config.Issuer, Audience: t.config.Audience, Subject: id.User.String(),
		SessionID: strconv.FormatInt(id.Session, 10), DeviceID: id.DeviceID, Platform: id.Platform,
		IssuedAt: &issued, ExpiresAt: &expires,
	})
	unsigned.Header["typ"], unsigned.Header["kid"] = tokenType, kid
	if text, err = unsigned.SignedString(key); err != nil {
		return "", 0, fmt.Errorf("sign access token: %w", err)
	}
	return text, time.Unix(expires, 0).UnixMilli(), nil
}

// Verify answers whose an access token is. Errors: TOKEN_EXPIRED for one that was good once, UNAUTHENTICATED for everything
// else that is wrong with it, UNAVAILABLE.
func (t *Tokens) Verify(ctx context.Context, text string) (Identity, error) {
	if len(text) > maxLength || strings.ContainsAny(text, "\r\n") { // base64 skips line breaks: one token, one text
		return Identity{}, errs.ErrUnauthenticated
	}
	var c claims
	_, err := t.parser.ParseWithClaims(text, &c, func(parsed *jwt.Token) (any, error) { return t.keyOf(ctx, parsed) })
	if own := errs.From(err); own != nil && own.Kind == errs.Unavailable {
		return Identity{}, own
	}
	id, claimsErr := c.identity(t.now())
	switch {
	case err == nil && claimsErr == nil:
		return id, nil
	case claimsErr == nil && onlyExpired(err):
		return Identity{}, errs.ErrTokenExpired
	}
	return Identity{}, errs.ErrUnauthenticated.Because(errors.Join(err, claimsErr))
}

// errHeader says what is wrong with a token, for logs.
var errHeader = errors.New("header is not that of an access token")

// keyOf picks the key by kid, from our own set alone: whatever else a header offers is refused.
func (t *Tokens) keyOf(ctx context.Context, parsed *jwt.Token) (any, error) {
	kid, _ := parsed.Header["kid"].(string)
	if kid == "" || parsed.Header["typ"] != tokenType || len(parsed.Header) != len([]string{"alg", "typ", "kid"}) {
		return nil, errHeader
	}
	key, ok, err := t.keys.verifyingKey(ctx, kid)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, errHeader
	}
	return key, nil
}

// onlyExpired reports whether the end of its life is all that is wrong with a token.
func onlyExpired(err error) bool {
	for _, worse := range []error{
		jwt.ErrTokenMalformed, jwt.ErrTokenUnverifiable, jwt.ErrTokenSignatureInvalid, jwt.ErrTokenRequiredClaimMissing,
		jwt.ErrTokenInvalidAudience, jwt.ErrTokenInvalidIssuer, jwt.ErrTokenNotValidYet, jwt.ErrTokenUsedBeforeIssued,
	} {
		if errors.Is(err, worse) {
			return false
		}
	}
	return errors.Is(err, jwt.ErrTokenExpired)
}
