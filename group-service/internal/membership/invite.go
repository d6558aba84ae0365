package membership

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/page"
	"im-backend/group-service/internal/store"
)

// How long an invite may be used.
const (
	inviteLifetime    = 7 * 24 * time.Hour // unless something else was asked for
	maxInviteLifetime = 30 * 24 * time.Hour
)

// An invite is as good as the right of its maker: when the maker leaves or may no longer invite, it ends. Its code is 130
// random bits, of which only a hash is kept, and it must not be logged.

// CreatedInvite is an invite and its code, which nobody can ask for again.
type CreatedInvite struct {
	store.Invite
	Code string
}

// InvitedGroup is what the holder of a code may see.
type InvitedGroup struct {
	store.Group
	ExpiresAt int64 // of the invite, unix milliseconds
}

// CreateInvite makes an invite that lives for a number of seconds (zero: 7 days) and lets at most maxUses users in (zero: no
// bound). Errors: GROUP_NOT_FOUND, NOT_GROUP_ADMIN, INVALID_ARGUMENT, INVITE_LIMIT_REACHED,
// RATE_LIMITED.
func (g *Groups) CreateInvite(ctx context.Context, id model.GroupID, user model.UserID, seconds int64, maxUses int32) (CreatedInvite, error) {
	switch {
	case seconds < 0 || seconds > int64(maxInviteLifetime/time.Second):
		return CreatedInvite{}, errs.InvalidField("expiresIn", "must be at most 2592000 seconds, or 0 for 7 days")
	case maxUses < 0:
		return CreatedInvite{}, errs.InvalidField("maxUses", "must not be below 0")
	}
	lifetime := time.Duration(seconds) * time.Second
	if seconds == 0 {
		lifetime = inviteLifetime
	}
	made := CreatedInvite{Code: rand.Text()}
	_, err := g.change(ctx, id, user, func(l *store.Locked, me store.Member) error {
		if err := may(l.Group, me.Role, addMembers); err != nil {
			return err
		}
		n, err := l.CountInvites()
		if err != nil {
			return err
		}
		if n >= g.config.MaxInvites {
			return errs.ErrInviteLimitReached
		}
		made.Invite, err = l.AddInvite(store.Invite{
			ID: g.ids.Next(), By: user, ExpiresAt: l.At.Add(lifetime).UnixMilli(), MaxUses: maxUses,
		}, hashOf(made.Code))
		if err == nil {
			err = g.spend(l, user, invites, 1)
		}
		return err
	})
	if err != nil {
		return CreatedInvite{}, fmt.Errorf("create invite: %w", err)
	}
	return made, nil
}

// hashOf is what is kept of a code.
func hashOf(code string) string {
	sum := sha256.Sum256([]byte(code))
	return hex.EncodeToString(sum[:])
}

// DeleteInvite ends an invite: one's own, or as an admin anyone's. Repeating it is no error. Errors: GROUP_NOT_FOUND,
// NOT_GROUP_ADMIN, NOT_FOUND.
func (g *Groups) DeleteInvite(ctx context.Context, id model.GroupID, user model.UserID, inviteID int64) error {
	_, err := g.change(ctx, id, user, func(l *store.Locked, me store.Member) error {
		i, found, err := l.Invite(inviteID)
		switch {
		case err != nil:
			return err
		case !found:
			return errs.ErrNotFound
		case i.By == user:
			return l.RevokeInvite(inviteID)
		}
		if err := may(l.Group, me.Role, manageInvites); err != nil {
			return err
		}
		return l.RevokeInvite(inviteID)
	})
	if err != nil {
		return fmt.Errorf("delete invite: %w", err)
	}
	return nil
}

// invitePosition is the last invite of a page.
type invitePosition struct {
	Before int64 `json:"before"`
}

