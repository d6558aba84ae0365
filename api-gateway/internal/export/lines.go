package export

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// ContentType is that of an export: JSON lines.
const ContentType = "application/x-ndjson"

// The kinds of lines; what stands in data is the resource as the API answers it.
const (
	KindProfile      = "profile"
	KindSession      = "session"
	KindFriend       = "friend"
	KindBlock        = "block"
	KindGroup        = "group"
	KindConversation = "conversation" // followed by its messages
	KindMessage      = "message"
	KindCursor       = "cursor" // all before it is whole: an export that is cut goes on from the last one
	KindEnd          = "end"    // always the last line, unless the connection broke
)

// Line is one line of an export.
type Line struct {
	Kind string `json:"kind"`
	Data any    `json:"data"`
}

// Cursor is where an export may be taken up again.
type Cursor struct {
	Cursor string `json:"cursor"`
}

// End says whether an export is complete.
type End struct {
	Complete bool   `json:"complete"`
	Reason   string `json:"reason,omitempty"` // why not
	Cursor   string `json:"cursor,omitempty"` // where to go on
}

// writeTimeout is how long a client may take for one page. The server's own limits are for answers that come at once.
const writeTimeout = 30 * time.Second

// lines writes lines to a client.
type lines struct {
	w       http.ResponseWriter
	control *http.ResponseController
	buffer  *bufio.Writer
	encoder *json.Encoder
	err     error // the first one: from then on nothing is written
}

func newLines(w http.ResponseWriter) *lines {
	l := &lines{w: w, control: http.NewResponseController(w), buffer: bufio.NewWriterSize(w, 64<<10)}
	l.encoder = json.NewEncoder(l.buffer)
	l.encoder.SetEscapeHTML(false)
	return l
}

// open begins the answer. The request is read: what it may still take to read it would end the answer.
func (l *lines) open() {
	_ = l.control.SetReadDeadline(time.Time{}) // only a real connection has one
	l.extend()
	l.w.Header().Set("Content-Type", ContentType)
	l.w.Header().Set("Cache-Control", "no-store")
	l.w.WriteHeader(http.StatusOK)
}

func (l *lines) extend() { _ = l.control.SetWriteDeadline(time.Now().Add(writeTimeout)) }

func (l *lines) write(kind string, data any) {
	if l.err == nil {
		l.err = l.encoder.Encode(Line{kind, data})
	}
}

func (l *lines) flush() error {
	l.extend()
	if l.err == nil {
		l.err = l.buffer.Flush()
	}
	if l.err == nil {
		l.err = l.control.Flush()
	}
	if l.err != nil {
		return fmt.Errorf("write export: %w", l.err)
	}
	return nil
}

func (l *lines) end(e End) error {
	l.write(KindEnd, e)
	return l.flush()
}
