package failpoint

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

var errOnPurpose = errors.New("on purpose")

// verdict is a test that only notes how it went.
type verdict struct {
	cleanups []func()
	failures []string
}

func (v *verdict) Helper()          {}
func (v *verdict) Cleanup(f func()) { v.cleanups = append(v.cleanups, f) }
func (v *verdict) Fatalf(format string, args ...any) {
	v.failures = append(v.failures, fmt.Sprintf(format, args...))
}

func (v *verdict) end() {
	for _, f := range v.cleanups {
		f()
	}
}

func TestAPointFailsFromSetUntilTheEndOfTheTest(t *testing.T) {
	t.Parallel()
	p := New("a")
	require.NoError(t, p.Hit("x"))
	var v verdict
	Set(&v, "a", func(about any) error {
		if about == "x" {
			return errOnPurpose
		}
		return nil
	})
	require.ErrorIs(t, p.Hit("x"), errOnPurpose)
	require.ErrorIs(t, New("a").Hit("x"), errOnPurpose, "points of one name are one")
	require.NoError(t, p.Hit("y"))
	require.NoError(t, New("b").Hit("x"))
	require.Empty(t, v.failures)
	v.end()
	require.NoError(t, p.Hit("x"))
}

func TestTestsSetOnePointBesideEachOther(t *testing.T) {
	t.Parallel()
	p := New("c")
	var first, second verdict
	Set(&first, "c", func(about any) error { return failFor(about, 1) })
	Set(&second, "c", func(about any) error { return failFor(about, 2) })
	require.ErrorIs(t, p.Hit(1), errOnPurpose)
	require.ErrorIs(t, p.Hit(2), errOnPurpose)
	require.NoError(t, p.Hit(3))
	second.end()
	require.ErrorIs(t, p.Hit(1), errOnPurpose)
	require.NoError(t, p.Hit(2))
	first.end()
	require.NoError(t, p.Hit(1))
}

func failFor(about any, n int) error {
	if about == n {
		return errOnPurpose
	}
	return nil
}

func TestAPointMustExist(t *testing.T) {
	t.Parallel()
	var v verdict
	Set(&v, "nowhere", func(any) error { return nil })
	require.Equal(t, []string{`no fail point "nowhere"`}, v.failures)
}

func TestPointsAreHitWhileTheyAreSet(t *testing.T) {
	t.Parallel()
	p := New("d")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 1000 {
				if err := p.Hit(p); err != nil {
					require.ErrorIs(t, err, errOnPurpose)
				}
			}
		})
	}
	for range 100 {
		var v verdict
		Set(&v, "d", func(any) error { return errOnPurpose })
		v.end()
	}
	wg.Wait()
}

func TestAPointThatIsNotSetAllocatesNothing(t *testing.T) { //nolint:paralleltest // AllocsPerRun counts those of the whole process
	p := New("e")
	require.Zero(t, testing.AllocsPerRun(1000, func() { _ = p.Hit(p) }))
}
