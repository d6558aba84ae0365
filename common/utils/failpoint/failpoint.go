// Package failpoint lets a test make a named place of the code fail. The code declares a Point and asks it; a test gives the
// point, by its name, something to do. As long as no test has, asking costs one atomic load. Only tests set points: Set wants
// what a test has.
package failpoint

import (
	"slices"
	"sync"
	"sync/atomic"
)

// Point is a place that tests can make fail. It is safe for concurrent use.
type Point struct {
	hooks atomic.Pointer[[]*hook] // replaced, never changed; nil when there is none
}

// hook is what one test wants.
type hook struct{ do func(about any) error }

var (
	mu     sync.Mutex // guards points and all changes of hooks
	points = map[string]*Point{}
)

// New declares a point, in a variable of its package. Points of the same name are one.
func New(name string) *Point {
	mu.Lock()
	defer mu.Unlock()
	p := points[name]
	if p == nil {
		p = &Point{}
		points[name] = p
	}
	return p
}

// Hit answers the first error that a test wants here, nil when none does. about is what the point is asked about, so that a
// test can choose; a pointer costs no allocation.
func (p *Point) Hit(about any) error {
	hooks := p.hooks.Load()
	if hooks == nil {
		return nil
	}
	for _, h := range *hooks {
		if err := h.do(about); err != nil {
			return err
		}
	}
	return nil
}

// Test is the part of testing.TB that Set uses.
type Test interface {
	Helper()
	Cleanup(f func())
	Fatalf(format string, args ...any)
}

// Set has a point do something until the test ends. do is called from any goroutine that comes by, for the doings of other
// tests in the process too; it may also wait, or count. A point that nobody declared fails the test.
func Set(t Test, name string, do func(about any) error) {
	t.Helper()
	mu.Lock()
	p := points[name]
	mu.Unlock()
	if p == nil {
		t.Fatalf("no fail point %q", name)
		return
	}
	h := &hook{do}
	p.change(func(hooks []*hook) []*hook { return append(hooks, h) })
	t.Cleanup(func() {
		p.change(func(hooks []*hook) []*hook {
			return slices.DeleteFunc(hooks, func(other *hook) bool { return other == h })
		})
	})
}

// change replaces the hooks by what f makes of a copy of them.
func (p *Point) change(f func(hooks []*hook) []*hook) {
	mu.Lock()
	defer mu.Unlock()
	var hooks []*hook
	if now := p.hooks.Load(); now != nil {
		hooks = slices.Clone(*now)
	}
	if hooks = f(hooks); len(hooks) == 0 {
		p.hooks.Store(nil)
		return
	}
	p.hooks.Store(&hooks)
}
