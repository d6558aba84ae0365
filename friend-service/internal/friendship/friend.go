package friendship

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/page"
	"im-backend/common/utils/rediskey"
	"im-backend/friend-service/internal/store"
)

// The bounds of tags.
const (
	maxTags = 20
	maxTag  = 32 // characters
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

// Annotate changes the caller's own notes about a friend. Errors: NOT_FRIENDS, INVALID_ARGUMENT.
func (f *Friendships) Annotate(ctx context.Context, user, friend model.UserID, n Notes) (store.Friend, error) {
	if err := n.validate(); err != nil {
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

func (n Notes) validate() error {
	if n.Remark != nil && utf8.RuneCountInString(*n.Remark) > maxRemark {
		return errs.InvalidField("remark", "must be at most 64 characters")
	}
	if n.Tags == nil {
		return nil
	}
	if len(*n.Tags) > maxTags {
		return errs.InvalidField("tags", "must be at most 20")
	}
	for i, tag := range *n.Tags {
		if strings.TrimSpace(tag) == "" || utf8.RuneCountInString(tag) > maxTag || slices.Contains((*n.Tags)[:i], tag) {
			return errs.InvalidField("tags", "must be different texts of 1 to 32 characters")
		}
	}
	return nil
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

// FriendList asks for a page of friends.
type FriendList struct {
	User   model.UserID
	Since  int64 // zero: the whole list; otherwise what changed after this version
	Limit  int32 // zero: the default
	Cursor string
}

// FriendPage is a page of a friend list. Whoever has read all pages holds the list as of Version at least, and asks for what
// changed since Version the next time.
type FriendPage struct {
	Friends    []store.Friend
	Deleted    []model.UserID // no longer friends; only in lists of changes
	NextCursor string
	Version    int64
}

// friendPosition is the last friend of a page. It carries the version of the first page on: what changes while somebody
// turns the pages is newer than that.
type friendPosition struct {
	After   model.UserID `json:"after"`
	Version int64        `json:"version"`
}

// List lists friends by id. Errors: INVALID_ARGUMENT.
func (f *Friendships) List(ctx context.Context, q FriendList) (FriendPage, error) {
	limit, err := page.Limit(q.Limit)
	if err != nil {
		return FriendPage{}, err
	}
	if q.Since < 0 {
		return FriendPage{}, errs.InvalidField("since", "must not be negative")
	}
	var at friendPosition
	if err := page.Parse(q.Cursor, &at); err != nil {
		return FriendPage{}, err
	}
	if q.Cursor != "" {
		return f.read(ctx, q, at, limit)
	}
	// The version is read before the rows: rows may be newer than it says, never older.
	if at.Version, err = f.store.FriendListVersion(ctx, q.User); err != nil {
		return FriendPage{}, err
	}
	if q.Since > 0 {
		return f.read(ctx, q, at, limit)
	}
	return f.firstPage(ctx, q, at, limit)
}

// firstPage is what every client asks for when it starts, so it is cached, under the version that it was read at.
func (f *Friendships) firstPage(ctx context.Context, q FriendList, at friendPosition, limit int) (FriendPage, error) {
	key := rediskey.Friends(q.User)
	version := strconv.FormatInt(at.Version, 10) + "/" + strconv.Itoa(limit)
	var cached FriendPage
	if f.cache.Get(ctx, key, version, &cached) {
		return cached, nil
	}
	fresh, err := f.read(ctx, q, at, limit)
	if err == nil {
		f.cache.Put(ctx, key, version, fresh)
	}
	return fresh, err
}

func (f *Friendships) read(ctx context.Context, q FriendList, at friendPosition, limit int) (FriendPage, error) {
	rows, err := f.store.Friends(ctx, q.User, q.Since, at.After, limit+1)
	if err != nil {
		return FriendPage{}, err
	}
	out := FriendPage{Version: at.Version}
	if len(rows) > limit {
		rows = rows[:limit]
		out.NextCursor = page.Cursor(friendPosition{After: rows[limit-1].User, Version: at.Version})
	}
	for _, row := range rows {
		if row.Deleted {
			out.Deleted = append(out.Deleted, row.User)
		} else {
			out.Friends = append(out.Friends, row)
		}
	}
	return out, nil
}
