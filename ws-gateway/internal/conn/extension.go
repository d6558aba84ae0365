package conn

import (
	"net/http"
	"strings"
)

const (
	extensions = "Sec-Websocket-Extensions"
	deflate    = "permessage-deflate"
)

// takeDeflate decides about permessage-deflate and leaves gorilla, which would accept every offer, the one that is accepted.
func takeDeflate(h http.Header) bool {
	taken := offersDeflate(h)
	h.Del(extensions)
	if taken {
		h.Set(extensions, deflate)
	}
	return taken
}

// offersDeflate reports whether a client offers permessage-deflate in a form that can be kept (RFC 7692 7.1): neither side takes
// context from one message to the next, and both use the window that they like. A client that restricts the server's
// window gets its messages uncompressed.
func offersDeflate(h http.Header) bool {
	for _, header := range h.Values(extensions) {
		for offer := range strings.SplitSeq(header, ",") {
			if acceptable(offer) {
				return true
			}
		}
	}
	return false
}

func acceptable(offer string) bool {
	name, params, _ := strings.Cut(offer, ";")
	if strings.TrimSpace(name) != deflate {
		return false
	}
	for param := range strings.SplitSeq(params, ";") {
		key, _, _ := strings.Cut(param, "=")
		switch strings.TrimSpace(key) {
		case "", "server_no_context_takeover", "client_no_context_takeover", "client_max_window_bits":
		default:
			return false
		}
	}
	return true
}
