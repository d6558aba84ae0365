package store_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"im-backend/common/model"
	"im-backend/common/model/imgroup"
	"im-backend/common/utils/dbx"
	"im-backend/deploy/mysql/mysqltest"
	"im-backend/group-service/internal/store"
)

// crowd fills a database with a group of n members, as imports of a thousand make it: many have the same role, time and version.
// Every hundredth has left, and another group has as many.
func crowd(t testing.TB, n int) (*store.Store, *dbx.DB) {
	t.Helper()
	db := mysqltest.Open(t, "im_group")
	require.NoError(t, store.Prepare(t.Context(), db))
	rows := make([]imgroup.GroupMember, 0, 2*n)
	for i := range n {
		chunk := int64(1 + i/1000)
		row := imgroup.GroupMember{
			GroupID: 7, UserID: int64(1 + i), Role: int8(store.Ordinary), UserName: fmt.Sprint("user ", i%10),
			JoinedAt: chunk, Version: chunk,
		}
		switch {
		case i == 0:
			row.Role = int8(store.Owner)
		case i < 20:
			row.Role = int8(store.Admin)
		case i%100 == 99:
			row.Role, row.LeftAt = int8(store.NoRole), chunk
		}
		if row.Role != int8(store.NoRole) {
			row.NameKey = row.UserName
		}
		rows = append(rows, row)
		row.GroupID = 8
		rows = append(rows, row)
	}
	require.NoError(t, db.Transaction(func(tx *gorm.DB) error { return tx.CreateInBatches(&rows, 500).Error }))
	if !db.SQLite {
		require.NoError(t, db.Exec("ANALYZE TABLE group_members").Error)
	}
	return store.New(db), db
}

// lists are all lists that are paged, each with how many members a group of n has in it.
var lists = []struct {
	name  string
	page  func(t testing.TB, s *store.Store, after store.Member, limit int) []store.Member
	count func(n int) int
}{
	{"of all", ofRole(store.NoRole), func(n int) int { return n - n/100 }},
	{"of the owner", ofRole(store.Owner), func(int) int { return 1 }},
	{"of admins", ofRole(store.Admin), func(int) int { return 19 }},
	{"of ordinary members", ofRole(store.Ordinary), func(n int) int { return n - n/100 - 20 }},
	{"by a name of all", named("user"), func(n int) int { return n - n/100 }},
	{"by one name", named("user 3"), func(n int) int { return n / 10 }},
	{"of changes", changed(0), func(n int) int { return n }},
	{"of late changes", changed(2), func(n int) int { return n - 2000 }},
}

func ofRole(role store.Role) func(testing.TB, *store.Store, store.Member, int) []store.Member {
	return func(t testing.TB, s *store.Store, after store.Member, limit int) []store.Member {
		t.Helper()
		return must(t)(s.Members(t.Context(), 7, role, after, limit))
	}
}

func named(prefix string) func(testing.TB, *store.Store, store.Member, int) []store.Member {
	return func(t testing.TB, s *store.Store, after store.Member, limit int) []store.Member {
		t.Helper()
		return must(t)(s.Named(t.Context(), 7, prefix, after, limit))
	}
}

func changed(since int64) func(testing.TB, *store.Store, store.Member, int) []store.Member {
	return func(t testing.TB, s *store.Store, after store.Member, limit int) []store.Member {
		t.Helper()
		return must(t)(s.MemberChanges(t.Context(), 7, since, 1<<40, after, limit))
	}
}

func must(t testing.TB) func([]store.Member, error) []store.Member {
	t.Helper()
	return func(members []store.Member, err error) []store.Member {
		require.NoError(t, err)
		return members
	}
}

// read is a query as the database gets it.
type read struct {
	sql  string
	args []any
}

