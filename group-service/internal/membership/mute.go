package membership

import (
	"context"
	"fmt"
	"time"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/group-service/internal/store"
)

// maxMuteYears is how far ahead the end of a mute may be: "for ever" is that.
const maxMuteYears = 10

// muteEnd is the end of a mute that is asked for at a time, both unix milliseconds: zero for one that is over. Errors:
// INVALID_ARGUMENT.
func muteEnd(field string, until int64, now time.Time) (int64, error) {
	switch {
	case until < 0 || until > now.AddDate(maxMuteYears, 0, 0).UnixMilli():
		return 0, errs.InvalidField(field, "must be zero or at most ten years ahead")
	case until <= now.UnixMilli():
		return 0, nil
	}
	return until, nil
}

// endMute gives a mute a new end and reports whether that makes a difference: of two that are over it makes none.
func endMute(until *int64, end int64, now time.Time) bool {
	if *until == end || (end == 0 && *until <= now.UnixMilli()) {
		return false
	}
	*until = end
	return true
}

// MuteAll lets only admins and the owner write until a time, unix milliseconds; one that is past ends it. It answers when
// chat-service knows it. After an UNAVAILABLE the change is committed and the same call succeeds later. Errors: GROUP_NOT_FOUND,
// NOT_GROUP_ADMIN, INVALID_ARGUMENT, UNAVAILABLE.
func (g *Groups) MuteAll(ctx context.Context, id model.GroupID, user model.UserID, until int64) (store.Membership, error) {
	var since int64
	m, err := g.changeAs(ctx, id, user, func(l *store.Locked, me store.Member) error {
		since = 0
		if err := may(l.Group, me.Role, muteAll); err != nil {
			return err
		}
		end, err := muteEnd("until", until, l.At)
		if err == nil && endMute(&l.MutedAllUntil, end, l.At) {
			since = l.At.UnixMilli()
			tellMutedAll(l, user)
		}
		return err
	})
	if err != nil {
		return store.Membership{}, fmt.Errorf("mute all: %w", err)
	}
	return m, g.confirm(ctx, id, since)
}

// mute is the part of UpdateMember that mutes a member of a lower role, or lets it write again.
func mute(l *store.Locked, me store.Member, other *store.Member, until int64) (changed bool, err error) {
	if err := mayTo(l.Group, me.Role, other.Role, muteMember); err != nil {
		return false, err
	}
	end, err := muteEnd("mutedUntil", until, l.At)
	if err != nil || !endMute(&other.MutedUntil, end, l.At) {
		return false, err
	}
	tellMuted(l, me.User, *other)
	return true, nil
}

// silenced refuses that a member says something by what the others are shown of it or of the group while it may not write. Errors:
// MUTED.
func silenced(l *store.Locked, me store.Member) error {
	until := me.MutedUntil
	if me.Role == store.Ordinary {
		until = max(until, l.MutedAllUntil)
	}
	rest := time.UnixMilli(until).Sub(l.At)
	if rest <= 0 {
		return nil
	}
	return errs.ErrMuted.Saying(fmt.Sprintf("muted until %d", until)).After(rest)
}
