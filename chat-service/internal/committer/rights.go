package committer

import (
	"fmt"
	"math"
	"slices"
	"time"

	"im-backend/chat-service/internal/message"
	"im-backend/chat-service/internal/store"
	"im-backend/common/utils/errs"
)

// The roles of a group's members.
const (
	RoleOwner  = "owner"
	RoleAdmin  = "admin"
	RoleMember = "member"
)

// rank orders the roles; whatever is no role has the rights of a member.
type rank int8

const (
	rankMember rank = iota
	rankAdmin
	rankOwner
)

func rankOf(role string) rank {
	switch role {
	case RoleOwner:
		return rankOwner
	case RoleAdmin:
		return rankAdmin
	}
	return rankMember
}

// IsRole reports whether a text is a role, or empty.
func IsRole(text string) bool {
	return text == "" || text == RoleMember || rankOf(text) > rankMember
}

// Valid reports whether a group may have these settings; nil is none.
func (s *Settings) Valid() bool {
	return s == nil || (s.MutedAllUntil >= 0 && s.SlowModeSeconds >= 0 && IsRole(s.MentionAllRole))
}

// apply gives a group the settings of an entry; they hold from the next entry on.
func (l *log) apply(s *Settings) {
	if s == nil {
		return
	}
	l.head.MutedAllUntil, l.head.SlowModeSeconds, l.head.MentionAllRole = s.MutedAllUntil, s.SlowModeSeconds, s.MentionAllRole
}

// authoriseMember decides whether a present member may write a message now: mutes, mentions of all and slow mode. It decides
// by the time that the entry would bear, so that the log itself shows that nobody wrote while muted, or too fast.
func (b *batch) authoriseMember(tx *store.Tx, l *log, j *Job, sender member) (refusal, err error) {
	if refusal := b.muted(l, sender.rank, sender.silencedUntil); refusal != nil {
		return refusal, nil
	}
	if refusal := l.mayMention(j.Send.Message.Mentions, sender.rank); refusal != nil {
		return refusal, nil
	}
	if l.head.SlowModeSeconds <= 0 || sender.rank >= rankAdmin || !message.Countable(j.To.Type, j.Send.Message.Type) {
		return nil, nil
	}
	last, err := b.lastSent(tx, l, int64(j.Send.Sender))
	if err != nil {
		return nil, err
	}
	return b.tooSoon(l, last), nil
}

// tooSoon refuses what follows what a member said last sooner than slow mode lets it; last is unix milliseconds.
func (b *batch) tooSoon(l *log, last int64) error {
	if rest := last + 1000*int64(l.head.SlowModeSeconds) - b.now(l); rest > 0 {
		return errs.ErrRateLimited.Saying("slow mode: the next message may follow a while after the last").After(milliseconds(rest))
	}
	return nil
}

// muted refuses what a member of a rank says while it is muted, or everybody is.
func (b *batch) muted(l *log, member rank, until int64) error {
	if member < rankAdmin {
		until = max(until, l.head.MutedAllUntil)
	}
	if now := b.now(l); until > now {
		return errs.ErrMuted.Saying(fmt.Sprintf("muted until %d", until)).After(milliseconds(until - now))
	}
	return nil
}

// mayMention refuses mentions of all by a member of too low a rank.
func (l *log) mayMention(mentions []string, member rank) error {
	if slices.Contains(mentions, message.MentionAll) && member < l.mentionAllRank() {
		return errs.ErrNotGroupAdmin.Saying("only higher roles may mention all in this group")
	}
	return nil
}

// mentionAllRank is the lowest rank that may mention all.
func (l *log) mentionAllRank() rank {
	if l.head.MentionAllRole == "" {
		return rankAdmin
	}
	return rankOf(l.head.MentionAllRole)
}

// milliseconds is a duration, or the longest one there is: a mute may be for ever.
func milliseconds(n int64) time.Duration {
	return time.Duration(min(n, math.MaxInt64/int64(time.Millisecond))) * time.Millisecond
}

// lastSent answers when a member of a locked group wrote its last countable entry, unix milliseconds, those of this batch
// included. The senders of the batch are read together.
func (b *batch) lastSent(tx *store.Tx, l *log, user int64) (int64, error) {
	if row := l.touched[user]; row != nil && row.LastSentAt > 0 {
		return row.LastSentAt, nil
	}
	if l.created {
		return 0, nil
	}
	if l.sentAt == nil {
		rows, err := tx.MembersByID(l.head.ID, b.sendersTo(l.head.ID))
		if err != nil {
			return 0, err
		}
		l.sentAt = make(map[int64]int64, len(rows))
		for id, row := range rows {
			l.sentAt[id] = row.LastSentAt
		}
	}
	return l.sentAt[user], nil
}

func (b *batch) sendersTo(conversationID string) []int64 {
	var senders []int64
	for _, j := range b.jobs {
		if j.Send != nil && j.To.ID == conversationID {
			senders = append(senders, int64(j.Send.Sender))
		}
	}
	slices.Sort(senders)
	return slices.Compact(senders)
}
