package friendship_test

import (
	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/friend-service/internal/store"
)

const people = 3

// request is what the model knows of a friend request.
type request struct {
	id       int64
	from, to int
	status   store.Status
	expires  int64
}

// circle is a few users as the rules say they must be; [i][j] is what i has or did towards j.
type circle struct {
	friends  [people][people]bool
	tags     [people][people][]string
	blocks   [people][people]bool
	shy      [people]bool
	requests []*request
}

// pending is the open request of one to another; there are never two.
func (c *circle) pending(from, to int) *request {
	for _, r := range c.requests {
		if r.from == from && r.to == to && r.status == store.Pending {
			return r
		}
	}
	return nil
}

// refusal is why one may not ask another, nil when it works.
func (c *circle) refusal(from, to int) error {
	switch {
	case c.blocks[to][from]:
		return errs.ErrBlocked
	case c.friends[from][to]:
		return errs.ErrAlreadyFriends
	case c.pending(to, from) != nil:
		return c.full(from, to)
	case c.pending(from, to) != nil:
		return nil
	case c.shy[to]:
		return errs.ErrFriendRequestsRefused
	case c.count(from) >= single.MaxFriends:
		return errs.ErrFriendLimitReached
	case int64(len(c.asked(from, store.Pending))) >= single.MaxPending:
		return errs.ErrFriendRequestLimitReached
	}
	return nil
}

// full is whose limit keeps two from becoming friends by a command of user.
func (c *circle) full(user, other int) error {
	switch {
	case c.count(user) >= single.MaxFriends:
		return errs.ErrFriendLimitReached
	case c.count(other) >= single.MaxFriends:
		return errs.ErrPeerFriendLimitReached
	}
	return nil
}

// answerable is why user may not close a request that only who may close.
func (c *circle) answerable(r *request, user, who int) error {
	switch {
	case user != who:
		return errs.ErrRequestNotFound
	case r.status == store.Expired:
		return errs.ErrRequestExpired
	case r.status != store.Pending:
		return errs.ErrRequestAlreadyHandled
	}
	return nil
}

func (c *circle) befriend(a, b int) {
	c.friends[a][b], c.friends[b][a] = true, true
	c.tags[a][b], c.tags[b][a] = []string{}, []string{}
}

func (c *circle) part(a, b int) { c.friends[a][b], c.friends[b][a] = false, false }

func (c *circle) count(user int) (n int64) {
	for _, friends := range c.friends[user] {
		if friends {
			n++
		}
	}
	return n
}

func (c *circle) blocked(user int) (n int64) {
	for _, blocked := range c.blocks[user] {
		if blocked {
			n++
		}
	}
	return n
}

// asked are the requests of a user in one status, the newest first.
func (c *circle) asked(user int, status store.Status) []int64 {
	out := []int64{}
	for i := len(c.requests) - 1; i >= 0; i-- {
		if r := c.requests[i]; r.from == user && r.status == status {
			out = append(out, r.id)
		}
	}
	return out
}

func (c *circle) statuses(user int) map[int64]store.Status {
	out := map[int64]store.Status{}
	for _, r := range c.requests {
		if r.from == user {
			out[r.id] = r.status
		}
	}
	return out
}

func (c *circle) accepted(a, b int) (n int) {
	for _, r := range c.requests {
		if r.status == store.Accepted && (r.from == a && r.to == b || r.from == b && r.to == a) {
			n++
		}
	}
	return n
}

// list is the friend list of a user: the tags by friend.
func (c *circle) list(user int, users [people]model.UserID) map[model.UserID][]string {
	list := map[model.UserID][]string{}
	for other, friends := range c.friends[user] {
		if friends {
			list[users[other]] = c.tags[user][other]
		}
	}
	return list
}
