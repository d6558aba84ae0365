package timeline

import (
	"context"
	"maps"

	"im-backend/chat-service/internal/store"
	"im-backend/common/model"
	"im-backend/common/proto/gen/logpb"
)

// Spans answers the runs of seqs of a conversation that its user may see, ascending, without empty ones.
func (t *Timeline) Spans(v *store.View) []store.Span {
	var spans []store.Span
	for _, w := range windowsOf(v) {
		if w.from <= w.to {
			spans = append(spans, store.Span{From: w.from, To: w.to})
		}
	}
	return spans
}

// Seen answers those of the named entries of a user's conversations that the user may see, as the user sees them now.
func (t *Timeline) Seen(ctx context.Context, user model.UserID, views map[string]*store.View, places []store.Place) (map[store.Place]*logpb.Entry, error) {
	var visible []store.Place
	for _, p := range places {
		for _, span := range t.Spans(views[p.ConversationID]) {
			if span.From <= p.Seq && p.Seq <= span.To {
				visible = append(visible, p)
			}
		}
	}
	found, err := t.store.EntriesAt(ctx, visible)
	if err != nil {
		return nil, err
	}
	deleted, err := t.store.DeletedAmong(ctx, user, visible)
	if err != nil {
		return nil, err
	}
	maps.DeleteFunc(found, func(at store.Place, _ *logpb.Entry) bool { return deleted[at] })
	byView := map[*store.View][]*logpb.Entry{}
	for at, e := range found {
		v := views[at.ConversationID]
		byView[v] = append(byView[v], e)
	}
	dressed := make([]dressing, 0, len(byView))
	for v, entries := range byView {
		dressed = append(dressed, dressing{v, entries})
	}
	return found, t.dress(ctx, user, dressed)
}
