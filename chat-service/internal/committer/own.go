package committer

import (
	"im-backend/chat-service/internal/store"
	"im-backend/common/model/imchat"
	"im-backend/common/utils/errs"
)

// own is what the users of a batch have of the entries that they name: their rows, and what they have deleted for themselves.
type own struct {
	rows    map[store.Membership]*imchat.UserConversation
	older   map[store.Membership]string // past windows that the rows do not have
	deleted map[store.Own]bool
}

// readOwn reads it, with three queries at the most.
func readOwn(tx *store.Tx, named []store.Own) (o own, err error) {
	names := make([]store.Membership, len(named))
	for i, n := range named {
		names[i] = n.Membership
	}
	if o.rows, err = tx.Memberships(names); err != nil {
		return own{}, err
	}
	if o.older, err = tx.OlderWindows(o.rows); err != nil {
		return own{}, err
	}
	var doubtful []store.Own
	for _, n := range named {
		if row := o.rows[n.Membership]; row != nil && row.DeletionsAt > 0 {
			doubtful = append(doubtful, n)
		}
	}
	o.deleted, err = tx.Deleted(doubtful)
	return o, err
}

// sees reports whether a present or former member may see an entry of a log that reaches up to head.
func (o own) sees(row *imchat.UserConversation, seq, head int64) bool {
	older := o.older[store.Membership{UserID: row.UserID, ConversationID: row.ConversationID}]
	return store.Sees(row, seq, head) || (seq <= row.OlderWindowsTo && store.Within(older, seq))
}

// keeps reports whether a user has neither cleared nor deleted an entry.
func (o own) keeps(row *imchat.UserConversation, at store.Own) bool {
	return at.Seq >= row.HiddenBeforeSeq && !o.deleted[at]
}

// mayReply refuses a reply to what its sender does not have: it never saw it, or has cleared or deleted it. Of all replies of the
// batch that is read once.
func (b *batch) mayReply(tx *store.Tx, l *log, j *Job) (refusal, err error) {
	if l == nil || j.Send.Message.ReplyToSeq > l.head.MaxSeq {
		return errs.ErrMessageNotFound, nil
	}
	if b.repliers == nil {
		var named []store.Own
		for _, other := range b.jobs {
			if other.Send != nil && other.Send.Message.ReplyToSeq > 0 {
				named = append(named, repliedTo(other))
			}
		}
		read, err := readOwn(tx, named)
		if err != nil {
			return nil, err
		}
		b.repliers = &read
	}
	at := repliedTo(j)
	row := l.members[at.UserID]
	if row == nil {
		row = b.repliers.rows[at.Membership]
	}
	if row == nil || !b.repliers.sees(row, at.Seq, l.head.MaxSeq) || !b.repliers.keeps(row, at) {
		return errs.ErrMessageNotFound, nil
	}
	return nil, nil
}

func repliedTo(j *Job) store.Own {
	return store.Own{
		Membership: store.Membership{UserID: int64(j.Send.Sender), ConversationID: j.To.ID}, Seq: j.Send.Message.ReplyToSeq,
	}
}
