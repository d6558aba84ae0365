package session

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"im-backend/auth-service/internal/token"
	"im-backend/common/utils/errs"
)

// Device is what a client says of itself at login.
type Device struct {
	ID       string // chosen by the client, the same at each login
	Platform string
	Name     string // for people; may be empty
}

const (
	maxDeviceID   = 128
	maxDeviceName = 64
	maxIP         = 64
)

func (d Device) checked() (Device, error) {
	var bad []errs.Field
	if strings.TrimSpace(d.ID) == "" || utf8.RuneCountInString(d.ID) > maxDeviceID || strings.ContainsFunc(d.ID, unprintable) {
		bad = append(bad, errs.Field{Field: "device.deviceId", Message: "must have 1 to 128 printable characters, not only spaces"})
	}
	if !token.IsPlatform(d.Platform) {
		bad = append(bad, errs.Field{Field: "device.platform", Message: "must be ios, android, web, windows, macos, linux or other"})
	}
	d.Name = strings.TrimSpace(d.Name)
	if utf8.RuneCountInString(d.Name) > maxDeviceName || strings.ContainsFunc(d.Name, unprintable) {
		bad = append(bad, errs.Field{Field: "device.name", Message: "must have at most 64 printable characters"})
	}
	if len(bad) > 0 {
		return Device{}, errs.InvalidFields(bad...)
	}
	return d, nil
}

func unprintable(r rune) bool { return !unicode.IsPrint(r) }

// shortened bounds an address that somebody else made; a real one always fits.
func shortened(ip string) string {
	if len(ip) > maxIP {
		return ""
	}
	return ip
}
