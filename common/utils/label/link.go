package label

import (
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"
)

// LinkFault says what is wrong with where a picture is, of at most limit characters, or empty; empty: nothing. A client that opens
// it runs no script and asks no host but the one that can be seen.
func LinkFault(s string, limit int) string {
	if s == "" {
		return ""
	}
	u, err := url.Parse(s)
	if err == nil && utf8.RuneCountInString(s) <= limit && !strings.ContainsFunc(s, Control) && !strings.Contains(s, `\`) {
		web := (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
		path := u.Scheme == "" && u.Host == "" && strings.HasPrefix(s, "/")
		if web || path {
			return ""
		}
	}
	return fmt.Sprintf("must be an http or https URL or a path, of at most %d characters", limit)
}
