// Package token makes and checks access tokens: short-lived JWTs signed with Ed25519. It knows the keys and the claims, and
// not whether a session is still alive.
package token

import (
	"slices"

	"im-backend/common/model"
)

// Identity is who a credential belongs to.
type Identity struct {
	User     model.UserID
	Session  int64
	DeviceID string
	Platform string
}

// Platforms are the kinds of devices there are.
var platforms = []string{"ios", "android", "web", "windows", "macos", "linux", "other"}

// IsPlatform reports whether a name is one of the platforms.
func IsPlatform(name string) bool { return slices.Contains(platforms, name) }
