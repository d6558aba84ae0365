package committer

import (
	"fmt"
	"slices"

	lru "github.com/hashicorp/golang-lru/v2"

	"im-backend/chat-service/internal/store"
	"im-backend/common/model"
	"im-backend/common/model/imchat"
	"im-backend/common/proto/gen/logpb"
)

// member is what a send needs to know of a member.
type member struct {
	present       bool // false: a former member
	rank          rank
	silencedUntil int64
}

// roster is the members of one group at one member_version. A copy in memory is right as long as its version equals the one
// read under the lock, so that the check costs no query in the steady state and is exact on every instance.
type roster struct {
	conversationID string
	version        int64
	complete       bool // known has every present member; it is shared with later batches
	known          map[int64]member
}

// memberCache has the rosters of groups that are not large, and single members of those that are.
type memberCache struct {
	rosters *lru.Cache[string, *roster]
	singles *lru.Cache[single, versioned]
}

// single names a member of a large group.
type single struct {
	conversationID string
	user           int64
}

// versioned is a member at one member_version of its group: right for as long as a roster is.
type versioned struct {
	member
	version int64
}

// singlesPerRoster is how many single members of large groups are kept for each roster that is.
const singlesPerRoster = 100

func newMemberCache(size int) (*memberCache, error) {
	rosters, err := lru.New[string, *roster](size)
	if err != nil {
		return nil, fmt.Errorf("make cache: %w", err)
	}
	singles, err := lru.New[single, versioned](singlesPerRoster * size)
	if err != nil {
		return nil, fmt.Errorf("make cache: %w", err)
	}
	return &memberCache{rosters: rosters, singles: singles}, nil
}

// member answers a present or former member of a locked group as the entries of this batch have left it; known is false for
// somebody who never was one.
func (b *batch) member(tx *store.Tx, l *log, user int64) (found member, known bool, err error) {
	if row := l.members[user]; row != nil {
		return memberOf(row), true, nil
	}
	if l.created {
		return member{}, false, nil
	}
	r, err := b.rosterOf(tx, l)
	if err != nil {
		return member{}, false, err
	}
	return b.find(tx, r, user)
}

func memberOf(row *imchat.UserConversation) member {
	return member{present: row.MaxVisibleSeq == 0, rank: rankOf(row.Role), silencedUntil: row.SilencedUntil}
}

// rosterOf answers the roster of a group as it was when it was locked: what this batch changes is not stored yet, and is
// forgotten when the transaction fails. Only groups that are not large are loaded whole.
func (b *batch) rosterOf(tx *store.Tx, l *log) (*roster, error) {
	if l.roster != nil {
		return l.roster, nil
	}
	if r, ok := b.c.members.rosters.Get(l.head.ID); rosterHits.Note(ok && r.version == l.version) {
		l.roster = r
		return r, nil
	}
	r := &roster{conversationID: l.head.ID, version: l.version, known: map[int64]member{}}
	if l.size <= int64(b.c.config.LargeGroup) {
		rows, err := tx.Members(l.head.ID)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			r.known[row.UserID] = memberOf(row)
		}
		r.complete = true
		b.c.members.rosters.Add(l.head.ID, r)
	}
	l.roster = r
	return r, nil
}

// find answers a present or former member; known is false for somebody who never was one. Of a large group it reads, at once,
// everybody whom the batch asks for and nobody knows.
func (b *batch) find(tx *store.Tx, r *roster, user int64) (found member, known bool, err error) {
	if found, known = b.recall(r, user); known {
		return found, true, nil
	}
	missing := []int64{user}
	if !r.complete {
		missing = b.askedFor(r, user)
	}
	rows, err := tx.MembersByID(r.conversationID, missing)
	if err != nil {
		return member{}, false, err
	}
	for id, row := range rows {
		if !r.complete {
			r.known[id] = memberOf(row)
			b.c.members.singles.Add(single{r.conversationID, id}, versioned{r.known[id], r.version})
		}
	}
	row := rows[user]
	if row == nil {
		return member{}, false, nil
	}
	return memberOf(row), true, nil
}

// recall answers a member from memory.
func (b *batch) recall(r *roster, user int64) (member, bool) {
	if m, ok := r.known[user]; ok || r.complete {
		return m, ok
	}
	m, ok := b.c.members.singles.Get(single{r.conversationID, user})
	if !ok || m.version != r.version {
		return member{}, false
	}
	r.known[user] = m.member
	return m.member, true
}

