package entrance

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strings"

	"github.com/gorilla/websocket"

	"im-backend/common/utils/errs"
)

// The header fields of a handshake, as net/http spells them.
const (
	headerVersion   = "Sec-Websocket-Version"
	headerKey       = "Sec-Websocket-Key"
	headerProtocols = "Sec-Websocket-Protocol"

	version = "13"
	keySize = 16 // bytes
)

// checkForm asks of a request what RFC 6455 4.2.1 does, gorilla's checks and those that it leaves out, before anything is spent
// on it: only a request that can succeed uses a ticket up. Errors: INVALID_ARGUMENT.
func checkForm(w http.ResponseWriter, r *http.Request) error {
	switch {
	case !r.ProtoAtLeast(1, 1) || !websocket.IsWebSocketUpgrade(r):
		return errs.ErrInvalidArgument.Saying("a WebSocket upgrade is expected here")
	case r.ContentLength != 0: // unknown lengths too: after an upgrade the body would be taken for frames
		w.Header().Set("Connection", "close") // the body will not be read
		return errs.ErrInvalidArgument.Saying("a WebSocket upgrade has no body")
	case !slices.Equal(r.Header[headerVersion], []string{version}):
		w.Header().Set(headerVersion, version) // 4.4: so that the client can try again
		return errs.ErrInvalidArgument.Saying("WebSocket version 13 is spoken here")
	case !isKey(r.Header[headerKey]):
		return errs.ErrInvalidArgument.Saying("one Sec-WebSocket-Key of 16 bytes in base64 is needed")
	}
	return nil
}

func isKey(lines []string) bool {
	if len(lines) != 1 {
		return false
	}
	key, err := base64.StdEncoding.DecodeString(lines[0])
	return err == nil && len(key) == keySize
}

// joinProtocols makes the offered subprotocols one list: they may come in several lines (RFC 6455 11.3.4), and gorilla reads
// the first.
func joinProtocols(h http.Header) {
	if lines := h[headerProtocols]; len(lines) > 1 {
		h.Set(headerProtocols, strings.Join(lines, ","))
	}
}
