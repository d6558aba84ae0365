package ops_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/utils/ops"
)

func TestAskSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	s := ops.New(ops.Config{Listen: "127.0.0.1:0"})
	require.NoError(t, s.Start())
	t.Cleanup(s.Stop)
	c := ops.Config{Listen: s.Addr()}
	require.NoError(t, ops.Ask(t.Context(), c))
	s.Add("kafka", func(context.Context) error { return errors.New("away") })
	require.ErrorContains(t, ops.Ask(t.Context(), c), "kafka: away")
}

func TestAskFindsAServiceThatListensOnAllAddresses(t *testing.T) {
	t.Parallel()
	s := ops.New(ops.Config{Listen: "0.0.0.0:0"})
	require.NoError(t, s.Start())
	t.Cleanup(s.Stop)
	require.NoError(t, ops.Ask(t.Context(), ops.Config{Listen: s.Addr()}))
}

func TestAskFailsWhereNobodyAnswers(t *testing.T) {
	t.Parallel()
	require.Error(t, ops.Ask(t.Context(), ops.Config{Listen: "127.0.0.1:1"}))
	require.Error(t, ops.Ask(t.Context(), ops.Config{Listen: "nowhere"}))
}
