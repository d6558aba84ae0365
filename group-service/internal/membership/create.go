package membership

import (
	"context"
	"fmt"
	"slices"
	"time"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/quota"
	"im-backend/group-service/internal/store"
)

// maxFirstMembers is how many members besides its owner a group may begin with.
const maxFirstMembers = 500

// Draft is a group to be made.
type Draft struct {
	Owner           model.UserID
	Name            string
	Members         []model.UserID // besides the owner; repeats and the owner are ignored
	AvatarURL       string
	JoinPolicy      string // empty: approval
	HistoryVisible  bool
	InviteRole      string // empty: member in an open group, else admin
	EditRole        string // empty: admin
	MentionAllRole  string // empty: admin
	SlowModeSeconds int32
}

// group is the draft with what it leaves open filled in. Errors: INVALID_ARGUMENT.
func (d Draft) group() (store.Group, error) {
	made := store.Group{
		Owner: d.Owner, JoinPolicy: approval, InviteRole: store.Admin, EditRole: store.Admin, MentionAllRole: store.Admin,
	}
	if d.JoinPolicy == open {
		made.InviteRole = store.Ordinary
	}
	c := Changes{
		Name: &d.Name, AvatarURL: &d.AvatarURL, JoinPolicy: given(d.JoinPolicy), HistoryVisible: &d.HistoryVisible,
		InviteRole: given(d.InviteRole), EditRole: given(d.EditRole), MentionAllRole: given(d.MentionAllRole),
		SlowModeSeconds: &d.SlowModeSeconds,
	}
	if err := c.check(); err != nil {
		return store.Group{}, err
	}
	c.apply(&made)
	return made, nil
}

// given is nil for what is left open.
func given(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// Create makes a group. Errors: INVALID_ARGUMENT, USER_NOT_FOUND, GROUP_FULL, GROUP_LIMIT_REACHED of the owner or of a first
// member, RATE_LIMITED.
func (g *Groups) Create(ctx context.Context, d Draft) (store.Membership, error) {
	draft, err := d.group()
	if err != nil {
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
	users := append([]model.UserID{d.Owner}, others...)
	names, err := g.directory.Names(ctx, users...)
	if err != nil {
		return store.Membership{}, fmt.Errorf("create group: %w", err)
	}
	if len(names) < len(users) {
		return store.Membership{}, errs.ErrUserNotFound
	}
	draft.ID, draft.MaxMembers = model.GroupID(g.ids.Next()), g.config.MaxMembers
	group, err := g.store.Create(ctx, draft, g.now(), func(l *store.Locked) error {
		if err := g.admitFirst(l, users); err != nil {
			return err
		}
		members := make([]store.Member, 0, len(users))
		for _, user := range users {
			members = append(members, store.Member{User: user, Role: store.Ordinary, Name: names[user], Inviter: d.Owner})
		}
		members[0].Role, members[0].Inviter = store.Owner, 0
		tellCreated(l, members)
		return l.Add(members)
	})
	if err != nil {
		return store.Membership{}, fmt.Errorf("create group: %w", err)
	}
	g.follow(ctx, group.ID)
	return store.Membership{Group: group, Role: store.Owner}, nil
}

// admitFirst sees that the owner may make one more group, and each of its first members be in one more. What is refused does not
// count. Errors: GROUP_LIMIT_REACHED, RATE_LIMITED.
func (g *Groups) admitFirst(l *store.Locked, users []model.UserID) error {
	full, err := l.Full(users, g.config.MaxGroupsPerUser)
	if err != nil {
		return err
	}
	if len(full) > 0 {
		return errs.ErrGroupLimitReached
	}
	var wait time.Duration
	rate := quota.Rate{PerMinute: g.config.CreatesPerMinute, PerDay: g.config.CreatesPerDay}
	err = l.Spend(l.Owner, func(spent *quota.Spent) { wait = spent.Take(rate, l.At.UnixMilli()) })
	if err == nil && wait > 0 {
		err = errs.ErrRateLimited.Saying("too many groups made").After(wait)
	}
	return err
}
