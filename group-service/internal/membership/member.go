package membership

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/page"
	"im-backend/common/utils/rediskey"
	"im-backend/group-service/internal/store"
)

// maxAdd is how many users one call may add.
const maxAdd = 200

// Failure is a user who could not be added, and why.
type Failure struct {
	User   model.UserID
	Reason *errs.Error // ALREADY_MEMBER, USER_NOT_FOUND, FORBIDDEN (banned) or GROUP_FULL
}

// Add makes users members, each by itself. Errors: GROUP_NOT_FOUND, NOT_GROUP_ADMIN, INVALID_ARGUMENT.
func (g *Groups) Add(ctx context.Context, id model.GroupID, user model.UserID, asked []model.UserID) ([]model.UserID, []Failure, error) {
	asked, err := distinct("userIds", asked, maxAdd)
	if err == nil && len(asked) == 0 {
		err = errs.InvalidField("userIds", "must name at least one user")
	}
	if err != nil {
		return nil, nil, err
	}
	missing, err := g.missing(ctx, asked) // before the transaction: no lock is held over the network
	if err != nil {
		return nil, nil, fmt.Errorf("add members: %w", err)
	}
	var added []store.Member
	var failed []Failure
	_, err = g.change(ctx, id, user, func(l *store.Locked, me store.Member) error {
		if err := may(me.Role, inviting(l.Group)); err != nil {
			return err
		}
		present, err := l.Present(asked)
		if err != nil {
			return err
		}
		banned, err := l.Banned(asked...)
		if err != nil {
			return err
		}
		added, failed = sortOut(l, user, asked, missing, present, banned)
		if len(added) == 0 {
			return nil
		}
		return g.admit(l, user, added...)
	})
	if err != nil {
		return nil, nil, fmt.Errorf("add members: %w", err)
	}
	g.follow(ctx, id)
	return usersOf(added), failed, nil
}

// inviting is what adding members to this group is.
func inviting(g store.Group) action {
	if g.JoinPolicy == open {
		return inviteOpen
	}
	return invite
}

// sortOut decides about each user who is to be added.
func sortOut(l *store.Locked, inviter model.UserID, asked, missing []model.UserID, present, banned map[model.UserID]bool) (
	added []store.Member, failed []Failure,
) {
	for _, user := range asked {
		switch {
		case slices.Contains(missing, user):
			failed = append(failed, Failure{user, errs.ErrUserNotFound})
		case present[user]:
			failed = append(failed, Failure{user, errs.ErrAlreadyMember})
		case banned[user]:
			failed = append(failed, Failure{user, errs.ErrForbidden})
		case int(l.MemberCount)+len(added) >= int(l.MaxMembers):
			failed = append(failed, Failure{user, errs.ErrGroupFull})
		default:
			added = append(added, store.Member{User: user, Role: store.Ordinary, Inviter: inviter})
		}
	}
	return added, failed
}

// Kick removes a member of a lower role. It answers when chat-service knows it: the kicked user gets nothing more. After an
// UNAVAILABLE the change is committed and the same call succeeds later. Errors: GROUP_NOT_FOUND, NOT_GROUP_ADMIN, FORBIDDEN,
// USER_NOT_FOUND, UNAVAILABLE.
func (g *Groups) Kick(ctx context.Context, id model.GroupID, user, target model.UserID) error {
	_, err := g.change(ctx, id, user, func(l *store.Locked, me store.Member) error {
		if err := may(me.Role, kick); err != nil {
			return err
		}
		other, found, err := l.Member(target)
		switch {
		case err != nil:
			return err
		case !found:
			return errs.ErrUserNotFound
		case !me.Role.Above(other.Role):
			return errs.ErrForbidden.Saying("only a higher role may remove a member")
		case other.Left:
			return nil // an earlier call committed and could not answer
		}
		tellGone(l, "member.kicked", user, target)
		return l.Remove(target)
	})
	if err != nil {
		return fmt.Errorf("remove member: %w", err)
	}
	return g.forget(ctx, id, target)
}

// Leave removes the caller. It answers when chat-service knows it. After an UNAVAILABLE the change is committed and the same
// call succeeds later. Errors: GROUP_NOT_FOUND, FORBIDDEN, UNAVAILABLE.
func (g *Groups) Leave(ctx context.Context, id model.GroupID, user model.UserID) error {
	_, found, err := g.store.Change(ctx, id, g.now(), func(l *store.Locked) error {
		me, found, err := l.Member(user)
		switch {
		case err != nil:
			return err
		case !found, l.Status != store.Active:
			return errs.ErrGroupNotFound
		case me.Left:
			return nil // an earlier call committed and could not answer
		}
		if err := may(me.Role, leave); err != nil {
			return err
		}
		tellGone(l, "member.left", user, user)
		return l.Remove(user)
	})
	if err == nil && !found {
		err = errs.ErrGroupNotFound
	}
	if err != nil {
		return fmt.Errorf("leave group: %w", err)
	}
	return g.forget(ctx, id, user)
}

// forget ends a leaving call: once chat-service knows, nothing has to be remembered of who left.
func (g *Groups) forget(ctx context.Context, id model.GroupID, user model.UserID) error {
	if err := g.Flush(ctx, id); err != nil {
		return err
	}
	return g.store.Forget(ctx, id, user)
}

// memberPosition is the last member of a page.
type memberPosition struct {
	Role   store.Role   `json:"role"`
	Joined int64        `json:"joined"`
	User   model.UserID `json:"user"`
}

// MemberPage is a page of a member list.
type MemberPage struct {
	Members    []store.Member
	NextCursor string
}

// Members lists members by role, then by the time they joined. Errors: GROUP_NOT_FOUND, INVALID_ARGUMENT.
func (g *Groups) Members(ctx context.Context, id model.GroupID, user model.UserID, asked int32, cursor string) (MemberPage, error) {
	limit, err := page.Limit(asked)
	if err != nil {
		return MemberPage{}, err
	}
	var at memberPosition
	if err := page.Parse(cursor, &at); err != nil {
		return MemberPage{}, err
	}
	group, err := g.Get(ctx, id, user)
	if err != nil {
		return MemberPage{}, err
	}
	if cursor != "" {
		return g.readMembers(ctx, id, at, limit)
	}
	// The first page is what every client asks for, so it is cached, under the version of the group that was just read.
	key := rediskey.Members(id)
	version := strconv.FormatInt(group.Version, 10) + "/" + strconv.Itoa(limit)
	var cached MemberPage
	if g.cache.Get(ctx, key, version, &cached) {
		return cached, nil
	}
	fresh, err := g.readMembers(ctx, id, at, limit)
	if err == nil {
		g.cache.Put(ctx, key, version, fresh)
	}
	return fresh, err
}

func (g *Groups) readMembers(ctx context.Context, id model.GroupID, at memberPosition, limit int) (MemberPage, error) {
	after := store.Member{Role: at.Role, JoinedAt: at.Joined, User: at.User}
	members, err := g.store.Members(ctx, id, after, limit+1)
	if err != nil || len(members) <= limit {
		return MemberPage{Members: members}, err
	}
	last := members[limit-1]
	next := page.Cursor(memberPosition{Role: last.Role, Joined: last.JoinedAt, User: last.User})
	return MemberPage{Members: members[:limit], NextCursor: next}, nil
}
