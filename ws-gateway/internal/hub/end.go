package hub

import (
	"context"
	"slices"
	"time"

	"github.com/zeromicro/go-zero/core/logx"

	"im-backend/common/model"
	"im-backend/ws-gateway/internal/conn"
	"im-backend/ws-gateway/internal/frame"
)

// EndReason is why a session ended.
type EndReason int

// The reasons to end a session.
const (
	Revoked EndReason = iota
	Replaced
)

func (r EndReason) closeCode() int {
	if r == Replaced {
		return frame.CloseReplaced
	}
	return frame.CloseSessionEnded
}

func (r EndReason) text() string {
	if r == Replaced {
		return frame.KickedReplaced
	}
	return frame.KickedRevoked
}

// remembered is how long an ended session is kept in mind: longer than a connection takes from its check to its place here.
const remembered = time.Minute

// End tells the connections of a user's sessions that they are kicked and closes them; nothing is pushed to them afterwards.
func (h *Hub) End(id model.UserID, sessions []int64, reason EndReason) {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := time.Now()
	for _, s := range sessions {
		h.ended[s] = ending{reason: reason, at: now}
	}
	u := h.users[id]
	if u == nil {
		return
	}
	for _, c := range *u.conns.Load() {
		if slices.Contains(sessions, c.Session) {
			c.Close(reason.closeCode(), c.Format.Codec().Kicked(reason.text()))
		}
	}
}

func (h *Hub) forgetEnded() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s, e := range h.ended {
		if time.Since(e.at) > remembered {
			delete(h.ended, s)
		}
	}
}

// checkSessions asks now and then whether all sessions with a connection are alive, for the case that the news of an end got
// lost.
func (h *Hub) checkSessions() {
	timer := time.NewTimer(h.opts.CheckSessions)
	defer timer.Stop()
	for {
		select {
		case <-h.ctx.Done():
			return
		case <-timer.C:
			timer.Reset(h.nextCheck(h.endDead()))
		}
	}
}

// recheck is when a check is made again that could not be made: what ended meanwhile is not to wait for the next one.
const recheck = 5 * time.Second

func (h *Hub) nextCheck(checked bool) time.Duration {
	if checked {
		return h.opts.CheckSessions
	}
	return min(recheck, h.opts.CheckSessions)
}

// endDead ends the connections of dead sessions. It reports whether all of them could be checked.
func (h *Hub) endDead() bool {
	open := h.all()
	for some := range slices.Chunk(open, usersAtOnce) {
		who := make([]conn.Identity, 0, len(some))
		for _, c := range some {
			who = append(who, c.Identity)
		}
		ctx, cancel := context.WithTimeout(h.ctx, askTimeout)
		alive, err := h.sessions.Alive(ctx, who)
		cancel()
		if err != nil {
			logx.Infof("sessions are not checked now: %v", err)
			return false
		}
		for _, c := range some {
			if !alive[c.Session] {
				h.End(c.User, []int64{c.Session}, Revoked)
			}
		}
	}
	return true
}
