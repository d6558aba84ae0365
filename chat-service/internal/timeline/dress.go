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

// dress adds to entries what stands beside them: the reactions, of a page with one query. For who was away it takes back
// what was changed meanwhile, and from edits the text of messages that the user does not have.
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

// asOfWindow gives the entries of closed windows back the text and the reactions that they have for their user: what was done to
// them while the user was away is not for it. What was recalled stays recalled.
func (t *Timeline) asOfWindow(ctx context.Context, d dressing) error {
	windows := windowsOf(d.view)
	if d.view.MaxVisibleSeq == 0 {
		windows = windows[:len(windows)-1] // the open one: nothing was missed since
	}
	var edited []int64
	for _, e := range d.entries {
		end := endOf(windows, e.GetSeq())
		if end == 0 || d.view.Head.ChangedSeq <= end {
			continue
		}
		if e.GetReactionSeq() > end {
			e.ReactionSeq = 0 // those that the user may know of are entries of its windows
		}
		if e.GetEditedAt() > 0 && e.GetRecalledAt() == 0 {
			edited = append(edited, e.GetSeq())
		}
	}
	if len(edited) == 0 {
		return nil
	}
	edits, err := t.store.Edits(ctx, d.view.ConversationID, edited, 0)
	if err != nil {
		return err
	}
	for _, e := range d.entries {
		if endOf(windows, e.GetSeq()) > 0 {
			unedit(e, d.view, edits)
		}
	}
	return nil
}

// endOf is the end of the window that an entry stands in; zero: in none of them.
func endOf(windows []window, seq int64) int64 {
	for _, w := range windows {
		if w.from <= seq && seq <= w.to {
			return w.to
		}
	}
	return 0
}

// unedit gives a message the text that it had after the last of its edits that the user may see. edits has what it and others said
// until each edit, the oldest first.
func unedit(e *logpb.Entry, v *store.View, edits []imchat.MessageEdit) {
	var next *imchat.MessageEdit // after the last one that the user sees
	for i, m := range edits {
		switch {
		case m.Seq != e.GetSeq():
		case sees(v, m.EditSeq):
			next = nil
		case next == nil:
			next = &edits[i]
		}
	}
	if next == nil {
		return
	}
	e.Content, e.Mentions = next.Content, message.MentionList(next.Mentions)
	if e.EditedAt = next.WrittenAt; e.GetEditedAt() == e.GetCreatedAt() {
		e.EditedAt = 0
	}
}
