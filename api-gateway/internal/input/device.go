package input

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"im-backend/api-gateway/internal/types"
	"im-backend/common/utils/errs"
)

var platforms = []string{"ios", "android", "web", "windows", "macos", "linux", "other"}

const (
	maxDeviceID   = 128
	maxDeviceName = 64
)

// Device checks what a client says of its device, as auth-service will: an account must not be made, nor a password be
// tried, for a session that is then refused.
func Device(d types.Device) error {
	var bad []errs.Field
	if strings.TrimSpace(d.DeviceId) == "" || !printable(d.DeviceId, maxDeviceID) {
		bad = append(bad, errs.Field{Field: "device.deviceId", Message: "must have 1 to 128 printable characters, not only spaces"})
	}
	if !slices.Contains(platforms, d.Platform) {
		bad = append(bad, errs.Field{Field: "device.platform", Message: "must be ios, android, web, windows, macos, linux or other"})
	}
	if !printable(strings.TrimSpace(d.Name), maxDeviceName) {
		bad = append(bad, errs.Field{Field: "device.name", Message: "must have at most 64 printable characters"})
	}
	if len(bad) > 0 {
		return errs.InvalidFields(bad...)
	}
	return nil
}

func printable(text string, most int) bool {
	return utf8.RuneCountInString(text) <= most && !strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) })
}
