package committer

import (
	"cmp"
	"slices"

	"im-backend/chat-service/internal/store"
	"im-backend/common/model/imchat"
)

// write stores everything that the jobs decided.
func (b *batch) write(tx *store.Tx) error {
	if len(b.messages) == 0 {
		return nil
	}
	var created, moved []*imchat.Conversation
	var members, touched []*imchat.UserConversation
	var mentions []imchat.MessageMention
	var forgotten []store.Membership
	var ranges []store.Range
	for _, id := range b.ids { // in order of id, as every transaction
		l := b.logs[id]
		if l == nil || !l.moved {
			continue
		}
		if l.created {
			created = append(created, l.head)
		} else {
			moved = append(moved, l.head)
		}
		ranges = append(ranges, store.Range{ConversationID: id, From: l.first, To: l.head.MaxSeq})
		members = append(members, all(l.members)...)
		touched = append(touched, all(l.touched)...)
		mentions = append(mentions, l.mentions...)
		forgotten = append(forgotten, l.windows...)
	}
	slices.SortFunc(members, inOrder)
	slices.SortFunc(touched, inOrder)
	older := splitWindows(members)
	steps := []struct {
		rows int
		do   func() error
	}{
		{len(moved), func() error { return tx.SaveConversations(moved) }}, // first: it locks what was not read
		{len(created), func() error { return tx.InsertConversations(created) }},
		{len(b.messages), func() error { return tx.InsertMessages(b.messages) }},
		{1, func() error { return b.changes.write(tx) }},
		{len(mentions), func() error { return tx.InsertMentions(mentions) }},
		{len(forgotten), func() error { return tx.DeleteOlderWindows(forgotten) }},
		{len(older), func() error { return tx.SaveOlderWindows(older) }},
		{len(members), func() error { return tx.SaveMembers(members) }},
		{len(touched), func() error { return tx.Touch(touched) }},
		{1, func() error { return b.writeExpiry(tx) }},
		{1, func() error { return tx.NoteOutbox(b.outboxID, ranges, b.c.now().UnixMilli()) }},
	}
	for _, step := range steps {
		if step.rows == 0 {
			continue
		}
		if err := step.do(); err != nil {
			return err
		}
	}
	return nil
}

// all is the rows in no order.
func all(rows map[int64]*imchat.UserConversation) []*imchat.UserConversation {
	out := make([]*imchat.UserConversation, 0, len(rows))
	for _, r := range rows {
		out = append(out, r)
	}
	return out
}

// inOrder is the order in which every transaction locks rows of members.
func inOrder(a, b *imchat.UserConversation) int {
	return cmp.Or(cmp.Compare(a.UserID, b.UserID), cmp.Compare(a.ConversationID, b.ConversationID))
}
