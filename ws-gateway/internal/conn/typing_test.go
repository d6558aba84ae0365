package conn

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTypingPassesOnceInThreeSecondsForEachConversation(t *testing.T) {
	t.Parallel()
	var typing Typing
	at := time.Unix(1000, 0)
	require.True(t, typing.Pass("a", at))
	require.False(t, typing.Pass("a", at.Add(2999*time.Millisecond)))
	require.True(t, typing.Pass("b", at.Add(2999*time.Millisecond)))
	require.True(t, typing.Pass("a", at.Add(3*time.Second)))
	require.False(t, typing.Pass("b", at.Add(4*time.Second)))
	require.False(t, typing.Pass("a", at.Add(5*time.Second)))
	later := at.Add(time.Minute)
	for i := range 16 {
		require.True(t, typing.Pass(fmt.Sprint(i), later))
	}
	require.False(t, typing.Pass("one more", later), "nobody types in so many at once")
	require.True(t, typing.Pass("one more", later.Add(3*time.Second)))
}
