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
	Total       int            `json:",default=0,range=[0:1000]"` // on all platforms together; zero: no limit
	PerPlatform int            `json:",default=1,range=[0:1000]"` // on each platform that is not named below; zero: no limit
	Platforms   map[string]int `json:",optional"`                 // by platform; zero: no limit. web is 20 unless named
}

// webSessions is how many browsers may be signed in where the policy does not name web.
const webSessions = 20

// Quota is how many sessions may be there beside each other, a new one included; zero: no limit.
type Quota struct {
	Total    int
	Platform int
}

func (p Policy) quota(platform string) Quota {
	q := Quota{Total: p.Total, Platform: p.PerPlatform}
	if named, ok := p.Platforms[platform]; ok {
		q.Platform = named
	} else if platform == "web" {
		q.Platform = webSessions
	}
	return q
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
		if !token.IsPlatform(platform) || limit < 0 {
			faults = append(faults, fmt.Errorf("Session.Policy.Platforms: %w: %s: %d", errConfig, platform, limit))
		}
	}
	return errors.Join(faults...)
}
