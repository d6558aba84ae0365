package committer

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"im-backend/chat-service/internal/message"
	"im-backend/chat-service/internal/store"
	"im-backend/common/model"
	"im-backend/common/model/imchat"
	"im-backend/common/utils/errs"
)

// change decides under the conversation's lock what a user does to an entry, and appends the entry that says so. What changes
// nothing is answered with the entry that made it so, and stores nothing.
func (b *batch) change(tx *store.Tx, i int, j *Job, l *log) error {
	result, refusal, err := b.tryChange(tx, j, l)
	b.outcomes[i] = outcome{result: result, err: refusal}
	return err
}

func (b *batch) tryChange(tx *store.Tx, j *Job, l *log) (result Result, refusal, err error) {
	role, refusal := b.mayChange(l, j)
	if refusal != nil {
		return Result{}, refusal, nil
	}
	do := changer{batch: b, tx: tx, log: l, job: j, target: b.targetOf(l, j), role: role}
	if do.target == nil {
		return Result{}, errs.ErrMessageNotFound, nil
	}
	switch j.Change.Kind {
	case message.Recall:
		return do.recall()
	case message.Edit:
		return do.edit()
	case message.Reaction:
		return do.react()
	case message.Pin:
		return do.pin()
	}
	return Result{}, errs.ErrInternal.Saying("unknown change " + strconv.Quote(j.Change.Kind)), nil
}

// mayChange decides whether a user may change entries of a conversation at all, and answers its role in a group. Who may not
// write may still recall, unless the other side has blocked it.
func (b *batch) mayChange(l *log, j *Job) (role string, refusal error) {
	if j.Change.System {
		if l == nil {
			return "", errs.ErrConversationNotFound
		}
		return "", nil
	}
	row := b.memberRow(l, j)
	switch j.To.Type {
	case model.Single:
		return "", b.mayChangeSingle(l, j, row)
	case model.Group:
	case model.Notification:
		if j.To.Has(j.Change.User) {
			return "", errs.ErrForbidden.Saying("only the system writes here")
		}
		return "", errs.ErrConversationNotFound
	}
	recalls := j.Change.Kind == message.Recall
	switch {
	case row == nil:
		return "", errs.ErrConversationNotFound
	case row.MaxVisibleSeq > 0:
		return "", errs.ErrNotGroupMember
	case l.head.Dismissed:
		return "", errs.ErrGroupNotFound.Saying("the group was dismissed")
	case recalls:
		return row.Role, nil
	}
	return row.Role, b.muted(l, rankOf(row.Role), row.SilencedUntil)
}

func (b *batch) mayChangeSingle(l *log, j *Job, row *imchat.UserConversation) error {
	user, recalls := j.Change.User, j.Change.Kind == message.Recall
	switch {
	case !j.To.Has(user), l == nil, row == nil:
		return errs.ErrConversationNotFound
	case j.To.Low == j.To.High: // notes to self
		return nil
	case user == j.To.Low && l.head.BlockedByHigh, user == j.To.High && l.head.BlockedByLow:
		return errs.ErrBlocked
	case !l.head.Friends && b.c.config.RequireFriendship && !recalls:
		return errs.ErrNotFriends
	}
	return nil
}

// changer makes one change.
type changer struct {
	*batch
	tx     *store.Tx
	log    *log
	job    *Job
	target *imchat.Message
	role   string // of the user in a group
}

func (d changer) admin() bool { return rankOf(d.role) >= rankAdmin }

// own reports whether the target is a message of the user.
func (d changer) own() bool { return d.target.SenderID == int64(d.job.Change.User) }

// older reports whether the target is older than a window.
func (d changer) older(window time.Duration) bool {
	return d.c.now().UnixMilli()-d.target.CreatedAt > window.Milliseconds()
}

func (d changer) place() store.Place {
	return store.Place{ConversationID: d.target.ConversationID, Seq: d.target.Seq}
}

