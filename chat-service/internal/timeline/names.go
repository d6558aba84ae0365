package timeline

import (
	"context"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"im-backend/common/proto/gen/grouppb"
	"im-backend/common/proto/gen/userpb"
)

const (
	namesKept = 50_000          // users or groups
	namesLife = 5 * time.Second // how old a name and a picture in a list may be
)

// names is what another service shows of users or groups, by id. It remembers for a moment, also that there is nothing, and asks
// once for all who want the same: when a whole group syncs at once, everybody wants the same names.
type names[V any] struct {
	ask   func(ctx context.Context, ids []int64) (map[int64]V, error) // at most summaryBatch ids
	known *lru.Cache[int64, name[V]]
	now   func() time.Time

	mu     sync.Mutex
	asking map[int64]*question[V]
}

// name is what was answered for one id; the zero V is nothing.
type name[V any] struct {
	shown V
	until time.Time
}

// question is one question under way.
type question[V any] struct {
	answered chan struct{}
	found    map[int64]V // nil when it failed
}

func newNames[V any](ask func(ctx context.Context, ids []int64) (map[int64]V, error)) *names[V] {
	known, _ := lru.New[int64, name[V]](namesKept) // it fails only for a size below one
	return &names[V]{ask: ask, known: known, now: time.Now, asking: map[int64]*question[V]{}}
}

// get answers what is known of ids, and asks for the others. What is not there, or is not answered before ctx ends, is left out.
func (n *names[V]) get(ctx context.Context, ids []int64) map[int64]V {
	found := make(map[int64]V, len(ids))
	var missing []int64
	others := map[*question[V]][]int64{}
	own := &question[V]{answered: make(chan struct{})}
	n.mu.Lock()
	for _, id := range ids {
		if known, ok := n.known.Get(id); ok && n.now().Before(known.until) {
			found[id] = known.shown
		} else if q := n.asking[id]; q == nil {
			n.asking[id] = own
			missing = append(missing, id)
		} else if q != own {
			others[q] = append(others[q], id)
		}
	}
	n.mu.Unlock()
	nameHits.Add(len(found), len(ids)-len(found))
	if len(missing) > 0 {
		n.resolve(ctx, own, missing)
		others[own] = missing
	}
	for q, asked := range others {
		select {
		case <-q.answered:
		case <-ctx.Done():
			continue
		}
		for _, id := range asked {
			if v, ok := q.found[id]; ok {
				found[id] = v
			}
		}
	}
	return found
}

// resolve asks a question of one's own. It goes on when the caller gives up: others may wait for the answer.
func (n *names[V]) resolve(ctx context.Context, q *question[V], ids []int64) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), summaryTimeout)
	defer cancel()
	defer close(q.answered)
	found, err := n.ask(ctx, ids)
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, id := range ids {
		delete(n.asking, id)
	}
	if err != nil {
		return
	}
	for _, id := range ids {
		n.known.Add(id, name[V]{shown: found[id], until: n.now().Add(namesLife)})
	}
	q.found = found
}

func askUsers(c userpb.UserServiceClient) func(context.Context, []int64) (map[int64]*userpb.User, error) {
	return func(ctx context.Context, ids []int64) (map[int64]*userpb.User, error) {
		answer, err := c.BatchGetUsers(ctx, &userpb.BatchGetUsersRequest{UserIds: ids})
		if err != nil {
			return nil, err //nolint:wrapcheck // a name less
		}
		byID := make(map[int64]*userpb.User, len(ids))
		for _, u := range answer.GetUsers() {
			byID[u.GetUserId()] = u
		}
		return byID, nil
	}
}

func askGroups(c grouppb.GroupServiceClient) func(context.Context, []int64) (map[int64]*grouppb.Group, error) {
	return func(ctx context.Context, ids []int64) (map[int64]*grouppb.Group, error) {
		answer, err := c.BatchGetGroups(ctx, &grouppb.BatchGetGroupsRequest{GroupIds: ids})
		if err != nil {
			return nil, err //nolint:wrapcheck // a name less
		}
		byID := make(map[int64]*grouppb.Group, len(ids))
		for _, g := range answer.GetGroups() {
			byID[g.GetGroupId()] = g
		}
		return byID, nil
	}
}
