//go:build integration

package dbx_test

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/utils/dbx"
)

// table opens a table of its own, with the rows 1 and 2, each n = 0.
func table(t *testing.T) (*dbx.DB, string) {
	t.Helper()
	server := os.Getenv("IM_TEST_MYSQL")
	require.NotEmpty(t, server, "IM_TEST_MYSQL names the server: run make test-integration")
	db, err := dbx.Open(dbx.Config{DSN: server, MaxOpen: 8})
	require.NoError(t, err)
	name := "t_" + strings.ToLower(rand.Text()[:12])
	for _, statement := range []string{
		"CREATE DATABASE " + name, "CREATE TABLE " + name + ".rows_ (id BIGINT PRIMARY KEY, n BIGINT NOT NULL, text_ MEDIUMTEXT)",
		"INSERT INTO " + name + ".rows_ (id,n) VALUES (1,0),(2,0)",
	} {
		require.NoError(t, db.Exec(statement).Error)
	}
	t.Cleanup(func() {
		require.NoError(t, db.WithContext(context.Background()).Exec("DROP DATABASE "+name).Error)
		require.NoError(t, db.Close())
	})
	return db, name + ".rows_"
}

func count(t *testing.T, db *dbx.DB, from string) (rows, sum int) {
	t.Helper()
	require.NoError(t, db.Raw("SELECT COUNT(*), COALESCE(SUM(n),0) FROM "+from).Row().Scan(&rows, &sum))
	return rows, sum
}

// read runs a query and closes what it answers.
func read(b *dbx.Batch, query string, args ...any) (n int, err error) {
	rows, err := b.Query(query, args)
	if err != nil {
		return 0, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := rows.Scan(&n); err != nil {
			return 0, err
		}
	}
	return n, rows.Err()
}

func TestABatchIsAllOrNothing(t *testing.T) {
	t.Parallel()
	db, name := table(t)
	insert := func(ids ...int) func(*dbx.Batch) error {
		return func(b *dbx.Batch) error {
			if _, err := read(b, "SELECT n FROM "+name+" WHERE id=? FOR UPDATE", 1); err != nil {
				return err
			}
			for _, id := range ids {
				if err := b.Exec("insert", "INSERT INTO "+name+" (id,n) VALUES (?,1)", []any{id}); err != nil {
					return err
				}
			}
			return nil
		}
	}
	require.NoError(t, db.Batch(t.Context(), insert(10, 11, 12)))
	err := db.Batch(t.Context(), insert(20, 10, 21))
	require.True(t, dbx.IsDuplicate(err), "%v", err)
	require.ErrorContains(t, err, "insert, insert, insert, COMMIT")
	mine := errors.New("mine")
	require.ErrorIs(t, db.Batch(t.Context(), func(b *dbx.Batch) error {
		return errors.Join(insert(30)(b), mine)
	}), mine)
	require.Panics(t, func() { _ = db.Batch(t.Context(), func(b *dbx.Batch) error { _ = insert(40)(b); panic("x") }) })
	rows, _ := count(t, db, name)
	require.Equal(t, 5, rows, "only the first is there")
	require.NoError(t, db.Batch(t.Context(), insert(50)), "the connections that failed are clean")
}

func TestABatchReadsWhatItHasWritten(t *testing.T) {
	t.Parallel()
	db, name := table(t)
	require.NoError(t, db.Batch(t.Context(), func(b *dbx.Batch) error {
		if err := b.Exec("update", "UPDATE "+name+" SET n=7 WHERE id=?", []any{1}); err != nil {
			return err
		}
		n, err := read(b, "SELECT n FROM "+name+" WHERE id=?", 1)
		require.Equal(t, 7, n)
		return err
	}))
}

func TestABatchLargerThanAPacketIsSplit(t *testing.T) {
	t.Parallel()
	db, name := table(t)
	text := strings.Repeat("x", 1<<20)
	require.NoError(t, db.Batch(t.Context(), func(b *dbx.Batch) error {
		for id := range 40 {
			if err := b.Exec("insert", "INSERT INTO "+name+" (id,n,text_) VALUES (?,0,?)", []any{100 + id, text}); err != nil {
				return err
			}
		}
		return nil
	}))
	rows, _ := count(t, db, name)
	require.Equal(t, 42, rows)
}

func TestABatchRunsAgainAfterADeadlock(t *testing.T) {
	t.Parallel()
	db, name := table(t)
	var wg sync.WaitGroup
	var met sync.WaitGroup
	met.Add(2)
	for _, order := range [][]int{{1, 2}, {2, 1}} {
		wg.Go(func() {
			first := true
			require.NoError(t, db.Batch(t.Context(), func(b *dbx.Batch) error {
				if _, err := read(b, "SELECT n FROM "+name+" WHERE id=? FOR UPDATE", order[0]); err != nil {
					return err
				}
				if first { // both hold one row and want the other
					first = false
					met.Done()
					met.Wait()
				}
				if _, err := read(b, "SELECT n FROM "+name+" WHERE id=? FOR UPDATE", order[1]); err != nil {
					return err
				}
				return b.Exec("update", "UPDATE "+name+" SET n=n+1", nil)
			}))
		})
	}
	wg.Wait()
	_, sum := count(t, db, name)
	require.Equal(t, 4, sum, "each once on both rows")
}

func TestABatchEndsWithItsContextAndLetsItsLocksGo(t *testing.T) {
	t.Parallel()
	db, name := table(t)
	ctx, cancel := context.WithCancel(t.Context())
	require.Error(t, db.Batch(ctx, func(b *dbx.Batch) error {
		if _, err := read(b, "SELECT n FROM "+name+" WHERE id=? FOR UPDATE", 1); err != nil {
			return err
		}
		cancel()
		return b.Exec("update", "UPDATE "+name+" SET n=1 WHERE id=1", nil)
	}))
	require.Eventually(t, func() bool {
		return db.Batch(t.Context(), func(b *dbx.Batch) error {
			n, err := read(b, "SELECT n FROM "+name+" WHERE id=? FOR UPDATE", 1)
			require.Zero(t, n)
			return err
		}) == nil
	}, 10*time.Second, 10*time.Millisecond)
}
