package membership

import (
	"context"
	"fmt"
	"strings"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/group-service/internal/store"
)

// What operators bring in: a group may be larger than those that users make, and gets its members in chunks.
const (
	maxImported = 100_000
	importChunk = 1000
)

// Import makes a group of its owner that may have up to 100,000 members. Errors: USER_NOT_FOUND, INVALID_ARGUMENT.
func (g *Groups) Import(ctx context.Context, owner model.UserID, name string, size int32) (store.Membership, error) {
	name = strings.TrimSpace(name)
	if err := checkFields(&name, nil, nil); err != nil {
		return store.Membership{}, err
	}
	if size < 1 || size > maxImported {
		return store.Membership{}, errs.InvalidField("maxMembers", "must be 1 to 100000")
	}
	if err := g.mustExist(ctx, owner); err != nil {
		return store.Membership{}, err
	}
	return g.found(ctx, store.Group{Name: name, Owner: owner, JoinPolicy: approval, MaxMembers: size}, nil)
}

// mustExist refuses users who do not exist, and names the first of them. Errors: USER_NOT_FOUND.
func (g *Groups) mustExist(ctx context.Context, users ...model.UserID) error {
	missing, err := g.missing(ctx, users)
	if err == nil && len(missing) > 0 {
		err = errs.ErrUserNotFound.Saying("no such user: " + missing[0].String())
	}
	return err
}

// ImportMembers makes up to 1,000 users members, all or none of them, and answers how many were none before; who is banned stays
// out. It answers when chat-service knows it, so that imports go no faster than that. Repeating it adds nobody again. Errors:
// GROUP_NOT_FOUND, USER_NOT_FOUND, GROUP_FULL, GROUP_LIMIT_REACHED, INVALID_ARGUMENT, UNAVAILABLE.
func (g *Groups) ImportMembers(ctx context.Context, id model.GroupID, users []model.UserID) (added int, err error) {
	users, err = distinct("userIds", users, importChunk)
	if err != nil || len(users) == 0 {
		return 0, err
	}
	if err := g.mustExist(ctx, users...); err != nil {
		return 0, fmt.Errorf("import members: %w", err)
	}
	_, err = g.living(ctx, id, func(l *store.Locked) error {
		members, err := newcomers(l, users)
		added = len(members)
		if err != nil || added == 0 {
			return err
		}
		return g.admit(l, l.Owner, members...)
	})
	if err != nil {
		return 0, fmt.Errorf("import members: %w", err)
	}
	return added, g.Flush(ctx, id)
}

// newcomers are those among users who are neither members nor banned.
func newcomers(l *store.Locked, users []model.UserID) ([]store.Member, error) {
	present, err := l.Present(users)
	if err != nil {
		return nil, err
	}
	banned, err := l.Banned(users...)
	if err != nil {
		return nil, err
	}
	members := make([]store.Member, 0, len(users))
	for _, user := range users {
		if !present[user] && !banned[user] {
			members = append(members, store.Member{User: user, Role: store.Ordinary, Inviter: l.Owner})
		}
	}
	return members, nil
}
