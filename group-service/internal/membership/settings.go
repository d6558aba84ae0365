package membership

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/label"
	"im-backend/common/utils/outbox"
	"im-backend/group-service/internal/store"
)

// The bounds of a group's fields, in characters and in seconds.
const (
	maxName      = 64
	maxAvatarURL = 1024
	maxSlowMode  = 24 * 60 * 60
)

// The join policies: everybody may join, admins decide, only who is invited.
const (
	open       = "open"
	approval   = "approval"
	inviteOnly = "invite_only"
)

// Changes are new values of a group's fields; nil leaves a field alone. Roles are the names of the lowest that may do something.
type Changes struct {
	Name            *string
	AvatarURL       *string
	JoinPolicy      *string
	HistoryVisible  *bool
	InviteRole      *string
	EditRole        *string
	MentionAllRole  *string
	SlowModeSeconds *int32
	Announcement    *string // empty: none
}

// check trims the name and checks what is not nil. Errors: INVALID_ARGUMENT.
func (c *Changes) check() error {
	if c.Name != nil {
		trimmed := strings.TrimSpace(*c.Name)
		c.Name = &trimmed
		if fault := label.Fault(trimmed, maxName); fault != "" {
			return errs.InvalidField("name", fault)
		}
	}
	if c.AvatarURL != nil {
		if fault := label.LinkFault(*c.AvatarURL, maxAvatarURL); fault != "" {
			return errs.InvalidField("avatarUrl", fault)
		}
	}
	if c.JoinPolicy != nil && !slices.Contains([]string{open, approval, inviteOnly}, *c.JoinPolicy) {
		return errs.InvalidField("joinPolicy", "must be open, approval or invite_only")
	}
	if c.SlowModeSeconds != nil && (*c.SlowModeSeconds < 0 || *c.SlowModeSeconds > maxSlowMode) {
		return errs.InvalidField("slowModeSeconds", "must be 0 to 86400")
	}
	if c.Announcement != nil {
		if fault := announcementFault(*c.Announcement); fault != "" {
			return errs.InvalidField("announcement", fault)
		}
	}
	return c.checkRoles()
}

func (c *Changes) checkRoles() error {
	for _, f := range []struct {
		name string
		role *string
	}{{"inviteRole", c.InviteRole}, {"editRole", c.EditRole}, {"mentionAllRole", c.MentionAllRole}} {
		if f.role != nil && store.RoleOf(*f.role) == store.NoRole {
			return errs.InvalidField(f.name, "must be owner, admin or member")
		}
	}
	return nil
}

// apply gives a group the new values and answers those that differ from the old ones.
func (c *Changes) apply(to *store.Group) Changes {
	return Changes{
		Name: set(&to.Name, c.Name), AvatarURL: set(&to.AvatarURL, c.AvatarURL), JoinPolicy: set(&to.JoinPolicy, c.JoinPolicy),
		HistoryVisible:  set(&to.HistoryVisible, c.HistoryVisible),
		InviteRole:      setRole(&to.InviteRole, c.InviteRole),
		EditRole:        setRole(&to.EditRole, c.EditRole),
		MentionAllRole:  setRole(&to.MentionAllRole, c.MentionAllRole),
		SlowModeSeconds: set(&to.SlowModeSeconds, c.SlowModeSeconds),
		Announcement:    set(&to.Announcement, c.Announcement),
	}
}

// set gives a field its new value and answers it when it differs from the old one.
func set[T comparable](field, value *T) *T {
	if value == nil || *value == *field {
		return nil
	}
	*field = *value
	return value
}

func setRole(field *store.Role, name *string) *string {
	if name == nil {
		return nil
	}
	role := store.RoleOf(*name)
	if set(field, &role) == nil {
		return nil
	}
	return name
}

// shown reports whether something changes that members read.
func (c *Changes) shown() bool { return c.Name != nil || c.AvatarURL != nil || c.Announcement != nil }

// enforced reports whether something changes that decides who may write.
func (c *Changes) enforced() bool { return c.MentionAllRole != nil || c.SlowModeSeconds != nil }

// may answers nil when a member may make the changes that c has, whether they are new or not.
func (c *Changes) may(g store.Group, role store.Role) error {
	if c.Name != nil || c.AvatarURL != nil {
		if err := may(g, role, editInfo); err != nil {
			return err
		}
	}
	if c.Announcement != nil {
		if err := may(g, role, announce); err != nil {
			return err
		}
	}
	settings := *c
	settings.Name, settings.AvatarURL, settings.Announcement = nil, nil, nil
	if settings == (Changes{}) {
		return nil
	}
	return may(g, role, changeSettings)
}

// Update changes a group. What changes nothing tells nothing. Where it changes who may write, it answers when chat-service knows it;
// after an UNAVAILABLE the change is committed and the same call succeeds later. Errors: GROUP_NOT_FOUND, NOT_GROUP_ADMIN,
// NOT_GROUP_OWNER, MUTED, INVALID_ARGUMENT, UNAVAILABLE.
func (g *Groups) Update(ctx context.Context, id model.GroupID, user model.UserID, c Changes) (store.Membership, error) {
	if err := c.check(); err != nil {
		return store.Membership{}, err
	}
	var since int64
	m, err := g.changeAs(ctx, id, user, func(l *store.Locked, me store.Member) error {
		if err := c.may(l.Group, me.Role); err != nil {
			return err
		}
		changed := c.apply(&l.Group)
		if since = 0; changed == (Changes{}) {
			return nil
		}
		since = l.At.UnixMilli()
		return applied(l, me, changed)
	})
	switch {
	case err != nil:
		return store.Membership{}, fmt.Errorf("update group: %w", err)
	case c.enforced():
		return m, g.confirm(ctx, id, since)
	}
	g.follow(ctx, id)
	return m, nil
}

// applied does what follows from the changes of a group. Errors: MUTED.
func applied(l *store.Locked, me store.Member, changed Changes) error {
	if changed.shown() {
		if err := silenced(l, me); err != nil {
			return err
		}
	}
	if changed.Announcement != nil {
		l.AnnouncedBy, l.AnnouncedAt = me.User, l.At.UnixMilli()
	}
	tellUpdated(l, me.User, changed)
	if changed.InviteRole == nil {
		return nil
	}
	return endInvitesOfAll(l)
}

// changeAs is change for commands that answer the group as their caller sees it.
func (g *Groups) changeAs(ctx context.Context, id model.GroupID, user model.UserID, fn func(*store.Locked, store.Member) error) (
	store.Membership, error,
) {
	var role store.Role
	group, err := g.change(ctx, id, user, func(l *store.Locked, me store.Member) error {
		role = me.Role
		return fn(l, me)
	})
	return store.Membership{Group: group, Role: role}, err
}

// settingsOf are those settings of a group that decide who may write.
func settingsOf(g store.Group) *outbox.Settings {
	return &outbox.Settings{
		MutedAllUntil: g.MutedAllUntil, SlowModeSeconds: g.SlowModeSeconds, MentionAllRole: g.MentionAllRole.String(),
	}
}
