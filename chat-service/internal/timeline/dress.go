package timeline

import (
	"context"
	"maps"
	"slices"

	"im-backend/chat-service/internal/message"
	"im-backend/chat-service/internal/store"
	"im-backend/common/model"
	"im-backend/common/model/imchat"
	"im-backend/common/proto/gen/logpb"
)

// dressing is entries of one conversation that go to its user.
type dressing struct {
	view    *store.View
	entries []*logpb.Entry
}

// dress adds to entries what stands beside them: the reactions, of a page with one query. For a former member it takes back
// what changed after its window, and from edits the text of messages that the user does not have.
func (t *Timeline) dress(ctx context.Context, user model.UserID, all []dressing) error {
	var reacted []store.Place
	byPlace := map[store.Place]*logpb.Entry{}
	for _, d := range all {
		if err := t.asOfWindow(ctx, d); err != nil {
			return err
		}
		for _, e := range d.entries {
			if e.GetReactionSeq() > 0 {
				at := store.Place{ConversationID: e.GetConversationId(), Seq: e.GetSeq()}
				reacted = append(reacted, at)
				byPlace[at] = e
			}
		}
	}
	if err := t.hideEdits(ctx, user, all); err != nil {
		return err
	}
	found, err := t.store.Reactions(ctx, user, reacted)
	if err != nil {
		return err
	}
	for at, reactions := range found {
		e := byPlace[at]
		for _, r := range reactions {
			e.Reactions = append(e.Reactions, &logpb.Reaction{Emoji: r.Emoji, Count: r.Users, Mine: r.Mine})
			// A reaction may have come after the entry was read.
			e.ReactionSeq = max(e.GetReactionSeq(), r.LastSeq)
		}
	}
	return nil
}

// hideEdits empties the edits of messages that stand outside of the user's windows, or that it has cleared or deleted: what such a
// message says must not come back with them.
func (t *Timeline) hideEdits(ctx context.Context, user model.UserID, all []dressing) error {
	byTarget := map[store.Place][]*logpb.Entry{}
	for _, d := range all {
		for _, e := range d.entries {
			if e.GetType() != message.Edit {
				continue
			}
			target := message.Target(e.GetContent())
			switch {
			case !sees(d.view, target):
				hideEdit(e, target)
			case d.view.DeletionsAt > 0:
				at := store.Place{ConversationID: e.GetConversationId(), Seq: target}
				byTarget[at] = append(byTarget[at], e)
			}
		}
	}
	deleted, err := t.store.DeletedAmong(ctx, user, slices.Collect(maps.Keys(byTarget)))
	for at := range deleted {
		for _, e := range byTarget[at] {
			hideEdit(e, at.Seq)
		}
	}
	return err
}

func hideEdit(e *logpb.Entry, target int64) {
	e.Content, e.Mentions = message.EditContent(target, nil), nil
}

// asOfWindow gives entries back the text and the reactions that they had when a former member's window ended: what happened
// later is not for it. What was recalled later stays recalled.
func (t *Timeline) asOfWindow(ctx context.Context, d dressing) error {
	last := d.view.MaxVisibleSeq
	if last == 0 || d.view.Head.ChangedSeq <= last {
		return nil
	}
	var edited []int64
	for _, e := range d.entries {
		if e.GetReactionSeq() > last {
			e.ReactionSeq = 0 // the reactions in the window are entries of it
		}
		if e.GetEditedAt() > 0 && e.GetRecalledAt() == 0 {
			edited = append(edited, e.GetSeq())
		}
	}
	if len(edited) == 0 {
		return nil
	}
	edits, err := t.store.Edits(ctx, d.view.ConversationID, edited, last)
	if err != nil {
		return err
	}
	for _, e := range d.entries {
		i := slices.IndexFunc(edits, func(m imchat.MessageEdit) bool { return m.Seq == e.GetSeq() })
		if i < 0 {
			continue
		}
		e.Content, e.Mentions = edits[i].Content, message.MentionList(edits[i].Mentions)
		if e.EditedAt = edits[i].WrittenAt; e.GetEditedAt() == e.GetCreatedAt() {
			e.EditedAt = 0
		}
	}
	return nil
}