// askedFor is a user and the others whom the batch has to know of a large group: senders, and whom they mention.
func (b *batch) askedFor(r *roster, user int64) []int64 {
	asked := map[int64]bool{user: true}
	for _, j := range b.jobs {
		if j.To.ID != r.conversationID || j.Send == nil {
			continue
		}
		asked[int64(j.Send.Sender)] = true
		for _, text := range j.Send.Message.Mentions {
			if id, err := model.ParseID(text); err == nil {
				asked[id] = true
			}
		}
	}
	missing := make([]int64, 0, len(asked))
	for id := range asked {
		if _, known := b.recall(r, id); !known {
			missing = append(missing, id)
		}
	}
	slices.Sort(missing)
	return missing
}

// firstMembers makes the rows of a conversation whose members its id names.
func (l *log) firstMembers(to Address, m *imchat.Message) {
	l.members = map[int64]*imchat.UserConversation{}
	for _, user := range []model.UserID{to.Low, to.High} {
		l.members[int64(user)] = &imchat.UserConversation{
			UserID: int64(user), ConversationID: to.ID, MinSeq: 1, UpdatedAt: m.CreatedAt,
		}
	}
	l.head.MemberCount = int64(len(l.members))
}

// applyChanges moves the membership projection by one entry.
func (l *log) applyChanges(tx *store.Tx, changes []*logpb.MemberChange, m *imchat.Message) error {
	if l.members == nil {
		l.members = map[int64]*imchat.UserConversation{}
	}
	if err := l.loadMembers(tx, changes); err != nil {
		return err
	}
	for _, change := range changes {
		row := l.members[change.GetUserId()]
		switch change.GetKind() {
		case logpb.MemberChange_KIND_JOINED:
			l.join(row, change, m)
		case logpb.MemberChange_KIND_LEFT:
			if row != nil && row.MaxVisibleSeq == 0 {
				l.leave(row, m)
			}
		case logpb.MemberChange_KIND_UPDATED:
			if row != nil && row.MaxVisibleSeq == 0 {
				row.Role, row.SilencedUntil, row.UpdatedAt = change.GetRole(), change.GetMutedUntil(), m.CreatedAt
			}
		case logpb.MemberChange_KIND_UNSPECIFIED:
		}
	}
	l.head.MemberVersion++
	return nil
}

// loadMembers reads the rows that changes name and that this batch has not touched yet.
func (l *log) loadMembers(tx *store.Tx, changes []*logpb.MemberChange) error {
	var missing []int64
	for _, change := range changes {
		if l.members[change.GetUserId()] == nil {
			missing = append(missing, change.GetUserId())
		}
	}
	if len(missing) == 0 || l.created {
		return nil
	}
	rows, err := tx.MembersByID(l.head.ID, missing)
	if err != nil {
		return err
	}
	for id, row := range rows {
		l.members[id] = row
	}
	return nil
}

// leave closes a window. What mentioned everybody inside of it is the member's own mention from now on: the head's goes on.
func (l *log) leave(row *imchat.UserConversation, m *imchat.Message) {
	if l.head.MentionAllSeq >= row.MinSeq {
		row.MentionSeq = max(row.MentionSeq, l.head.MentionAllSeq)
	}
	row.MaxVisibleSeq, row.MaxVisibleCount, row.UpdatedAt, row.LeftAt = m.Seq, l.head.MessageCount, m.CreatedAt, m.CreatedAt
	l.head.MemberCount--
}

// join opens a window. A former member's window becomes a past one and stays readable.
func (l *log) join(row *imchat.UserConversation, change *logpb.MemberChange, m *imchat.Message) {
	if row == nil {
		row = &imchat.UserConversation{UserID: change.GetUserId(), ConversationID: m.ConversationID}
		l.members[row.UserID] = row
	} else if row.MaxVisibleSeq == 0 {
		return // a member already
	}
	if row.MaxVisibleSeq > 0 && !change.GetHistoryVisible() {
		row.PastWindows = addWindow(row.PastWindows, row.MinSeq, row.MaxVisibleSeq)
	}
	row.MinSeq, row.MaxVisibleSeq, row.MaxVisibleCount = m.Seq, 0, 0
	row.JoinedSeq, row.LeftAt = m.Seq, 0
	if change.GetHistoryVisible() {
		row.MinSeq = 1
		l.forgetWindows(row)
	}
	row.Role, row.SilencedUntil = change.GetRole(), change.GetMutedUntil()
	row.ReadSeq, row.ReadCount, row.UpdatedAt = m.Seq, l.head.MessageCount, m.CreatedAt
	l.head.MemberCount++
}