// Invites lists the invites that may still be used, the newest first, and answers the cursor of the next page. Errors:
// GROUP_NOT_FOUND, NOT_GROUP_ADMIN, INVALID_ARGUMENT.
func (g *Groups) Invites(ctx context.Context, id model.GroupID, user model.UserID, asked int32, cursor string) ([]store.Invite, string, error) {
	var at invitePosition
	limit, err := g.pageOf(ctx, manageInvites, id, user, asked, cursor, &at)
	if err != nil {
		return nil, "", err
	}
	list, err := g.store.Invites(ctx, id, g.now().UnixMilli(), at.Before, limit+1)
	if err != nil || len(list) <= limit {
		return list, "", err
	}
	return list[:limit], page.Cursor(invitePosition{Before: list[limit-1].ID}), nil
}

// Invited answers what the holder of a code may see of its group. Errors: NOT_FOUND.
func (g *Groups) Invited(ctx context.Context, code string) (InvitedGroup, error) {
	i, found, err := g.store.InviteByHash(ctx, hashOf(code))
	if err != nil {
		return InvitedGroup{}, err
	}
	if !found || !i.Open(g.now().UnixMilli()) {
		return InvitedGroup{}, errs.ErrNotFound
	}
	maker, found, err := g.store.Membership(ctx, i.Group, i.By)
	if err == nil && (!found || may(maker.Group, maker.Role, addMembers) != nil) {
		err = errs.ErrNotFound
	}
	return InvitedGroup{Group: maker.Group, ExpiresAt: i.ExpiresAt}, err
}

// JoinByInvite makes the caller a member by a code, whatever the join policy. Errors: NOT_FOUND, FORBIDDEN: the caller is banned,
// ALREADY_MEMBER, GROUP_FULL, GROUP_LIMIT_REACHED, RATE_LIMITED.
func (g *Groups) JoinByInvite(ctx context.Context, user model.UserID, code string) (store.Membership, error) {
	known, found, err := g.store.InviteByHash(ctx, hashOf(code)) // whose group is it?
	if err == nil && !found {
		err = errs.ErrNotFound
	}
	if err != nil {
		return store.Membership{}, fmt.Errorf("join by invite: %w", err)
	}
	name, err := g.nameOf(ctx, user)
	if err != nil {
		return store.Membership{}, fmt.Errorf("join by invite: %w", err)
	}
	group, err := g.living(ctx, known.Group, func(l *store.Locked) error {
		i, err := usable(l, known.ID)
		if err == nil {
			err = welcome(l, user)
		}
		if err == nil {
			err = l.UseInvite(i.ID)
		}
		if err != nil {
			return err
		}
		return g.enter(l, store.Member{User: user, Role: store.Ordinary, Name: name, Inviter: i.By})
	})
	if errors.Is(err, errs.ErrGroupNotFound) { // dismissed: the code leads nowhere
		err = errs.ErrNotFound
	}
	if err != nil {
		return store.Membership{}, fmt.Errorf("join by invite: %w", err)
	}
	g.follow(ctx, group.ID)
	return store.Membership{Group: group, Role: store.Ordinary}, nil
}

// endInvites ends the invites of a member who may make none any more, for good: they do not come back with the right.
func endInvites(l *store.Locked, maker store.Member) error {
	if may(l.Group, maker.Role, addMembers) == nil {
		return nil
	}
	return l.RevokeInvitesOf(maker.User)
}

// endInvitesOfAll is endInvites for everybody, when another role may make invites.
func endInvitesOfAll(l *store.Locked) error {
	makers, err := l.InviteMakers()
	if err != nil {
		return err
	}
	for user, role := range makers {
		if err := endInvites(l, store.Member{User: user, Role: role}); err != nil {
			return err
		}
	}
	return nil
}

// usable reads an invite that lets somebody in now. Errors: NOT_FOUND.
func usable(l *store.Locked, inviteID int64) (store.Invite, error) {
	i, found, err := l.Invite(inviteID)
	if err == nil && (!found || !i.Open(l.At.UnixMilli())) {
		err = errs.ErrNotFound
	}
	if err != nil {
		return store.Invite{}, err
	}
	maker, found, err := l.Member(i.By)
	if err == nil && (!found || maker.Left || may(l.Group, maker.Role, addMembers) != nil) {
		err = errs.ErrNotFound
	}
	return i, err
}
