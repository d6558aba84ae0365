package membership

import (
	"context"
	"fmt"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/group-service/internal/store"
)

// importChunk is how many members operators bring in at once.
const importChunk = 1000

// Import makes a group of its owner that may have up to 100,000 members. Errors: USER_NOT_FOUND, GROUP_LIMIT_REACHED,
// INVALID_ARGUMENT.
func (g *Groups) Import(ctx context.Context, owner model.UserID, name string, size int32) (store.Membership, error) {
	if size < 1 || size > hardMaxMembers {
		return store.Membership{}, errs.InvalidField("maxMembers", "must be 1 to 100000")
	}
	draft, err := Draft{Owner: owner, Name: name}.group()
	if err != nil {
		return store.Membership{}, err
	}
	called, err := g.nameOf(ctx, owner)
	if err != nil {
		return store.Membership{}, fmt.Errorf("import group: %w", err)
	}
	draft.ID, draft.MaxMembers = model.GroupID(g.ids.Next()), size
	group, err := g.store.Create(ctx, draft, g.now(), func(l *store.Locked) error {
		_, err := g.begin(l, nil, acquaintance{names: map[model.UserID]string{owner: called}})
		return err
	})
	if err != nil {
		return store.Membership{}, fmt.Errorf("import group: %w", err)
	}
	g.follow(ctx, group.ID)
	return store.Membership{Group: group, Role: store.Owner}, nil
}

// ImportMembers makes up to 1,000 users members, all or none of them, and answers how many were none before; who is banned stays
// out. It answers when chat-service knows it, so that imports go no faster than that. Repeating it adds nobody again. Errors:
// GROUP_NOT_FOUND, USER_NOT_FOUND, GROUP_FULL, GROUP_LIMIT_REACHED, INVALID_ARGUMENT, UNAVAILABLE.
func (g *Groups) ImportMembers(ctx context.Context, id model.GroupID, users []model.UserID) (added int, err error) {
	users, err = distinct("userIds", users, importChunk)
	if err != nil || len(users) == 0 {
		return 0, err
	}
	names, err := g.directory.Names(ctx, users...)
	if err != nil {
		return 0, fmt.Errorf("import members: %w", err)
	}
	_, err = g.living(ctx, id, func(l *store.Locked) error {
		newcomers, err := g.newcomers(l, users, names)
		added = len(newcomers)
		if err != nil || added == 0 {
			return err
		}
		return admit(l, l.Owner, newcomers)
	})
	if err != nil {
		return 0, fmt.Errorf("import members: %w", err)
	}
	return added, g.Flush(ctx, id)
}

// newcomers are those among users who are neither members nor banned. Errors: USER_NOT_FOUND, GROUP_FULL, GROUP_LIMIT_REACHED.
func (g *Groups) newcomers(l *store.Locked, users []model.UserID, names map[model.UserID]string) ([]store.Member, error) {
	refused, err := g.refusals(l, users, acquaintance{names: names})
	if err != nil {
		return nil, err
	}
	members := make([]store.Member, 0, len(users))
	for _, user := range users {
		switch reason := refused[user]; reason {
		case nil:
			members = append(members, store.Member{User: user, Role: store.Ordinary, Name: names[user], Inviter: l.Owner})
		case errs.ErrAlreadyMember, errs.ErrForbidden:
		default:
			return nil, reason.Saying(reason.Message + ": " + user.String())
		}
	}
	if int(l.MemberCount)+len(members) > int(l.MaxMembers) {
		return nil, errs.ErrGroupFull
	}
	return members, nil
}
