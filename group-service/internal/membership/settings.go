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

// may answers nil when a member may make the changes that c has, whether they are new or not.
func (c *Changes) may(g store.Group, role store.Role) error {
	if c.Name != nil || c.AvatarURL != nil {
		if err := may(g, role, editInfo); err != nil {
			return err
		}
	}
	settings := *c
	settings.Name, settings.AvatarURL = nil, nil
	if settings == (Changes{}) {
		return nil
	}
	return may(g, role, changeSettings)
}

// Update changes a group. What changes nothing tells nothing. Errors: GROUP_NOT_FOUND, NOT_GROUP_ADMIN, NOT_GROUP_OWNER,
// INVALID_ARGUMENT.
func (g *Groups) Update(ctx context.Context, id model.GroupID, user model.UserID, c Changes) (store.Membership, error) {
	if err := c.check(); err != nil {
		return store.Membership{}, err
	}
	m, err := g.changeAs(ctx, id, user, func(l *store.Locked, me store.Member) error {
		if err := c.may(l.Group, me.Role); err != nil {
			return err
		}
		if changed := c.apply(&l.Group); changed != (Changes{}) {
			tellUpdated(l, user, changed)
		}
		return nil
	})
	if err != nil {
		return store.Membership{}, fmt.Errorf("update group: %w", err)
	}
	g.follow(ctx, id)
	return m, nil
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
