package mysql_test

import (
	"io/fs"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/deploy/mysql"
)

func TestWithDatabaseKeepsTheRestOfTheDSN(t *testing.T) {
	t.Parallel()
	got, err := mysql.WithDatabase("root:p@:/#x@tcp(127.0.0.1:3306)/", "im_user")
	require.NoError(t, err)
	require.Equal(t, "root:p@:/#x@tcp(127.0.0.1:3306)/im_user", got)

	got, err = mysql.WithDatabase("root@unix(/run/x.sock)/other", "")
	require.NoError(t, err)
	require.Equal(t, "root@unix(/run/x.sock)/", got)

	_, err = mysql.WithDatabase("127.0.0.1:3306", "im_user")
	require.ErrorContains(t, err, "parse dsn")
}

func TestMigrateRefusesANameThatWouldNeedQuoting(t *testing.T) {
	t.Parallel()
	_, err := mysql.Migrate(t.Context(), "root@tcp(127.0.0.1:1)/", "im_user", "x`; DROP DATABASE mysql")
	require.ErrorIs(t, err, fs.ErrInvalid)
}

func TestMigrateReportsAServerThatIsAway(t *testing.T) {
	t.Parallel()
	_, err := mysql.Migrate(t.Context(), "root@tcp(127.0.0.1:1)/", "im_user", "im_user")
	require.ErrorContains(t, err, "create database im_user")
}
