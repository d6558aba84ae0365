package membership

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/outbox"
	"im-backend/common/utils/page"
	"im-backend/group-service/internal/store"
)

// The bounds of a group's fields, in characters, and of first members.
const (
	maxName         = 64
	maxAvatarURL    = 1024
	maxFirstMembers = 500
	maxBatch        = 200
)

// The join policies: everybody may join and invite, admins decide, only who is invited.
const (
	open       = "open"
	approval   = "approval"
	inviteOnly = "invite_only"
)

// Draft is a group to be made.
type Draft struct {
	Owner          model.UserID
	Name           string
	Members        []model.UserID // besides the owner; repeats and the owner are ignored
	AvatarURL      string
	JoinPolicy     string // empty: approval
	HistoryVisible bool
}

// Create makes a group. Errors: INVALID_ARGUMENT, USER_NOT_FOUND, GROUP_FULL.
func (g *Groups) Create(ctx context.Context, d Draft) (store.Membership, error) {
	if d.JoinPolicy == "" {
		d.JoinPolicy = approval
	}
	d.Name = strings.TrimSpace(d.Name)
	if err := checkFields(&d.Name, &d.AvatarURL, &d.JoinPolicy); err != nil {
		return store.Membership{}, err
	}
	others, err := distinct("memberIds", d.Members, maxFirstMembers)
	if err != nil {
		return store.Membership{}, err
	}
	others = slices.DeleteFunc(others, func(id model.UserID) bool { return id == d.Owner })
	if int(g.config.MaxMembers) < 1+len(others) {
		return store.Membership{}, errs.ErrGroupFull
	}
	if missing, err := g.missing(ctx, others); err != nil || len(missing) > 0 {
		if err == nil {
			err = errs.ErrUserNotFound
		}
		return store.Membership{}, err
	}
	return g.found(ctx, store.Group{
		Name: d.Name, AvatarURL: d.AvatarURL, Owner: d.Owner, JoinPolicy: d.JoinPolicy, HistoryVisible: d.HistoryVisible,
		MaxMembers: g.config.MaxMembers,
	}, others)
}

// found makes a group of its owner and others.
func (g *Groups) found(ctx context.Context, group store.Group, others []model.UserID) (store.Membership, error) {
	group.ID = model.GroupID(g.ids.Next())
	group, err := g.store.Create(ctx, group, g.now(), func(l *store.Locked) error {
		members := []store.Member{{User: l.Owner, Role: store.Owner}}
		for _, user := range others {
			members = append(members, store.Member{User: user, Role: store.Ordinary, Inviter: l.Owner})
		}
		tellCreated(l, members)
		return l.Add(members)
	})
	if err != nil {
		return store.Membership{}, fmt.Errorf("create group: %w", err)
	}
	g.follow(ctx, group.ID)
	return store.Membership{Group: group, Role: store.Owner}, nil
}

func (g *Groups) missing(ctx context.Context, users []model.UserID) ([]model.UserID, error) {
	if len(users) == 0 {
		return nil, nil
	}
	return g.directory.Missing(ctx, users...)
}

// checkFields checks those that are not nil.
func checkFields(name, avatarURL, joinPolicy *string) error {
	if name != nil && (strings.TrimSpace(*name) == "" || utf8.RuneCountInString(*name) > maxName || strings.ContainsFunc(*name, unicode.IsControl)) {
		return errs.InvalidField("name", "must be 1 to 64 characters, no control characters")
	}
	if avatarURL != nil && utf8.RuneCountInString(*avatarURL) > maxAvatarURL {
		return errs.InvalidField("avatarUrl", "must be at most 1024 characters")
	}
	if joinPolicy != nil && !slices.Contains([]string{open, approval, inviteOnly}, *joinPolicy) {
		return errs.InvalidField("joinPolicy", "must be open, approval or invite_only")
	}
	return nil
}

// distinct checks a list of users and drops repeats, in order.
func distinct(field string, users []model.UserID, most int) ([]model.UserID, error) {
	if len(users) > most {
		return nil, errs.InvalidField(field, fmt.Sprintf("must be at most %d", most))
	}
	seen := make(map[model.UserID]bool, len(users))
	kept := make([]model.UserID, 0, len(users))
	for _, user := range users {
		if user <= 0 {
			return nil, errs.InvalidField(field, "must be user ids")
		}
		if !seen[user] {
			kept = append(kept, user)
		}
		seen[user] = true
	}
	return kept, nil
}

