package frame

import "strconv"

// Head is how far a conversation reaches.
type Head struct {
	ConversationID string
	MaxSeq         int64
}

// Heads is the event of conversations whose heads moved: a device that is behind one of them reads what it lacks.
func Heads(items []Head) []byte {
	buf := append(open(64+72*len(items)), `{"type":"heads","data":{"items":[`...)
	for i, h := range items {
		if i > 0 {
			buf = append(buf, ',')
		}
		buf = append(buf, `{"conversationId":`...)
		buf = appendText(buf, h.ConversationID)
		buf = append(buf, `,"maxSeq":`...)
		buf = append(strconv.AppendInt(buf, h.MaxSeq, 10), '}')
	}
	return seal(append(buf, "]}}"...))
}
