package membership_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/group-service/internal/membership"
	"im-backend/group-service/internal/store"
)

// tester is a test of either kind.
type tester interface {
	require.TestingT
	Helper()
	Context() context.Context
}

// what is what a client knows of a member.
type what struct {
	role       string
	nickname   string
	mutedUntil int64
}

// syncer is a client that keeps a member list by its changes.
type syncer struct {
	group   model.GroupID
	user    model.UserID
	limit   int32
	list    map[model.UserID]what
	version int64
	cursor  string // of the pages it is turning
}

// page reads the next page.
func (s *syncer) page(t tester, g *membership.Groups) {
	t.Helper()
	q := membership.MemberList{Group: s.group, User: s.user, Since: s.version, Limit: s.limit, Cursor: s.cursor}
	got, err := g.Members(t.Context(), q)
	require.NoError(t, err)
	if got.Reset || (s.cursor == "" && s.version == 0) {
		s.list = map[model.UserID]what{}
	}
	for _, m := range got.Members {
		s.list[m.User] = what{m.Role.String(), m.Nickname, m.MutedUntil}
	}
	for _, user := range got.Deleted {
		delete(s.list, user)
	}
	if s.cursor = got.NextCursor; s.cursor == "" {
		s.version = got.Version
	}
}

// catchUp turns the pages that are left, and then asks once more for what changed meanwhile.
func (s *syncer) catchUp(t tester, g *membership.Groups) {
	t.Helper()
	for s.cursor != "" {
		s.page(t, g)
	}
	for again := true; again; again = s.cursor != "" {
		s.page(t, g)
	}
}

// pages is the whole of a list, in its order, a page at a time.
func (w *world) pages(t tester, q membership.MemberList) []model.UserID {
	t.Helper()
	users := []model.UserID{}
	for {
		page, err := w.Members(t.Context(), q)
		require.NoError(t, err)
		require.Empty(t, page.Deleted)
		for _, m := range page.Members {
			users = append(users, m.User)
		}
		if q.Cursor = page.NextCursor; q.Cursor == "" {
			return users
		}
	}
}

func TestMembersOfOneRole(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "", 5, 4, 3, 2)
	require.NoError(t, w.give(t, id, 1, 4, "admin"))
	require.NoError(t, w.give(t, id, 1, 3, "admin"))
	require.NoError(t, w.Leave(t.Context(), id, 3))
	for role, want := range map[string][]model.UserID{"owner": {1}, "admin": {4}, "member": {2, 5}, "": {1, 4, 2, 5}} {
		for limit := range int32(3) {
			require.Equal(t, want, w.pages(t, membership.MemberList{Group: id, User: 2, Role: role, Limit: limit}), "%q", role)
		}
	}
	for field, bad := range map[string]membership.MemberList{
		"role": {Role: "king"}, "name": {NamePrefix: " "}, "since": {Since: -1},
	} {
		bad.Group, bad.User = id, 1
		_, err := w.Members(t.Context(), bad)
		require.ErrorIs(t, err, errs.ErrInvalidArgument)
		require.Equal(t, field, errs.From(err).Fields[0].Field)
	}
	for _, both := range []membership.MemberList{{Role: "admin", Since: 1}, {NamePrefix: "a", Since: 1}, {NamePrefix: "a", Role: "admin"}} {
		both.Group, both.User = id, 1
		_, err := w.Members(t.Context(), both)
		require.ErrorIs(t, err, errs.ErrInvalidArgument)
	}
}

func TestMembersAreFoundByTheBeginningOfTheirName(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "", 2, 3, 4, 5, 6, 7)
	for user, nickname := range map[model.UserID]string{2: "Ärmel", 3: "ÄRZTIN", 4: "a%b", 5: "a_b", 6: "Ａrme"} {
		require.NoError(t, w.call(t, id, user, user, nickname))
	}
	for prefix, want := range map[string][]model.UserID{
		"ä": {2, 3}, "Är": {2, 3}, "ÄRM": {2}, "a\u0308rz": {3}, "a": {4, 5, 6}, "a%": {4}, "a_": {5}, "%": {}, "A": {4, 5, 6},
		"user": {1, 7}, " user ": {1, 7}, "USER 7": {7}, "user 6": {}, "armen": {}, "\\": {},
	} {
		for limit := range int32(3) {
			got := w.pages(t, membership.MemberList{Group: id, User: 1, NamePrefix: prefix, Limit: limit})
			require.Equal(t, want, got, "%q", prefix)
		}
	}
	require.NoError(t, w.RenameUser(t.Context(), 7, "Zoë"))
	require.NoError(t, w.RenameUser(t.Context(), 2, "Zoltan"))
	require.NoError(t, w.RenameUser(t.Context(), 999, "Zorro"))
	find := func(prefix string) []model.UserID {
		return w.pages(t, membership.MemberList{Group: id, User: 1, NamePrefix: prefix})
	}
	require.Equal(t, []model.UserID{7}, find("zo"), "who has a nickname is called by it")
	require.NoError(t, w.call(t, id, 2, 2, ""))
	require.Equal(t, []model.UserID{2, 7}, find("zo"), "without a nickname, by the name of now")
}