// Get answers a group as a member sees it. Errors: GROUP_NOT_FOUND.
func (g *Groups) Get(ctx context.Context, id model.GroupID, user model.UserID) (store.Membership, error) {
	m, found, err := g.store.Membership(ctx, id, user)
	if err == nil && !found {
		err = errs.ErrGroupNotFound
	}
	return m, err
}

// Batch answers the groups that exist among at most 200, dismissed ones too, to a caller that has checked who may see them.
// Errors: INVALID_ARGUMENT.
func (g *Groups) Batch(ctx context.Context, ids []model.GroupID) ([]store.Group, error) {
	if len(ids) > maxBatch {
		return nil, errs.InvalidField("groupIds", "must be at most 200")
	}
	if len(ids) == 0 {
		return nil, nil
	}
	return g.store.Groups(ctx, ids)
}

// groupPosition is the last group of a page.
type groupPosition struct {
	After model.GroupID `json:"after"`
}

// List lists a user's groups by id and answers the cursor of the next page. Errors: INVALID_ARGUMENT.
func (g *Groups) List(ctx context.Context, user model.UserID, asked int32, cursor string) ([]store.Membership, string, error) {
	limit, err := page.Limit(asked)
	if err != nil {
		return nil, "", err
	}
	var at groupPosition
	if err := page.Parse(cursor, &at); err != nil {
		return nil, "", err
	}
	list, err := g.store.Memberships(ctx, user, at.After, limit+1)
	if err != nil || len(list) <= limit {
		return list, "", err
	}
	return list[:limit], page.Cursor(groupPosition{After: list[limit-1].ID}), nil
}

// Changes are new values of a group's fields; nil leaves a field alone.
type Changes struct {
	Name           *string
	AvatarURL      *string
	JoinPolicy     *string
	HistoryVisible *bool
}

// Update changes a group. Errors: GROUP_NOT_FOUND, NOT_GROUP_ADMIN, INVALID_ARGUMENT.
func (g *Groups) Update(ctx context.Context, id model.GroupID, user model.UserID, c Changes) (store.Membership, error) {
	if c.Name != nil {
		trimmed := strings.TrimSpace(*c.Name)
		c.Name = &trimmed
	}
	if err := checkFields(c.Name, c.AvatarURL, c.JoinPolicy); err != nil {
		return store.Membership{}, err
	}
	var role store.Role
	group, err := g.change(ctx, id, user, func(l *store.Locked, me store.Member) error {
		role = me.Role
		if err := may(me.Role, edit); err != nil {
			return err
		}
		told := newEvent("group.updated", l, user)
		told.Name = set(&l.Name, c.Name)
		told.AvatarURL = set(&l.AvatarURL, c.AvatarURL)
		told.JoinPolicy = set(&l.JoinPolicy, c.JoinPolicy)
		told.HistoryVisible = set(&l.HistoryVisible, c.HistoryVisible)
		if told.Name != nil || told.AvatarURL != nil || told.JoinPolicy != nil || told.HistoryVisible != nil {
			l.Tell(outbox.Entry{Content: told})
		}
		return nil
	})
	if err != nil {
		return store.Membership{}, fmt.Errorf("update group: %w", err)
	}
	g.follow(ctx, id)
	return store.Membership{Group: group, Role: role}, nil
}

// set gives a field its new value and answers it when it differs from the old one.
func set[T comparable](field, value *T) *T {
	if value == nil || *value == *field {
		return nil
	}
	*field = *value
	return value
}

// Dismiss ends a group. It answers when chat-service knows it: nobody can write any more. After an UNAVAILABLE the change is
// committed and the same call succeeds later. Errors: GROUP_NOT_FOUND, NOT_GROUP_OWNER, UNAVAILABLE.
func (g *Groups) Dismiss(ctx context.Context, id model.GroupID, user model.UserID) error {
	_, found, err := g.store.Change(ctx, id, g.now(), func(l *store.Locked) error {
		me, found, err := l.Member(user)
		switch {
		case err != nil:
			return err
		case !found, me.Left, l.Status == store.Dismissed:
			return errs.ErrGroupNotFound
		case l.Status == store.Dismissing && me.Role == store.Owner:
			return nil // an earlier call committed and could not answer
		case l.Status == store.Dismissing:
			return errs.ErrGroupNotFound
		}
		if err := may(me.Role, dismiss); err != nil {
			return err
		}
		l.Status = store.Dismissing
		tellDismissed(l, user)
		return l.LapseRequests()
	})
	if err == nil && !found {
		err = errs.ErrGroupNotFound
	}
	if err != nil {
		return fmt.Errorf("dismiss group: %w", err)
	}
	if err := g.Flush(ctx, id); err != nil {
		return err
	}
	return g.store.ConfirmDismissal(ctx, id)
}
