package committer

import (
	"fmt"
	"strings"

	"im-backend/chat-service/internal/store"
	"im-backend/common/model/imchat"
)

// A member's row has the latest of its past windows, rowWindows at most, as the row is written with every change of the member.
// The oldest of more become rows of their own, chunkWindows in each, so that none is ever forgotten.
const (
	rowWindows   = 100
	chunkWindows = 50
)

// addWindow appends a closed window to the text form of past windows, "from-to,from-to", oldest first. One that begins where the
// last ends goes on with it.
func addWindow(past string, from, to int64) string {
	before, last := "", past
	if i := strings.LastIndexByte(past, ','); i >= 0 {
		before, last = past[:i+1], past[i+1:]
	}
	for lastFrom, lastTo := range store.PastWindows(last) {
		if lastTo+1 == from {
			return fmt.Sprintf("%s%d-%d", before, lastFrom, to)
		}
		return fmt.Sprintf("%s,%d-%d", past, from, to)
	}
	return fmt.Sprintf("%d-%d", from, to)
}

// forgetWindows takes a member's past windows away, as it sees all of the log.
func (l *log) forgetWindows(row *imchat.UserConversation) {
	if row.OlderWindowsTo > 0 {
		l.windows = append(l.windows, store.Membership{UserID: row.UserID, ConversationID: row.ConversationID})
	}
	row.PastWindows, row.OlderWindowsTo = "", 0
}

// splitWindows moves the oldest past windows out of members' rows that have too many.
func splitWindows(members []*imchat.UserConversation) []imchat.OlderWindows {
	var older []imchat.OlderWindows
	for _, m := range members {
		if strings.Count(m.PastWindows, ",") < rowWindows {
			continue
		}
		windows := strings.Split(m.PastWindows, ",")
		for len(windows) > rowWindows {
			chunk := strings.Join(windows[:chunkWindows], ",")
			windows = windows[chunkWindows:]
			for _, to := range store.PastWindows(chunk) {
				m.OlderWindowsTo = to
			}
			older = append(older, imchat.OlderWindows{
				UserID: m.UserID, ConversationID: m.ConversationID, ToSeq: m.OlderWindowsTo, Windows: chunk,
			})
		}
		m.PastWindows = strings.Join(windows, ",")
	}
	return older
}