// append adds the entry that says what was done.
func (d changer) append(content []byte) *imchat.Message {
	m := d.entry(d.log)
	m.SenderID, m.Type, m.Content = int64(d.job.Change.User), d.job.Change.Kind, content
	m.ClientMsgID = " " + strconv.FormatInt(m.MessageID, 10) // with what no client may write in its own
	if message.Changes(m.Type) {
		d.log.head.ChangedSeq = m.Seq
	}
	return m
}

// earlier answers the entry that had made everything so.
func (d changer) earlier(seq int64) (Result, error) {
	at := store.Place{ConversationID: d.target.ConversationID, Seq: seq}
	m := d.changes.added(d.batch, at)
	if m == nil && seq > 0 {
		found, err := d.tx.Targets([]store.Place{at})
		if err != nil {
			return Result{}, err
		}
		m = found[at]
	}
	if m == nil {
		m = d.target
	}
	result := resultOf(m)
	result.Repeated = true
	return result, nil
}

func (d changer) recall() (result Result, refusal, err error) {
	switch {
	case d.job.Change.System && d.target.RecalledAt == 0:
	case d.job.Change.System:
		result, err = d.earlier(d.target.ChangeSeq)
		return result, nil, err
	case !d.own() && d.job.To.Type == model.Group && !d.admin():
		return Result{}, errs.ErrNotGroupAdmin, nil
	case !d.own() && d.job.To.Type != model.Group:
		return Result{}, errs.ErrForbidden.Saying("only one's own messages can be recalled"), nil
	case d.target.RecalledAt > 0:
		result, err = d.earlier(d.target.ChangeSeq)
		return result, nil, err
	case !d.admin() && d.older(d.c.config.RecallWindow):
		return Result{}, errs.ErrRecallWindowPassed, nil
	}
	t := d.target
	d.forgetMentions()
	m := d.append(message.RecallContent(t.Seq))
	t.Content, t.Mentions, t.ReactedSeq = []byte(message.Empty), "", 0
	t.EditedAt, t.RecalledAt, t.ChangeSeq = 0, m.CreatedAt, m.Seq
	at, now, empty := d.place(), m.CreatedAt, message.EditContent(t.Seq, nil)
	d.changes.edited(at, func(edit *imchat.Message) { edit.Content, edit.Mentions, edit.RecalledAt = empty, "", now })
	d.changes.forget(at)
	d.changes.then(func(tx *store.Tx) error { return tx.Forget(at, empty, now) })
	d.changes.save(t)
	return resultOf(m), nil, d.log.endExpiry(d.tx, t)
}

func (d changer) edit() (result Result, refusal, err error) {
	c, t := d.job.Change, d.target
	mentions := strings.Join(c.Mentions, ",")
	switch {
	case !d.own():
		return Result{}, errs.ErrForbidden.Saying("only one's own messages can be edited"), nil
	case t.RecalledAt > 0:
		return Result{}, errs.ErrMessageRecalled, nil
	case t.Type != message.Text:
		return Result{}, errs.InvalidField("content", "only text messages can be edited"), nil
	case string(t.Content) == string(c.Content) && t.Mentions == mentions:
		result, err = d.earlier(t.ChangeSeq)
		return result, nil, err
	case d.older(d.c.config.EditWindow):
		return Result{}, errs.ErrEditWindowPassed, nil
	}
	counts := false
	if d.job.To.Type == model.Group {
		if refusal := d.log.mayMention(c.Mentions, rankOf(d.role)); refusal != nil {
			return Result{}, refusal, nil
		}
		if counts, refusal = d.paced(); refusal != nil {
			return Result{}, refusal, nil
		}
	}
	before := imchat.MessageEdit{
		ConversationID: t.ConversationID, Seq: t.Seq, Content: t.Content, Mentions: t.Mentions, WrittenAt: max(t.CreatedAt, t.EditedAt),
	}
	d.forgetMentions()
	m := d.append(message.EditContent(t.Seq, c.Content))
	m.Mentions = mentions
	if counts {
		d.log.touch(t.SenderID, m).LastSentAt = m.CreatedAt
	}
	d.changes.edits[d.place()] = append(d.changes.edits[d.place()], m)
	before.EditSeq = m.Seq
	t.Content, t.Mentions, t.EditedAt, t.ChangeSeq = c.Content, mentions, m.CreatedAt, m.Seq
	d.changes.then(func(tx *store.Tx) error { return tx.NoteEdit(&before) })
	d.changes.save(t)
	return resultOf(m), nil, d.noteMentions(d.tx, d.log, d.job.To, t)
}

