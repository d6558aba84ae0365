package limit

import (
	"sync"
	"time"

	"im-backend/common/model"
)

// Users are the budgets of users with connections here. A user is remembered as long as there is a connection, or something was
// sent that still counts: coming back gives nobody a new budget.
type Users struct {
	mu      sync.Mutex
	users   map[model.UserID]*User
	sweepAt int // users at which those are forgotten that count no more
}

// User is what the connections of one user have in common.
type User struct {
	Budget // of all connections of the user

	users *Users
	id    model.UserID
	conns int // guarded by the lock of Users
}

// NewUsers makes budgets that nobody has used.
func NewUsers() *Users { return &Users{users: map[model.UserID]*User{}} }

// Enter counts one more connection of a user until its Leave.
func (s *Users) Enter(id model.UserID) *User {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.users[id]
	if u == nil {
		s.sweep(At(time.Now()))
		u = &User{users: s, id: id}
		s.users[id] = u
	}
	u.conns++
	return u
}

// Leave takes a connection of the user back. It is called once for each that entered.
func (u *User) Leave() {
	s := u.users
	s.mu.Lock()
	defer s.mu.Unlock()
	u.conns--
	if u.forgettable(At(time.Now())) {
		delete(s.users, u.id)
	}
}

func (u *User) forgettable(now Instant) bool { return u.conns == 0 && u.isFull(now) }

// sweep forgets the users that count no more, whenever there are twice as many as the last one left.
func (s *Users) sweep(now Instant) {
	if len(s.users) < max(few, s.sweepAt) {
		return
	}
	for id, u := range s.users {
		if u.forgettable(now) {
			delete(s.users, id)
		}
	}
	s.sweepAt = 2 * len(s.users)
}
