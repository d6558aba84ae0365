package membership

import (
	"context"
	"strings"
	"unicode/utf8"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/label"
	"im-backend/common/utils/page"
	"im-backend/common/utils/rediskey"
	"im-backend/common/utils/versioned"
	"im-backend/group-service/internal/store"
)

// MemberList asks for a page of the members of a group: of all, or of one role, or of those with a name, or of what changed.
type MemberList struct {
	Group      model.GroupID
	User       model.UserID // who asks
	Role       string       // empty: every role
	NamePrefix string       // of the nickname, or of the user's own name where there is none; in any case
	Since      int64        // zero: members; otherwise what changed after this version
	Limit      int32        // zero: the default
	Cursor     string       // goes on with the list that the first page began, whatever else is asked
}

// MemberPage is a page of a member list. Whoever has read all pages of the whole list holds it as of Version at least, and asks for
// what changed since Version the next time.
type MemberPage struct {
	Members    []store.Member
	Deleted    []model.UserID // no members any more; only in lists of changes
	NextCursor string
	Version    int64
	Reset      bool // nothing is known since that version: this is the first page of the whole list
}

// memberPosition is the last member of a page. It carries on what the first page was: which list, and its version, as what
// changes while somebody turns the pages is newer than that.
type memberPosition struct {
	Version int64      `json:"version"`
	Since   int64      `json:"since,omitempty"`
	Only    store.Role `json:"only,omitempty"`   // the role of a list of one role
	Prefix  string     `json:"prefix,omitempty"` // the beginning of the name keys of a list by name

	User   model.UserID `json:"user"`
	Role   store.Role   `json:"role,omitempty"`
	Joined int64        `json:"joined,omitempty"`
	Key    string       `json:"key,omitempty"`
	At     int64        `json:"at,omitempty"` // the version of the member
}

// after is the last member of the page before, as far as the store orders by it.
func (p memberPosition) after() store.Member {
	return store.Member{User: p.User, Role: p.Role, JoinedAt: p.Joined, Name: p.Key, Version: p.At}
}

// next is the position of a member in the same list.
func (p memberPosition) next(last store.Member) memberPosition {
	p.User = last.User
	switch {
	case p.Since > 0:
		p.At = last.Version
	case p.Prefix != "":
		p.Key = last.NameKey()
	default:
		p.Role, p.Joined = last.Role, last.JoinedAt
	}
	return p
}

// Members lists members by role and then by the time they joined, those with a name by that, changes by version. Errors:
// GROUP_NOT_FOUND, INVALID_ARGUMENT.
func (g *Groups) Members(ctx context.Context, q MemberList) (MemberPage, error) {
	limit, err := page.Limit(q.Limit)
	if err != nil {
		return MemberPage{}, err
	}
	at, err := q.position()
	if err != nil {
		return MemberPage{}, err
	}
	// The version is read before the rows: rows may be newer than it says, never older.
	group, err := g.Get(ctx, q.Group, q.User)
	if err != nil {
		return MemberPage{}, err
	}
	if q.Cursor == "" {
		at.Version = group.Version
	}
	since, reset := versioned.Since(at.Since, group.Version, group.MembersSince)
	if reset {
		at = memberPosition{Version: group.Version} // what was kept may have gone between two pages as well
	}
	at.Since = since
	read := func(ctx context.Context) (MemberPage, error) { return g.readMembers(ctx, q.Group, at, limit) }
	if at != (memberPosition{Version: group.Version}) {
		return read(ctx)
	}
	// The first page of all is what every client asks for, so it is cached, under the version that was just read.
	first, err := versioned.Load(ctx, g.cache, rediskey.Members(q.Group), versioned.Page(at.Version, limit), read)
	first.Reset = reset
	return first, err
}

// position is where a page begins. Errors: INVALID_ARGUMENT.
func (q MemberList) position() (memberPosition, error) {
	var at memberPosition
	if q.Cursor != "" {
		err := page.Parse(q.Cursor, &at)
		return at, err
	}
	if q.Since < 0 {
		return at, errs.InvalidField("since", "must not be negative")
	}
	lists := 0
	for _, asked := range []bool{q.Role != "", q.NamePrefix != "", q.Since > 0} {
		if asked {
			lists++
		}
	}
	if lists > 1 {
		return at, errs.InvalidField("since", "goes without role and name, and they without each other")
	}
	at.Since, at.Only, at.Prefix = q.Since, store.RoleOf(q.Role), label.Key(strings.TrimSpace(q.NamePrefix))
	if q.Role != "" && at.Only == store.NoRole {
		return at, errs.InvalidField("role", "must be owner, admin or member")
	}
	if q.NamePrefix != "" && (at.Prefix == "" || utf8.RuneCountInString(q.NamePrefix) > maxName) {
		return at, errs.InvalidField("name", "must have 1 to 64 characters")
	}
	return at, nil
}

func (g *Groups) readMembers(ctx context.Context, id model.GroupID, at memberPosition, limit int) (MemberPage, error) {
	rows, err := g.rows(ctx, id, at, limit+1)
	if err != nil {
		return MemberPage{}, err
	}
	out := MemberPage{Version: at.Version}
	if len(rows) > limit {
		rows = rows[:limit]
		out.NextCursor = page.Cursor(at.next(rows[limit-1]))
	}
	for _, row := range rows {
		if row.Left {
			out.Deleted = append(out.Deleted, row.User)
		} else {
			out.Members = append(out.Members, row)
		}
	}
	return out, nil
}

func (g *Groups) rows(ctx context.Context, id model.GroupID, at memberPosition, limit int) ([]store.Member, error) {
	switch {
	case at.Since > 0:
		return g.store.MemberChanges(ctx, id, at.Since, at.Version, at.after(), limit)
	case at.Prefix != "":
		return g.store.Named(ctx, id, at.Prefix, at.after(), limit)
	}
	return g.store.Members(ctx, id, at.Only, at.after(), limit)
}

// Member answers one member. Errors: GROUP_NOT_FOUND, USER_NOT_FOUND.
func (g *Groups) Member(ctx context.Context, id model.GroupID, user, member model.UserID) (store.Member, error) {
	if _, err := g.Get(ctx, id, user); err != nil {
		return store.Member{}, err
	}
	m, found, err := g.store.Member(ctx, id, member)
	if err == nil && !found {
		err = errs.ErrUserNotFound
	}
	return m, err
}
