package caller

import (
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/proto/gen/authpb"
)

func TestTheCallerTravelsInTheContext(t *testing.T) {
	t.Parallel()
	require.Zero(t, UserID(t.Context()))
	require.Empty(t, Address(t.Context()))
	ctx := WithAddress(With(t.Context(), &authpb.Identity{UserId: 5}), "1.1.1.1")
	require.EqualValues(t, 5, UserID(ctx))
	require.Equal(t, "1.1.1.1", Address(ctx))
}
