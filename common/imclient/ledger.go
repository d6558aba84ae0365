package imclient

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"

	"im-backend/common/utils/wire"
)

// historyPage is how many entries a repair reads at a time.
const historyPage = 200

// ledger turns what comes, in whatever order and however often, into every entry of every conversation once and in order of
// seq. The log is the truth: a push only says that there is something; what is missing before it is read from the history,
// whose answers are complete, so that seqs which a user may not see leave no hole to wait for.
type ledger struct {
	store     Store
	positions map[string]int64
	since     string
	gone      map[string]map[int64]bool // entries beyond the positions that the user has deleted for itself
	history   func(ctx context.Context, conversationID string, afterSeq int64) (History, error)
	deliver   func(m wire.Message)
}

// errBehind is returned when the history does not reach what was announced: the device connects anew and syncs.
var errBehind = errors.New("the history is behind the push")

func (l *ledger) load() error {
	state, err := l.store.Load()
	if err != nil {
		return fmt.Errorf("load positions: %w", err)
	}
	l.since, l.positions = state.Since, state.Positions
	if l.positions == nil {
		l.positions = map[string]int64{}
	}
	l.gone = map[string]map[int64]bool{}
	return nil
}

// push takes one entry from the live connection.
func (l *ledger) push(ctx context.Context, m wire.Message) error {
	switch at := l.positions[m.ConversationID]; {
	case m.Seq <= at:
		return nil
	case l.gone[m.ConversationID][m.Seq]: // the push was late
		return nil
	case m.Seq == at+1:
		return l.hand(m)
	}
	found, err := l.repair(ctx, m.ConversationID)
	if err != nil {
		return err
	}
	if m.Seq <= l.positions[m.ConversationID] {
		return nil
	}
	if !found { // a conversation without a history that one may read: this entry is all there is
		return l.hand(m)
	}
	return errBehind
}

// head takes the news that a conversation has entries up to a seq.
func (l *ledger) head(ctx context.Context, conversationID string, maxSeq int64) error {
	if maxSeq <= l.positions[conversationID] {
		return nil
	}
	_, err := l.repair(ctx, conversationID)
	return err
}

// forget takes the news that the user has deleted entries for itself, and everything before minSeq. A push of them may still
// come.
func (l *ledger) forget(id string, minSeq int64, deleted []int64) error {
	for _, seq := range deleted {
		if seq <= l.positions[id] {
			continue
		}
		if l.gone[id] == nil {
			l.gone[id] = map[int64]bool{}
		}
		l.gone[id][seq] = true
	}
	if minSeq-1 <= l.positions[id] {
		return nil
	}
	return l.moveTo(id, minSeq-1)
}

// page takes an answer to sync, and keeps its token when everything in it was handed out.
func (l *ledger) page(ctx context.Context, p SyncPage) error {
	for _, c := range p.Conversations {
		if err := l.conversation(ctx, c); err != nil {
			return err
		}
	}
	if p.NextSince == l.since {
		return nil
	}
	l.since = p.NextSince
	return l.store.SaveSince(p.NextSince)
}

// conversation takes the newest entries of one conversation, and first what is missing before them.
func (l *ledger) conversation(ctx context.Context, c SyncConversation) error {
	id := c.ConversationID
	if err := l.forget(id, 0, c.DeletedSeqs); err != nil {
		return err
	}
	at := max(l.positions[id], c.MinSeq-1)
	joined := len(c.Messages) > 0 && c.Messages[0].Seq <= at+1
	if c.MaxSeq > at && !joined {
		if _, err := l.repair(ctx, id); err != nil {
			return err
		}
	}
	for _, m := range c.Messages {
		if m.Seq > l.positions[id] {
			if err := l.hand(m); err != nil {
				return err
			}
		}
	}
	return l.forget(id, c.MinSeq, nil)
}

// repair hands out everything that the history has after the position. It reports whether there is a history.
func (l *ledger) repair(ctx context.Context, id string) (bool, error) {
	for {
		h, err := l.history(ctx, id, l.positions[id])
		var refused *APIError
		if errors.As(err, &refused) && (refused.Status == http.StatusNotFound || refused.Status == http.StatusForbidden) {
			return false, nil
		}
		if err != nil {
			return false, fmt.Errorf("read history: %w", err)
		}
		before := l.positions[id]
		for _, m := range h.Items {
			if m.Seq > l.positions[id] {
				if err := l.hand(m); err != nil {
					return false, err
				}
			}
		}
		if !h.HasMore || l.positions[id] == before {
			return true, nil
		}
	}
}

// hand gives an entry out and notes that it did, in this order: a crash between the two repeats one entry and loses none.
func (l *ledger) hand(m wire.Message) error {
	l.deliver(m)
	return l.moveTo(m.ConversationID, m.Seq)
}

// moveTo notes that there is nothing to wait for up to a seq.
func (l *ledger) moveTo(id string, seq int64) error {
	l.positions[id] = seq
	maps.DeleteFunc(l.gone[id], func(gone int64, _ bool) bool { return gone <= seq })
	if len(l.gone[id]) == 0 {
		delete(l.gone, id)
	}
	if err := l.store.SavePosition(id, seq); err != nil {
		return fmt.Errorf("keep position: %w", err)
	}
	return nil
}
