package membership

import (
	"errors"
	"fmt"
	"time"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/quota"
	"im-backend/group-service/internal/store"
)

// hardMaxMembers is what a group may have at the most, whatever is configured.
const hardMaxMembers = 100_000

// Config has the limits of groups and of their members.
type Config struct {
	MaxMembers       int32 `json:",default=5000"` // of a new group, its owner included; at most 100,000
	MaxGroupsPerUser int32 `json:",default=2000"` // groups in which one user is
	MaxAdmins        int64 `json:",default=20"`   // of one group, besides its owner
	MaxInvites       int64 `json:",default=100"`  // of one group, those that may still be used
	MaxBans          int64 `json:",default=5000"` // of one group
	MaxRequests      int64 `json:",default=1000"` // to join one group, those that wait for an answer

	// What one user may do in a minute and in a day.
	CreatesPerMinute int64 `json:",default=10"`    // groups that it makes
	CreatesPerDay    int64 `json:",default=200"`   //
	AddsPerMinute    int64 `json:",default=5000"`  // members that it adds, in all groups; at least 200, as many as one call may add
	AddsPerDay       int64 `json:",default=50000"` //
	JoinsPerMinute   int64 `json:",default=300"`   // groups that it joins, by itself or by an invite, or asks to join
	JoinsPerDay      int64 `json:",default=3000"`  //
	InvitesPerMinute int64 `json:",default=200"`   // invites that it makes
	InvitesPerDay    int64 `json:",default=2000"`  //
}

// Validate reports limits with which nobody could live.
func (c Config) Validate() error {
	var faults []error
	if c.MaxMembers < 1 || c.MaxMembers > hardMaxMembers {
		faults = append(faults, errors.New("set Membership.MaxMembers to 1 to 100000"))
	}
	if c.AddsPerMinute < maxAdd || c.AddsPerDay < maxAdd {
		faults = append(faults, errors.New("set Membership.AddsPerMinute and Membership.AddsPerDay to 200 at least"))
	}
	for _, one := range []struct {
		name  string
		limit int64
	}{
		{"MaxGroupsPerUser", int64(c.MaxGroupsPerUser)},
		{"MaxAdmins", c.MaxAdmins},
		{"MaxInvites", c.MaxInvites},
		{"MaxBans", c.MaxBans},
		{"MaxRequests", c.MaxRequests},
		{"CreatesPerMinute", c.CreatesPerMinute},
		{"CreatesPerDay", c.CreatesPerDay},
		{"JoinsPerMinute", c.JoinsPerMinute},
		{"JoinsPerDay", c.JoinsPerDay},
		{"InvitesPerMinute", c.InvitesPerMinute},
		{"InvitesPerDay", c.InvitesPerDay},
	} {
		if one.limit < 1 {
			faults = append(faults, fmt.Errorf("set Membership.%s above zero", one.name))
		}
	}
	return errors.Join(faults...)
}

// pursuit is something that a user may do so often only, in all groups together.
type pursuit struct {
	kind string // under which it is counted; it must never change
	what string // for people
	rate func(Config) quota.Rate
}

var (
	creates = pursuit{"create", "groups made", func(c Config) quota.Rate {
		return quota.Rate{PerMinute: c.CreatesPerMinute, PerDay: c.CreatesPerDay}
	}}
	adds = pursuit{"add", "members added", func(c Config) quota.Rate {
		return quota.Rate{PerMinute: c.AddsPerMinute, PerDay: c.AddsPerDay}
	}}
	joins = pursuit{"join", "groups joined", func(c Config) quota.Rate {
		return quota.Rate{PerMinute: c.JoinsPerMinute, PerDay: c.JoinsPerDay}
	}}
	invites = pursuit{"invite", "invites made", func(c Config) quota.Rate {
		return quota.Rate{PerMinute: c.InvitesPerMinute, PerDay: c.InvitesPerDay}
	}}
)

// spend counts what a user does n times. It is the last that is asked of a command: what is refused does not count. Errors:
// RATE_LIMITED.
func (g *Groups) spend(l *store.Locked, user model.UserID, p pursuit, n int) error {
	var wait time.Duration
	err := l.Spend(user, p.kind, func(spent *quota.Spent) { wait = spent.TakeMany(p.rate(g.config), l.At.UnixMilli(), int64(n)) })
	if err == nil && wait > 0 {
		err = errs.ErrRateLimited.Saying("too many " + p.what).After(wait)
	}
	return err
}
