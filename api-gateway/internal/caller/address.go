package caller

import (
	"net/http"

	"im-backend/common/utils/httpedge"
)

// NoteAddress makes a middleware that notes the client's address in the context of every request.
func NoteAddress(proxies httpedge.Proxies) func(next http.HandlerFunc) http.HandlerFunc {
	return func(next http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			next(w, r.WithContext(WithAddress(r.Context(), proxies.Address(r))))
		}
	}
}
