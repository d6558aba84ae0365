package session

import (
	"errors"
	"fmt"
	"time"

	"im-backend/auth-service/internal/token"
)

// Config is how long things live and how many sessions a user may have.
type Config struct {
	RefreshLifetime time.Duration `json:",default=720h"` // of a refresh token, and of a session since its last refresh
	RefreshGrace    time.Duration `json:",default=60s"`  // how long a repeated refresh gets the same successor; zero: never
	TicketLifetime  time.Duration `json:",default=30s"`  // of a WebSocket ticket
	SeenEvery       time.Duration `json:",default=1m"`   // how often at the most a session notes that it was seen
	Policy          Policy        // which sessions a login ends
}

// Policy says how many sessions a user may have; a login ends the oldest ones over it.
type Policy struct {
	Mode      Mode           `json:",default=platform,options=platform|unlimited|single|named"`
	Web       int            `json:",default=20,range=[1:1000]"` // sessions on web under platform
	Platforms map[string]int `json:",optional"`                  // sessions by platform under named; one where none is named
}

// Mode is a kind of policy.
type Mode string

// The modes.
const (
	PerPlatform Mode = "platform"  // one session on each platform, several on web
	Unlimited   Mode = "unlimited" // as many as there are devices
	Single      Mode = "single"    // one in all
	Named       Mode = "named"     // a number for each platform
)

// Quota is how many sessions may be there beside each other, a new one included; zero: no limit.
type Quota struct {
	Total    int
	Platform int
}

func (p Policy) quota(platform string) Quota {
	switch p.Mode {
	case Unlimited:
		return Quota{}
	case Single:
		return Quota{Total: 1}
	case Named:
		return Quota{Platform: max(p.Platforms[platform], 1)}
	case PerPlatform:
	}
	if platform == "web" {
		return Quota{Platform: p.Web}
	}
	return Quota{Platform: 1}
}

// errConfig is returned for values that make no sense.
var errConfig = errors.New("bad value")

// Validate reports every fault that the tags do not express.
func (c Config) Validate() error {
	var faults []error
	if c.RefreshLifetime <= 0 || c.RefreshGrace < 0 || c.TicketLifetime <= 0 || c.SeenEvery < 0 {
		faults = append(faults, fmt.Errorf("Session: %w: lifetimes must be positive", errConfig))
	}
	for platform, limit := range c.Policy.Platforms {
		if !token.IsPlatform(platform) || limit < 1 {
			faults = append(faults, fmt.Errorf("Session.Policy.Platforms: %w: %s: %d", errConfig, platform, limit))
		}
	}
	return errors.Join(faults...)
}
