package committer

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"

	"im-backend/chat-service/internal/message"
	"im-backend/chat-service/internal/store"
	"im-backend/common/model"
	"im-backend/common/model/imchat"
	"im-backend/common/proto/gen/logpb"
	"im-backend/common/utils/errs"
)

// ErrUnknownConversation is the result of a send to a conversation that the projection does not know: its owner has to be
// asked before the send is refused.
var ErrUnknownConversation = errors.New("conversation is not known yet")

type outcome struct {
	result Result
	err    error
}

// batch is one transaction: it reads under the locks, decides every job in order and collects what to write.
type batch struct {
	c      *Committer
	jobs   []*Job
	lookUp bool                            // an insert met an existing row: look for every send before storing it
	known  map[string]*imchat.Conversation // the heads, when nothing has to be read; else nil
	reads  bool                            // a job is a change, which reads what it changes

	outcomes []outcome
	unknown  map[string]bool // conversations with a send that waits for their owner: later sends must not overtake it
	outboxID int64
	messages []*imchat.Message
	logs     map[string]*log
	ids      []string // of the logs, sorted
	sent     map[store.Sent]imchat.Message
	changes  *changes // nil when no job is a change
	repliers *own     // nil until a reply is met
}

// log is the working copy of one conversation inside a batch.
type log struct {
	head    *imchat.Conversation
	created bool // the head is not stored yet
	moved   bool
	first   int64 // seq of the first entry of this batch
	version int64 // member_version when it was locked
	size    int64 // member_count when it was locked
	roster  *roster
	touched map[int64]*imchat.UserConversation // positions to move
	members map[int64]*imchat.UserConversation // memberships to save, newer than the roster
	sentAt  map[int64]int64                    // when senders wrote last, as it was locked; nil: not read

	mentions []imchat.MessageMention // to note
	windows  []store.Membership      // whose older windows to forget
	expiry   expiry
}

func newBatch(c *Committer, jobs []*Job) *batch {
	b := &batch{c: c, jobs: jobs, outboxID: c.ids.Next()}
	for _, j := range jobs {
		b.ids = append(b.ids, j.To.ID)
		b.reads = b.reads || j.Change != nil
	}
	slices.Sort(b.ids)
	b.ids = slices.Compact(b.ids)
	return b
}

// fill runs inside the transaction, and again when the transaction has to.
func (b *batch) fill(tx *store.Tx) error {
	b.outcomes = make([]outcome, len(b.jobs))
	b.messages = nil
	b.logs = make(map[string]*log, len(b.ids))
	b.sent = map[store.Sent]imchat.Message{}
	b.unknown = map[string]bool{}
	b.repliers = nil
	heads, err := b.heads(tx)
	if err != nil {
		return err
	}
	for id, head := range heads {
		b.logs[id] = &log{head: head, version: head.MemberVersion, size: head.MemberCount}
	}
	if err := b.readTargets(tx); err != nil {
		return err
	}
	if b.lookUp {
		if err := b.findSent(tx, func(int) bool { return true }); err != nil {
			return err
		}
	}
	for i, j := range b.jobs {
		if b.repeated(i) {
			continue
		}
		if err := b.decide(tx, i, j); err != nil {
			return err
		}
	}
	if err := b.pardonRepeats(tx); err != nil {
		return err
	}
	if err := b.write(tx); err != nil {
		return err
	}
	return hit(beforeCommit, b.jobs)
}

func sentKey(j *Job) store.Sent {
	sender, id := j.key()
	return store.Sent{ConversationID: j.To.ID, SenderID: sender, ClientMsgID: id}
}

func (b *batch) findSent(tx *store.Tx, wanted func(i int) bool) error {
	var keys []store.Sent
	for i, j := range b.jobs {
		if j.Change == nil && wanted(i) {
			keys = append(keys, sentKey(j))
		}
	}
	if len(keys) == 0 {
		return nil
	}
	found, err := tx.FindSent(keys)
	for k, m := range found {
		b.sent[k] = m
	}
	return err
}

// repeated answers a job that was stored before, by an earlier batch or by this one.
func (b *batch) repeated(i int) bool {
	j := b.jobs[i]
	if j.Change != nil {
		return false
	}
	earlier, ok := b.sent[sentKey(j)]
	if !ok {
		return false
	}
	if earlier.Fingerprint != j.fingerprint() {
		b.outcomes[i] = outcome{err: errs.ErrClientMsgIDReused}
		return true
	}
	b.outcomes[i] = outcome{result: Result{
		MessageID: earlier.MessageID, Seq: earlier.Seq, CreatedAt: earlier.CreatedAt, Repeated: true,
	}}
	return true
}

// pardonRepeats gives refused sends their first answer when they are retries: a retry is answered at any later time, also
// when its sender may no longer write.
func (b *batch) pardonRepeats(tx *store.Tx) error {
	if b.lookUp {
		return nil
	}
	refused := func(i int) bool { return b.outcomes[i].err != nil }
	if err := b.findSent(tx, refused); err != nil {
		return err
	}
	for i := range b.jobs {
		if refused(i) {
			b.repeated(i)
		}
	}
	return nil
}