// paced decides whether slow mode lets a member edit now. An edit counts as a message, which the next one has to wait for, but for the
// first one of what the member said last: a slip may be mended at once.
func (d changer) paced() (counts bool, refusal error) {
	if d.log.head.SlowModeSeconds <= 0 || d.admin() {
		return false, nil
	}
	user := int64(d.job.Change.User)
	last := d.memberRow(d.log, d.job).LastSentAt
	if row := d.log.touched[user]; row != nil {
		last = max(last, row.LastSentAt)
	}
	if d.target.CreatedAt == last && d.target.EditedAt == 0 {
		return false, nil
	}
	return true, d.tooSoon(d.log, last)
}

// forgetMentions takes back whom the target mentioned.
func (d changer) forgetMentions() {
	var old []imchat.MessageMention
	for _, text := range message.MentionList(d.target.Mentions) {
		id, _ := model.ParseID(text) // "all" is zero
		old = append(old, imchat.MessageMention{ConversationID: d.target.ConversationID, UserID: id, Seq: d.target.Seq})
	}
	d.log.mentions = slices.DeleteFunc(d.log.mentions, func(m imchat.MessageMention) bool { return m.Seq == d.target.Seq })
	d.changes.then(func(tx *store.Tx) error { return tx.DeleteMentions(old) })
}

func (d changer) react() (result Result, refusal, err error) {
	c, t := d.job.Change, d.target
	if t.RecalledAt > 0 {
		return Result{}, errs.ErrMessageRecalled, nil
	}
	r := imchat.MessageReaction{ConversationID: t.ConversationID, Seq: t.Seq, Emoji: c.Emoji, UserID: int64(c.User)}
	kinds := d.changes.counts[d.place()]
	switch {
	case d.changes.reactions[r] != c.Removed: // it is there, or not there, already
		result, err = d.earlier(t.ReactedSeq)
		return result, nil, err
	case !c.Removed && kinds[c.Emoji] == nil && len(kinds) >= d.c.config.ReactionKinds:
		return Result{}, errs.ErrReactionLimitReached, nil
	}
	m := d.append(message.ReactionContent(t.Seq, c.Emoji, c.Removed))
	count := d.changes.count(r, c.Removed, m.Seq)
	t.ReactedSeq = m.Seq
	d.changes.then(func(tx *store.Tx) error { return tx.SaveReaction(r, c.Removed, &count) })
	d.changes.save(t)
	return resultOf(m), nil, nil
}

func (d changer) pin() (result Result, refusal, err error) {
	c, at := d.job.Change, d.place()
	pinned := d.changes.pins[at.ConversationID]
	switch {
	case d.job.To.Type == model.Group && !d.admin():
		return Result{}, errs.ErrNotGroupAdmin, nil
	case d.target.RecalledAt > 0 && !c.Removed:
		return Result{}, errs.ErrMessageRecalled, nil
	case pinned[at.Seq] != c.Removed:
		result, err = d.earlier(0)
		return result, nil, err
	case !c.Removed && len(pinned) >= d.c.config.Pins:
		return Result{}, errs.ErrPinLimitReached, nil
	}
	m := d.append(message.PinContent(at.Seq, c.Removed))
	if c.Removed {
		delete(pinned, at.Seq)
		d.changes.then(func(tx *store.Tx) error { return tx.Unpin(at) })
		return resultOf(m), nil, nil
	}
	pinned[at.Seq] = true
	row := imchat.PinnedMessage{
		ConversationID: at.ConversationID, Seq: at.Seq, PinSeq: m.Seq, PinnedBy: int64(c.User), PinnedAt: m.CreatedAt,
	}
	d.changes.then(func(tx *store.Tx) error { return tx.Pin(&row) })
	return resultOf(m), nil, nil
}