// reads collects the queries that are made from now on.
func reads(t testing.TB, db *dbx.DB) *[]read {
	t.Helper()
	var all []read
	require.NoError(t, db.Callback().Query().After("gorm:query").Register("collect", func(tx *gorm.DB) {
		if sql := tx.Statement.SQL.String(); strings.Contains(sql, "group_members") && !strings.HasPrefix(sql, "EXPLAIN") {
			all = append(all, read{sql, tx.Statement.Vars})
		}
	}))
	return &all
}

// TestPagesOfMembersReadNoMoreThanTheyShow: every page of every list, wherever it begins.
func TestPagesOfMembersReadNoMoreThanTheyShow(t *testing.T) {
	t.Parallel()
	const n, limit = 4000, 100
	s, db := crowd(t, n)
	queries := reads(t, db)
	for _, list := range lists {
		seen := map[model.UserID]bool{}
		var after store.Member
		for {
			*queries = nil
			page := list.page(t, s, after, limit)
			require.LessOrEqual(t, len(*queries), 3, list.name)
			rows := 0
			for _, query := range *queries {
				requireIndexed(t, db, query)
				rows += handled(t, db, query)
			}
			require.LessOrEqual(t, rows, limit+6, "%s after %+v", list.name, after)
			for _, m := range page {
				require.False(t, seen[m.User], "%s: twice", list.name)
				seen[m.User] = true
			}
			if len(page) < limit {
				break
			}
			after = page[limit-1]
		}
		require.Len(t, seen, list.count(n), list.name)
	}
}

// requireIndexed checks that an index gives a query its rows in their order, from the first that is asked for on.
func requireIndexed(t *testing.T, db *dbx.DB, q read) {
	t.Helper()
	if !db.SQLite {
		var plan struct{ Key, Extra string }
		require.NoError(t, db.Raw("EXPLAIN "+q.sql, q.args...).Scan(&plan).Error)
		require.NotContains(t, plan.Extra, "filesort", q.sql)
		require.Contains(t, plan.Key, "idx_group_members_", q.sql)
		return
	}
	var plan []struct{ Detail string }
	require.NoError(t, db.Raw("EXPLAIN QUERY PLAN "+q.sql, q.args...).Scan(&plan).Error)
	require.Len(t, plan, 1, "%s: %v", q.sql, plan) // no sorting step
	_, bounds, _ := strings.Cut(plan[0].Detail, "USING INDEX idx_group_members_")
	require.Equal(t, strings.Count(q.sql, "?"), strings.Count(bounds, "?"), "%s: %s", q.sql, plan[0].Detail) // all are bounds of the index
}

// handled is how many rows a server reads for a query; of an embedded database the plan says it.
func handled(t *testing.T, db *dbx.DB, q read) (rows int) {
	t.Helper()
	if db.SQLite {
		return 0
	}
	require.NoError(t, db.Connection(func(tx *gorm.DB) error {
		if err := tx.Exec("FLUSH STATUS").Error; err != nil {
			return err
		}
		var found []imgroup.GroupMember
		if err := tx.Raw(q.sql, q.args...).Scan(&found).Error; err != nil {
			return err
		}
		var status []struct {
			Name  string `gorm:"column:Variable_name"`
			Value int    `gorm:"column:Value"`
		}
		if err := tx.Raw("SHOW SESSION STATUS LIKE 'Handler_read%'").Scan(&status).Error; err != nil {
			return err
		}
		for _, s := range status {
			rows += s.Value
		}
		return nil
	}))
	return rows
}

// BenchmarkMemberPages turns all pages of a group of 100,000.
func BenchmarkMemberPages(b *testing.B) {
	const n, limit = 100_000, 200
	s, _ := crowd(b, n)
	for _, list := range lists {
		b.Run(strings.ReplaceAll(list.name, " ", "_"), func(b *testing.B) {
			pages := 0
			for range b.N {
				var after store.Member
				for page := list.page(b, s, after, limit); len(page) == limit; page = list.page(b, s, after, limit) {
					after = page[limit-1]
					pages++
				}
				pages++
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(pages), "µs/page")
			b.ReportMetric(float64(pages)/float64(b.N), "pages/op")
		})
	}
}
