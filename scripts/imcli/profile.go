package main

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"im-backend/common/imclient"
)

const defaultAPI = "http://127.0.0.1:8080"

// profile is what imcli keeps between calls, in profile.json.
type profile struct {
	dir      string
	API      string          `json:"api"`
	DeviceID string          `json:"deviceId"`
	UserID   string          `json:"userId"`
	Username string          `json:"username"`
	Tokens   imclient.Tokens `json:"tokens"`
}

// loadProfile reads a profile, or makes a new one.
func loadProfile(dir string) (*profile, error) {
	p := &profile{dir: dir, API: defaultAPI, DeviceID: "imcli-" + rand.Text()}
	text, err := os.ReadFile(p.file())
	if errors.Is(err, fs.ErrNotExist) {
		return p, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read profile: %w", err)
	}
	if err := json.Unmarshal(text, p); err != nil {
		return nil, fmt.Errorf("read profile %s: %w", p.file(), err)
	}
	return p, nil
}

func (p *profile) file() string { return filepath.Join(p.dir, "profile.json") }

// positions is the file with how far this account has listened.
func (p *profile) positions() string { return filepath.Join(p.dir, "positions-"+p.UserID) }

// save replaces the file as a whole, so that a crash leaves the old one or the new one.
func (p *profile) save() error {
	text, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return fmt.Errorf("encode profile: %w", err)
	}
	if err := os.MkdirAll(p.dir, 0o700); err != nil {
		return fmt.Errorf("make profile folder: %w", err)
	}
	fresh, err := os.CreateTemp(p.dir, "profile-*")
	if err != nil {
		return fmt.Errorf("save profile: %w", err)
	}
	_, err = fresh.Write(text)
	if err = errors.Join(err, fresh.Close(), os.Rename(fresh.Name(), p.file())); err != nil {
		return fmt.Errorf("save profile: %w", err)
	}
	return nil
}

// device is what imcli says of itself.
func (p *profile) device() imclient.DeviceInfo {
	platforms := map[string]string{"linux": "linux", "darwin": "macos", "windows": "windows"}
	platform, ok := platforms[runtime.GOOS]
	if !ok {
		platform = "other"
	}
	return imclient.DeviceInfo{DeviceID: p.DeviceID, Platform: platform, Name: "imcli"}
}