func TestChangesSinceAVersion(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "", 2, 3, 4)
	s := &syncer{group: id, user: 1, limit: 2}
	s.catchUp(t, w.Groups)
	require.Len(t, s.list, 4)
	require.NoError(t, w.Kick(t.Context(), id, 1, 2))
	require.NoError(t, w.call(t, id, 3, 3, "Three"))
	_, _, err := w.Add(t.Context(), id, 1, []model.UserID{5})
	require.NoError(t, err)
	got, err := w.Members(t.Context(), membership.MemberList{Group: id, User: 1, Since: s.version})
	require.NoError(t, err)
	require.Equal(t, []model.UserID{2}, got.Deleted)
	require.Equal(t, []model.UserID{3, 5}, usersOf(got.Members))
	require.False(t, got.Reset)
	none, err := w.Members(t.Context(), membership.MemberList{Group: id, User: 1, Since: got.Version})
	require.NoError(t, err)
	require.Equal(t, membership.MemberPage{Version: got.Version}, none)
	reset, err := w.Members(t.Context(), membership.MemberList{Group: id, User: 1, Since: got.Version + 1})
	require.NoError(t, err)
	require.True(t, reset.Reset)
	require.Len(t, reset.Members, 4)
	again, err := w.Members(t.Context(), membership.MemberList{Group: id, User: 1})
	require.NoError(t, err)
	require.False(t, again.Reset, "that a reset was cached shows in no other answer")
}

func usersOf(members []membership.Member) []model.UserID {
	var users []model.UserID
	for _, m := range members {
		users = append(users, m.User)
	}
	return users
}

// TestWhoLeftLongAgoIsForgottenAndListsFromBeforeStartOver: also in the middle of their pages.
func TestWhoLeftLongAgoIsForgottenAndListsFromBeforeStartOver(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "", 2, 3, 4, 5, 6)
	early := &syncer{group: id, user: 1, limit: 1}
	early.catchUp(t, w.Groups)
	turning := *early
	for _, user := range []model.UserID{2, 3, 4} {
		require.NoError(t, w.Leave(t.Context(), id, user))
	}
	turning.page(t, w.Groups)
	require.NotEmpty(t, turning.cursor)
	late := &syncer{group: id, user: 1, limit: 1}
	late.catchUp(t, w.Groups)
	w.clock.Add((91 * 24 * time.Hour).Milliseconds())
	require.NoError(t, w.Leave(t.Context(), id, 5))
	var rows int64
	require.NoError(t, w.db.Table("group_members").Where("group_id = ?", id).Count(&rows).Error)
	require.EqualValues(t, 3, rows, "two members, and who left just now")

	fresh, err := w.Members(t.Context(), membership.MemberList{Group: id, User: 1, Since: late.version, Limit: 1})
	require.NoError(t, err)
	require.False(t, fresh.Reset, "who knew those who are forgotten to be gone misses nothing")
	for _, s := range []*syncer{early, late, &turning} {
		s.list = map[model.UserID]what{1: {}, 2: {}, 3: {}, 4: {}, 5: {}, 6: {}, 7: {}}
		if s == late {
			s.list = map[model.UserID]what{1: {role: "owner"}, 5: {}, 6: {role: "member"}}
		}
		s.catchUp(t, w.Groups)
		require.Equal(t, map[model.UserID]what{1: {role: "owner"}, 6: {role: "member"}}, s.list)
	}
}

// TestWhoTurnsPagesWhileMembersChangeMissesNothing: a client that has read all pages and then asks for changes holds what there is.
func TestWhoTurnsPagesWhileMembersChangeMissesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "", 2, 3, 4, 5, 6, 7)
	syncers := []*syncer{}
	var running sync.WaitGroup
	for i := range 3 {
		s := &syncer{group: id, user: 1, limit: int32(i + 1)}
		syncers = append(syncers, s)
		running.Go(func() {
			for range 30 {
				s.page(t, w.Groups)
			}
		})
	}
	for user := range model.UserID(6) {
		running.Go(func() { w.fidget(t, id, user+2) })
	}
	running.Wait()
	want := w.known(t, id)
	for _, s := range syncers {
		s.catchUp(t, w.Groups)
		require.Equal(t, want, s.list)
	}
}

// fidget has one member come and go and change.
func (w *world) fidget(t *testing.T, id model.GroupID, user model.UserID) {
	t.Helper()
	for i := range 4 {
		expect(t, w.call(t, id, user, user, fmt.Sprint("name ", i)), errs.ErrGroupNotFound)
		expect(t, w.give(t, id, 1, user, []string{"admin", "member"}[i%2]), errs.ErrUserNotFound)
		if i%2 == 1 {
			expect(t, w.Leave(t.Context(), id, user), errs.ErrGroupNotFound)
			_, _, err := w.Add(t.Context(), id, 1, []model.UserID{user})
			expect(t, err)
		}
	}
	if user%3 == 0 {
		expect(t, w.Leave(t.Context(), id, user), errs.ErrGroupNotFound)
	}
}

// known is the members of a group as the tables have them.
func (w *world) known(t tester, id model.GroupID) map[model.UserID]what {
	t.Helper()
	var rows []struct {
		UserID     int64
		Role       int8
		Nickname   string
		MutedUntil int64
	}
	require.NoError(t, w.db.Table("group_members").Where("group_id = ? AND left_at = 0", id).Find(&rows).Error)
	list := map[model.UserID]what{}
	for _, row := range rows {
		list[model.UserID(row.UserID)] = what{store.Role(row.Role).String(), row.Nickname, row.MutedUntil}
	}
	return list
}

// TestPagesOfAListByNameStayInOrder: every key once, whatever it is.
func TestPagesOfAListByNameStayInOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "", 2, 3, 4, 5, 6)
	for user := range model.UserID(6) {
		require.NoError(t, w.call(t, id, user+1, user+1, []string{"x", "X", "x y", "xa", "ｘ", "x"}[user]))
	}
	got := w.pages(t, membership.MemberList{Group: id, User: 1, NamePrefix: "x", Limit: 1})
	require.Equal(t, []model.UserID{1, 2, 5, 6, 3, 4}, got)
	slices.Sort(got)
	require.Equal(t, []model.UserID{1, 2, 3, 4, 5, 6}, got)
}
