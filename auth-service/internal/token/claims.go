package token

import (
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"im-backend/common/model"
)

// claims are those of an access token, all required but nbf, which ours do not have. They are stricter than jwt's own: one
// audience, and times that are whole numbers. jwt checks iss, aud, exp and nbf through the methods, identity the others.
type claims struct {
	Issuer    string `json:"iss"`
	Audience  string `json:"aud"`
	Subject   string `json:"sub"` // the user id
	SessionID string `json:"sid"`
	DeviceID  string `json:"did"`
	Platform  string `json:"plt"`
	IssuedAt  *int64 `json:"iat"` // unix seconds
	ExpiresAt *int64 `json:"exp"` // unix seconds
	NotBefore *int64 `json:"nbf,omitempty"`
}

// GetExpirationTime implements jwt.Claims.
func (c claims) GetExpirationTime() (*jwt.NumericDate, error) { return date(c.ExpiresAt), nil }

// GetIssuedAt implements jwt.Claims.
func (c claims) GetIssuedAt() (*jwt.NumericDate, error) { return date(c.IssuedAt), nil }

// GetNotBefore implements jwt.Claims.
func (c claims) GetNotBefore() (*jwt.NumericDate, error) { return date(c.NotBefore), nil }

// GetIssuer implements jwt.Claims.
func (c claims) GetIssuer() (string, error) { return c.Issuer, nil }

// GetSubject implements jwt.Claims.
func (c claims) GetSubject() (string, error) { return c.Subject, nil }

// GetAudience implements jwt.Claims.
func (c claims) GetAudience() (jwt.ClaimStrings, error) { return jwt.ClaimStrings{c.Audience}, nil }

func date(seconds *int64) *jwt.NumericDate {
	if seconds == nil {
		return nil
	}
	return jwt.NewNumericDate(time.Unix(*seconds, 0))
}

// errClaims says what is wrong with a token, for logs.
var errClaims = errors.New("claims are not those of an access token")

func (c claims) identity(now time.Time) (Identity, error) {
	user, errUser := model.ParseID(c.Subject)
	session, errSession := model.ParseID(c.SessionID)
	if err := errors.Join(errUser, errSession); err != nil {
		return Identity{}, fmt.Errorf("%w: %w", errClaims, err)
	}
	if c.IssuedAt == nil || time.Unix(*c.IssuedAt, 0).After(now.Add(clockSkew)) || c.DeviceID == "" || !IsPlatform(c.Platform) {
		return Identity{}, errClaims
	}
	return Identity{User: model.UserID(user), Session: session, DeviceID: c.DeviceID, Platform: c.Platform}, nil
}
