package routes_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/model"
	"im-backend/common/utils/routes"
)

func TestANoticeSaysWhatItSaid(t *testing.T) {
	t.Parallel()
	for _, n := range []routes.Notice{
		{Users: []model.UserID{1, 1 << 60}},
		{All: true},
		{Users: []model.UserID{1, 2}, Parted: true},
		{},
		{Users: []model.UserID{1, 2, 3}, Chosen: true},
	} {
		require.Equal(t, n, routes.ParseNotice(n.String()))
	}
	for _, unreadable := range []string{"", "x", `{"users":"1"}`, `{"parted":true}`, `{"parted":true,"users":[1]}`} {
		require.Equal(t, routes.Notice{All: true}, routes.ParseNotice(unreadable), "everything may have changed")
	}
}

func TestGatewayIDs(t *testing.T) {
	t.Parallel()
	require.Equal(t, map[string]bool{"a": true, "b": true}, routes.GatewayIDs([]string{"a@h:1", "b@h:2", "nonsense"}))
}
