package membership

import (
	"context"
	"fmt"
	"slices"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
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

// Created is a new group as its owner sees it, and who of the first members is none.
type Created struct {
	store.Membership
	Failed []Failure
}

// Create makes a group. A first member who cannot be added is left out and named with a reason. Errors: INVALID_ARGUMENT,
// USER_NOT_FOUND, GROUP_FULL, GROUP_LIMIT_REACHED of the owner, RATE_LIMITED, UNAVAILABLE.
func (g *Groups) Create(ctx context.Context, d Draft) (Created, error) {
	draft, err := d.group()
	if err != nil {
		return Created{}, err
	}
	others, err := distinct("memberIds", d.Members, maxFirstMembers)
	if err != nil {
		return Created{}, err
	}
	others = slices.DeleteFunc(others, func(id model.UserID) bool { return id == d.Owner })
	if int(g.config.MaxMembers) < 1+len(others) {
		return Created{}, errs.ErrGroupFull
	}
	known, err := g.askFirst(ctx, d.Owner, others)
	if err != nil {
		return Created{}, fmt.Errorf("create group: %w", err)
	}
	draft.ID, draft.MaxMembers = model.GroupID(g.ids.Next()), g.config.MaxMembers
	var failed []Failure
	group, err := g.store.Create(ctx, draft, g.now(), func(l *store.Locked) (err error) {
		if failed, err = g.begin(l, others, known); err == nil {
			err = g.spend(l, d.Owner, creates, 1)
		}
		return err
	})
	if err != nil {
		return Created{}, fmt.Errorf("create group: %w", err)
	}
	g.follow(ctx, group.ID)
	return Created{Membership: store.Membership{Group: group, Role: store.Owner}, Failed: failed}, nil
}

// askFirst asks about the owner and the first members of a group, who all have to exist. Errors: USER_NOT_FOUND, UNAVAILABLE,
// TIMEOUT.
func (g *Groups) askFirst(ctx context.Context, owner model.UserID, others []model.UserID) (acquaintance, error) {
	known, err := g.acquaint(ctx, owner, append([]model.UserID{owner}, others...))
	if err == nil && len(known.names) < 1+len(others) {
		err = errs.ErrUserNotFound
	}
	return known, err
}

// begin gives a new group its owner and its first members, and answers who of them cannot be one. Errors: GROUP_LIMIT_REACHED,
// USER_NOT_FOUND: the owner's account has just been deleted.
func (g *Groups) begin(l *store.Locked, others []model.UserID, known acquaintance) ([]Failure, error) {
	unfit, err := g.unfit(l, append([]model.UserID{l.Owner}, others...))
	if err != nil {
		return nil, err
	}
	if reason := unfit[l.Owner]; reason != nil {
		return nil, reason
	}
	for user := range known.blockers {
		unfit[user] = errNotFromYou
	}
	founder := store.Member{User: l.Owner, Role: store.Owner, Name: known.names[l.Owner]}
	added, failed := sortOut(l, l.Owner, others, known.names, unfit)
	members := append([]store.Member{founder}, added...)
	tellCreated(l, members)
	return failed, l.Add(members)
}
