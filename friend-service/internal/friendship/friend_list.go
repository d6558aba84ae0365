package friendship

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/page"
	"im-backend/common/utils/rediskey"
	"im-backend/common/utils/versioned"
	"im-backend/friend-service/internal/store"
)

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
	Reset      bool // Since was no version of this list: this is the first page of the whole list
}

// friendPosition is the last friend of a page. It carries on what the first page was: its version, as what changes while
// somebody turns the pages is newer than that, and the version since which it lists.
type friendPosition struct {
	After   model.UserID `json:"after"`
	Version int64        `json:"version"`
	Since   int64        `json:"since"`
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
		return f.read(ctx, q.User, at, limit)
	}
	// The version is read before the rows: rows may be newer than it says, never older.
	versions, err := f.store.Versions(ctx, q.User)
	if err != nil {
		return FriendPage{}, err
	}
	at.Version = versions.Friends
	since, reset := versioned.Since(q.Since, at.Version, 0) // who was a friend is never forgotten
	at.Since = since
	read := func(ctx context.Context) (FriendPage, error) { return f.read(ctx, q.User, at, limit) }
	if at.Since > 0 {
		return read(ctx)
	}
	// What every client asks for when it starts is cached, under the version that it was read at.
	first, err := versioned.Load(ctx, f.cache, rediskey.Friends(q.User), versioned.Page(at.Version, limit), read)
	first.Reset = reset
	return first, err
}

func (f *Friendships) read(ctx context.Context, user model.UserID, at friendPosition, limit int) (FriendPage, error) {
	rows, err := f.store.Friends(ctx, user, at.Since, at.After, limit+1)
	if err != nil {
		return FriendPage{}, err
	}
	out := FriendPage{Version: at.Version}
	if len(rows) > limit {
		rows = rows[:limit]
		out.NextCursor = page.Cursor(friendPosition{After: rows[limit-1].User, Version: at.Version, Since: at.Since})
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
