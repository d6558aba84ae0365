package timeline

import (
	"encoding/binary"
	"strconv"

	"github.com/cespare/xxhash/v2"

	"im-backend/chat-service/internal/store"
	"im-backend/common/model"
)

// overlap is how long a change may become visible after its stamp: longer than a transaction and the difference of two
// hosts' clocks together.
const overlap = 10_000 // milliseconds

// maxRemembered bounds a token's memory; what does not fit may be answered again.
const maxRemembered = 200

// token is a place in the order of a user's changes. A pass goes through them page by page; the next one begins a little
// before this one began, for the changes that became visible late, and skips what this one has answered since then.
type token struct {
	User  model.UserID `json:"u"` // whose it is
	Stamp int64        `json:"s"`
	After string       `json:"a,omitempty"` // inside the stamp: the last conversation answered
	Floor int64        `json:"f,omitempty"` // inside a pass: the stamp at which the next one begins
	Base  int64        `json:"b,omitempty"` // inside a pass: the stamp at which it began
	Seen  []byte       `json:"n,omitempty"` // states that the pass before answered from Stamp on
	Next  []byte       `json:"m,omitempty"` // states that this pass answered from Floor on
}

const stateBytes = 8

// parseToken reads a token of a user, the empty one being the start. known is false for what is none.
func parseToken(text string, user model.UserID) (at token, known bool) {
	if text == "" {
		return token{User: user}, true
	}
	if err := decodeCursor(syncToken, text, &at); err != nil || at.User != user {
		return token{User: user}, false
	}
	return at, true
}

func (at *token) encode() string { return encodeCursor(syncToken, at) }

// begin starts a pass, unless the token is inside one.
func (at *token) begin(now int64) {
	if at.Floor == 0 {
		at.Floor, at.Base = max(at.Stamp, now-overlap), at.Stamp
	}
}

// begun is the stamp at which the pass began, or begins now.
func (at *token) begun() int64 {
	if at.Floor == 0 {
		return at.Stamp
	}
	return at.Base
}

func (at *token) remembered() int { return len(at.Seen) / stateBytes }

// advance answers which of the next views are new to the device, at most n, and whether there are more, and moves the token
// behind them.
func (at *token) advance(views []*store.View, n int) (fresh []*store.View, more bool) {
	seen := make(map[string]bool, at.remembered())
	for i := 0; i+stateBytes <= len(at.Seen); i += stateBytes {
		seen[string(at.Seen[i:i+stateBytes])] = true
	}
	for _, v := range views {
		state := stateOf(v)
		if !seen[string(state)] {
			if len(fresh) == n {
				return fresh, true
			}
			fresh = append(fresh, v)
		}
		at.Stamp, at.After = v.Stamp, v.ConversationID
		if v.Stamp >= at.Floor {
			at.Next = append(at.Next, state...)
			at.Next = at.Next[max(0, len(at.Next)-maxRemembered*stateBytes):]
		}
	}
	*at = token{User: at.User, Stamp: at.Floor, Seen: at.Next}
	return fresh, false
}

// stateOf names the state of a conversation for its user; any change gives another one.
func stateOf(v *store.View) []byte {
	text := []byte(v.ConversationID)
	for _, part := range []int64{v.Visible(), v.ReadSeq, v.UpdatedAt, v.MinSeq} {
		text = strconv.AppendInt(append(text, ' '), part, 10)
	}
	return binary.BigEndian.AppendUint64(nil, xxhash.Sum64(text))
}