// decide authorises one job and, when it may be stored, appends its entry. An error is about the transaction, not the job.
func (b *batch) decide(tx *store.Tx, i int, j *Job) error {
	l := b.logs[j.To.ID]
	if j.Change != nil {
		return b.change(tx, i, j, l)
	}
	if j.Append != nil {
		if l == nil && j.To.Type == model.Group && !j.Append.Creates {
			// The entry that creates the group comes first; it is on its way.
			b.outcomes[i].err = errs.ErrUnavailable.Saying("the group is not known yet")
			return nil
		}
		return b.append(tx, i, b.open(j))
	}
	if b.mustWait(j) {
		b.outcomes[i].err = ErrUnknownConversation
		return nil
	}
	refusal, err := b.authorise(tx, l, j)
	if err != nil {
		return err
	}
	if refusal != nil {
		b.unknown[j.To.ID] = b.unknown[j.To.ID] || errors.Is(refusal, ErrUnknownConversation)
		b.outcomes[i].err = refusal
		return nil
	}
	return b.append(tx, i, b.open(j))
}

// mustWait reports whether an earlier send of the job's conversation still waits for the conversation's owner.
func (b *batch) mustWait(j *Job) bool {
	return !j.Settled && (b.unknown[j.To.ID] || (j.Gate != nil && j.Gate.Waiting(j.To.ID)))
}

// open answers the working copy of a job's conversation, making the conversation when there is none.
func (b *batch) open(j *Job) *log {
	if l := b.logs[j.To.ID]; l != nil {
		return l
	}
	l := &log{head: &imchat.Conversation{ID: j.To.ID, Type: string(rune(j.To.Type))}, created: true}
	b.logs[j.To.ID] = l
	return l
}

// append assigns the next seq to a job's entry.
func (b *batch) append(tx *store.Tx, i int, l *log) error {
	j := b.jobs[i]
	m := b.entry(l)
	m.SenderID, m.ClientMsgID = j.key()
	m.Fingerprint = j.fingerprint()
	if s := j.Send; s != nil {
		m.Type, m.Content, m.ReplyToSeq = s.Message.Type, s.Message.Content, s.Message.ReplyToSeq
		m.Mentions = strings.Join(s.Message.Mentions, ",")
		l.noteExpiry(m, s.Message.ExpireAfterRead)
	} else {
		m.Type, m.Content = message.System, j.Append.Content
	}
	if message.Countable(j.To.Type, m.Type) {
		l.head.MessageCount++
	}
	if err := b.moveMembers(tx, l, j, m); err != nil {
		return err
	}
	b.sent[sentKey(j)] = *m
	b.outcomes[i].result = resultOf(m)
	return nil
}

// entry makes the next entry of a log. What it is and says is still to be filled in.
func (b *batch) entry(l *log) *imchat.Message {
	now := b.now(l)
	l.head.MaxSeq++
	l.head.UpdatedAt = now
	m := &imchat.Message{
		ConversationID: l.head.ID, Seq: l.head.MaxSeq, MessageID: b.c.ids.Next(), CountBefore: l.head.MessageCount, CreatedAt: now,
	}
	if !l.moved {
		l.moved, l.first = true, m.Seq
		l.head.Version++
	}
	b.messages = append(b.messages, m)
	return m
}

func resultOf(m *imchat.Message) Result {
	return Result{MessageID: m.MessageID, Seq: m.Seq, CreatedAt: m.CreatedAt}
}

// now is when an entry is made: a log's times never go back, whichever instance's clock is behind.
func (b *batch) now(l *log) int64 { return max(b.c.now().UnixMilli(), l.head.UpdatedAt) }

// moveMembers notes what an entry does to members: first rows, windows, read positions and mentions.
func (b *batch) moveMembers(tx *store.Tx, l *log, j *Job, m *imchat.Message) error {
	if m.Seq == 1 && j.To.Type != model.Group {
		l.firstMembers(j.To, m)
	}
	if a := j.Append; a != nil {
		if a.Dismisses {
			l.head.Dismissed = true
		}
		l.apply(a.Settings)
		if len(a.Changes) > 0 {
			encoded, err := proto.Marshal(&logpb.Entry{Changes: a.Changes})
			if err != nil {
				return fmt.Errorf("encode member changes: %w", err)
			}
			m.Changes = encoded
			return l.applyChanges(tx, a.Changes, m)
		}
		return nil
	}
	row := l.touch(int64(j.Send.Sender), m)
	row.ReadSeq, row.ReadCount = m.Seq, l.head.MessageCount
	if message.Countable(j.To.Type, m.Type) {
		row.LastSentAt = m.CreatedAt
	}
	return b.noteMentions(tx, l, j.To, m)
}
