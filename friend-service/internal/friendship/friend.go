package friendship

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/label"
	"im-backend/friend-service/internal/store"
)

// The lengths of notes, in characters.
const (
	maxRemark = 64
	maxTag    = 32
)

// Unfriend ends a friendship on both sides; not being friends is no error. It answers when chat-service knows it.
// Errors: UNAVAILABLE.
func (f *Friendships) Unfriend(ctx context.Context, user, friend model.UserID) error {
	known, err := f.store.ChangeKnown(ctx, user, friend, f.now(), func(p *store.Pair) error {
		if !p.Friends() {
			return nil
		}
		return p.Unfriend()
	})
	if err != nil {
		return fmt.Errorf("delete friend: %w", err)
	}
	if !known {
		return nil
	}
	return f.Flush(ctx, user, friend)
}

// Notes are changes of what a user notes about a friend; nil leaves a field alone.
type Notes struct {
	Remark  *string
	Starred *bool
	Tags    *[]string
}

// Annotate changes the caller's own notes about a friend. Errors: NOT_FRIENDS, INVALID_ARGUMENT, TAG_LIMIT_REACHED.
func (f *Friendships) Annotate(ctx context.Context, user, friend model.UserID, n Notes) (store.Friend, error) {
	n, err := n.checked(f.config.MaxTags)
	if err != nil {
		return store.Friend{}, err
	}
	var answer store.Friend
	known, err := f.store.ChangeKnown(ctx, user, friend, f.now(), func(p *store.Pair) error {
		if !p.Friends() {
			return errs.ErrNotFriends
		}
		was, err := p.Friend(user)
		if err != nil {
			return err
		}
		if answer = n.apply(was); same(was, answer) {
			return nil
		}
		return p.SaveFriend(user, answer)
	})
	if err == nil && !known {
		err = errs.ErrNotFriends
	}
	if err != nil {
		return store.Friend{}, fmt.Errorf("update friend: %w", err)
	}
	return answer, nil
}

// checked answers the notes as they are stored. Errors: INVALID_ARGUMENT, TAG_LIMIT_REACHED.
func (n Notes) checked(limit int) (Notes, error) {
	if n.Remark != nil {
		remark, err := checkRemark(*n.Remark)
		if err != nil {
			return Notes{}, err
		}
		n.Remark = &remark
	}
	if n.Tags != nil {
		tags, err := checkTags(*n.Tags, limit)
		if err != nil {
			return Notes{}, err
		}
		n.Tags = &tags
	}
	return n, nil
}

// checkRemark answers a remark as it is stored; an empty one takes it away.
func checkRemark(remark string) (string, error) {
	remark = strings.TrimSpace(remark)
	if remark == "" {
		return "", nil
	}
	if fault := label.Fault(remark, maxRemark); fault != "" {
		return "", errs.InvalidField("remark", fault)
	}
	return remark, nil
}

// checkTags answers tags as they are stored, in the order given.
func checkTags(tags []string, limit int) ([]string, error) {
	checked := make([]string, 0, len(tags))
	for _, tag := range tags {
		tag = strings.TrimSpace(tag)
		if fault := label.Fault(tag, maxTag); fault != "" {
			return nil, errs.InvalidField("tags", "each "+fault)
		}
		if slices.Contains(checked, tag) {
			return nil, errs.InvalidField("tags", "must be different")
		}
		if checked = append(checked, tag); len(checked) > limit {
			return nil, errs.ErrTagLimitReached
		}
	}
	return checked, nil
}

func (n Notes) apply(f store.Friend) store.Friend {
	if n.Remark != nil {
		f.Remark = *n.Remark
	}
	if n.Starred != nil {
		f.Starred = *n.Starred
	}
	if n.Tags != nil {
		f.Tags = slices.Clone(*n.Tags)
	}
	return f
}

func same(a, b store.Friend) bool {
	return a.Remark == b.Remark && a.Starred == b.Starred && slices.Equal(a.Tags, b.Tags)
}
