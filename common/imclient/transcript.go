package imclient

import (
	"encoding/json"
	"slices"

	"im-backend/common/utils/wire"
)

// Transcript is what the members of one conversation see: its messages, as the entries that change them have left them. It is
// made by applying every entry of the log in order of seq, however the entries came: a device that was away holds the same in
// the end as one that was there. It is not safe for concurrent use.
type Transcript struct {
	me       string // user id
	messages map[int64]*wire.Message
	pinned   map[int64]bool
}

// NewTranscript makes the transcript of a user, before the first entry.
func NewTranscript(me string) *Transcript {
	return &Transcript{me: me, messages: map[int64]*wire.Message{}, pinned: map[int64]bool{}}
}

// Message answers a message as it is now; false for an entry that is none, or that was not applied.
func (t *Transcript) Message(seq int64) (wire.Message, bool) {
	m := t.messages[seq]
	if m == nil {
		return wire.Message{}, false
	}
	out := *m
	out.Reactions = slices.Clone(m.Reactions)
	return out, true
}

// Pinned answers the seqs of the pinned messages, ascending.
func (t *Transcript) Pinned() []int64 {
	var seqs []int64
	for seq := range t.pinned {
		seqs = append(seqs, seq)
	}
	slices.Sort(seqs)
	return seqs
}

// changed is the content of an entry that changes another.
type changed struct {
	TargetSeq int64           `json:"targetSeq"`
	Content   json.RawMessage `json:"content"`
	Emoji     string          `json:"emoji"`
	Removed   bool            `json:"removed"`
}

// Apply takes the next entry. What an entry changes that is not here, as it stands before the user's window, is left out.
func (t *Transcript) Apply(e wire.Message) {
	var c changed
	switch e.Type {
	case "recall", "edit", "reaction", "pin":
		if json.Unmarshal(e.Content, &c) != nil {
			return
		}
	case "system":
		return
	default:
		e.Reactions = slices.Clone(e.Reactions)
		t.messages[e.Seq] = &e
		return
	}
	m := t.messages[c.TargetSeq]
	if m == nil || m.RecalledAt > 0 && e.Type != "recall" {
		return
	}
	switch e.Type {
	case "recall":
		m.Content, m.Mentions, m.Reactions, m.ReactionSeq = json.RawMessage("{}"), nil, nil, 0
		m.EditedAt, m.RecalledAt = 0, e.CreatedAt
		delete(t.pinned, c.TargetSeq)
	case "edit":
		if len(c.Content) > 0 && e.CreatedAt >= m.EditedAt { // else the message came with a later text
			m.Content, m.Mentions, m.EditedAt = c.Content, e.Mentions, e.CreatedAt
		}
	case "reaction":
		if e.Seq > m.ReactionSeq { // else the message came with it
			m.ReactionSeq = e.Seq
			m.Reactions = reacted(m.Reactions, c, e.SenderID == t.me)
		}
	case "pin":
		if t.pinned[c.TargetSeq] = true; c.Removed {
			delete(t.pinned, c.TargetSeq)
		}
	}
}

// reacted is reactions after one more, or one less.
func reacted(reactions []wire.Reaction, c changed, mine bool) []wire.Reaction {
	i := slices.IndexFunc(reactions, func(r wire.Reaction) bool { return r.Emoji == c.Emoji })
	switch {
	case i < 0 && c.Removed:
		return reactions
	case i < 0:
		return append(reactions, wire.Reaction{Emoji: c.Emoji, Count: 1, Mine: mine})
	case c.Removed:
		reactions[i].Count--
	default:
		reactions[i].Count++
	}
	if mine {
		reactions[i].Mine = !c.Removed
	}
	if reactions[i].Count <= 0 {
		return slices.Delete(reactions, i, i+1)
	}
	return reactions
}
