package retention_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"im-backend/common/model/imgroup"
	"im-backend/common/utils/dbx"
	"im-backend/common/utils/errs"
	"im-backend/deploy/mysql/mysqltest"
	"im-backend/group-service/internal/retention"
	"im-backend/group-service/internal/store"
)

var (
	now    = time.UnixMilli(1_700_000_000_000)
	config = retention.Config{Every: time.Hour, Requests: 24 * time.Hour, Invites: time.Hour}
)

func ago(d time.Duration) int64 { return now.Add(-d).UnixMilli() }

func newDB(t *testing.T) *dbx.DB {
	t.Helper()
	db := mysqltest.Open(t, "im_group")
	require.NoError(t, store.Prepare(t.Context(), db))
	return db
}

// left are the values of a column that are still there.
func left(t *testing.T, db *gorm.DB, table any, column string) (values []int64) {
	t.Helper()
	require.NoError(t, db.Model(table).Order(column).Pluck(column, &values).Error)
	return values
}

func TestWhatIsOldGoesAndTheRestStays(t *testing.T) {
	t.Parallel()
	db := newDB(t)
	pending := true
	require.NoError(t, db.Create([]imgroup.JoinRequest{
		{ID: 1, GroupID: 1, UserID: 1, Status: "rejected", HandledAt: ago(25 * time.Hour)},
		{ID: 2, GroupID: 1, UserID: 1, Status: "accepted", HandledAt: ago(23 * time.Hour)},
		{ID: 3, GroupID: 1, UserID: 1, Status: "pending", Pending: &pending, CreatedAt: ago(1000 * time.Hour)},
	}).Error)
	require.NoError(t, db.Create([]imgroup.Invite{
		{ID: 1, GroupID: 1, CodeHash: "a", ExpiresAt: ago(2 * time.Hour)},
		{ID: 2, GroupID: 1, CodeHash: "b", ExpiresAt: ago(time.Minute)},
		{ID: 3, GroupID: 1, CodeHash: "c", ExpiresAt: ago(-time.Hour)},
	}).Error)
	require.NoError(t, db.Create([]imgroup.Quota{
		{UserID: 1, Kind: "add", DayAt: ago(25 * time.Hour)},
		{UserID: 2, Kind: "add", DayAt: ago(23 * time.Hour)},
		{UserID: 3, Kind: "add", DayAt: ago(25 * time.Hour)},
		{UserID: 4, Kind: "join", DayAt: ago(0)},
	}).Error)
	p := retention.New(config, store.New(db), func() time.Time { return now })
	for range 2 {
		require.NoError(t, p.Sweep(t.Context()))
		require.Equal(t, []int64{2, 3}, left(t, db.DB, &imgroup.JoinRequest{}, "id"))
		require.Equal(t, []int64{2, 3}, left(t, db.DB, &imgroup.Invite{}, "id"))
		require.Equal(t, []int64{2, 4}, left(t, db.DB, &imgroup.Quota{}, "user_id"))
	}
}

func TestTheBackgroundForgetsMoreThanOneStatementTakes(t *testing.T) {
	t.Parallel()
	db := newDB(t)
	rows := make([]imgroup.JoinRequest, 0, 450)
	for i := range int64(450) {
		rows = append(rows, imgroup.JoinRequest{ID: i + 1, GroupID: 1, UserID: i + 1, Status: "rejected", HandledAt: ago(48 * time.Hour)})
	}
	require.NoError(t, db.CreateInBatches(rows, 100).Error)
	p := retention.New(config, store.New(db), func() time.Time { return now })
	p.Start()
	defer p.Stop()
	require.Eventually(t, func() bool { return len(left(t, db.DB, &imgroup.JoinRequest{}, "id")) == 0 }, time.Minute, 5*time.Millisecond)
}

// away is a store that is not there.
type away struct{ retention.Store }

func (away) PurgeRequests(context.Context, time.Time, int) (int, error) {
	return 0, errs.ErrUnavailable
}

func (away) PurgeInvites(context.Context, time.Time, int) (int, error) { return 0, errs.ErrUnavailable }

func (away) PurgeQuotas(context.Context, time.Time, int) (int, error) { return 0, errs.ErrUnavailable }

func TestAStoreThatIsAwayIsNoEnd(t *testing.T) {
	t.Parallel()
	p := retention.New(config, away{}, time.Now)
	require.ErrorIs(t, p.Sweep(t.Context()), errs.ErrUnavailable)
	p.Start()
	p.Stop()
}

func TestWhatForgetsTooSoonIsNamed(t *testing.T) {
	t.Parallel()
	require.NoError(t, config.Validate())
	err := retention.Config{}.Validate()
	for _, field := range []string{"Every", "Requests", "Invites"} {
		require.ErrorContains(t, err, field)
	}
}
