package committer

import (
	"im-backend/chat-service/internal/message"
	"im-backend/chat-service/internal/store"
	"im-backend/common/model"
	"im-backend/common/model/imchat"
	"im-backend/common/utils/errs"
)

// authorise decides under the conversation's lock whether a user may write. refusal is the typed reason; err is about the
// transaction.
func (b *batch) authorise(tx *store.Tx, l *log, j *Job) (refusal, err error) {
	switch j.To.Type {
	case model.Single:
		refusal = b.authoriseSingle(l, j)
	case model.Group:
		refusal, err = b.authoriseGroup(tx, l, j)
	case model.Notification:
		refusal = errs.ErrConversationNotFound
		if j.To.Has(j.Send.Sender) {
			refusal = errs.ErrForbidden.Saying("only the system writes here")
		}
	default:
		refusal = errs.ErrConversationNotFound
	}
	if refusal != nil || err != nil {
		return refusal, err
	}
	if j.Send.Message.ReplyToSeq > 0 {
		return b.mayReply(tx, l, j)
	}
	return nil, nil
}

func (b *batch) authoriseSingle(l *log, j *Job) error {
	sender := j.Send.Sender
	switch {
	case !j.To.Has(sender):
		return errs.ErrConversationNotFound
	case j.To.Low == j.To.High: // notes to self
		return nil
	case l == nil && !j.Settled:
		return ErrUnknownConversation
	case l == nil:
		if b.c.config.RequireFriendship {
			return errs.ErrNotFriends
		}
		return nil
	case sender == j.To.Low && l.head.BlockedByHigh, sender == j.To.High && l.head.BlockedByLow:
		return errs.ErrBlocked
	case !l.head.Friends && b.c.config.RequireFriendship:
		return errs.ErrNotFriends
	}
	return nil
}

func (b *batch) authoriseGroup(tx *store.Tx, l *log, j *Job) (refusal, err error) {
	notFound := errs.ErrConversationNotFound
	if j.To.ByGroup {
		notFound = errs.ErrGroupNotFound
	}
	if l == nil {
		if j.Settled {
			return notFound, nil
		}
		return ErrUnknownConversation, nil
	}
	sender, known, err := b.member(tx, l, int64(j.Send.Sender))
	switch {
	case err != nil:
		return nil, err
	case !known:
		return notFound, nil
	case !sender.present:
		return errs.ErrNotGroupMember, nil
	case l.head.Dismissed:
		return errs.ErrGroupNotFound.Saying("the group was dismissed"), nil
	}
	return b.authoriseMember(tx, l, j, sender)
}

// noteMentions notes whom a message mentions, and moves the mention positions of the members that it names.
func (b *batch) noteMentions(tx *store.Tx, l *log, to Address, m *imchat.Message) error {
	for _, text := range message.Distinct(message.MentionList(m.Mentions)) {
		id, err := model.ParseID(text)
		if err != nil { // "all"
			l.head.MentionAllSeq = max(l.head.MentionAllSeq, m.Seq)
			l.mentions = append(l.mentions, imchat.MessageMention{ConversationID: m.ConversationID, Seq: m.Seq})
			continue
		}
		present, err := b.isMember(tx, l, to, id)
		if err != nil {
			return err
		}
		if present {
			row := l.touch(id, m)
			row.MentionSeq = max(row.MentionSeq, m.Seq)
			l.mentions = append(l.mentions, imchat.MessageMention{ConversationID: m.ConversationID, UserID: id, Seq: m.Seq})
		}
	}
	return nil
}

func (b *batch) isMember(tx *store.Tx, l *log, to Address, id int64) (bool, error) {
	if to.Type != model.Group {
		return to.Has(model.UserID(id)), nil
	}
	if l.roster != nil && l.roster.complete && l.members[id] == nil {
		return l.roster.known[id].present, nil
	}
	found, known, err := b.member(tx, l, id)
	return known && found.present, err
}

// touch answers the row that moves a member's positions in this batch.
func (l *log) touch(user int64, m *imchat.Message) *imchat.UserConversation {
	if l.touched == nil {
		l.touched = map[int64]*imchat.UserConversation{}
	}
	row := l.touched[user]
	if row == nil {
		row = &imchat.UserConversation{UserID: user, ConversationID: m.ConversationID, MinSeq: 1, UpdatedAt: m.CreatedAt}
		l.touched[user] = row
	}
	return row
}
