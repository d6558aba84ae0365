package password

import (
	_ "embed"
	"strings"
)

//go:embed common.txt
var commonText string

var commonSet = func() map[string]struct{} {
	set := map[string]struct{}{}
	for word := range strings.FieldsSeq(commonText) {
		set[word] = struct{}{}
	}
	return set
}()

// Common reports whether a password is on the list of those that attackers try first, whatever its case.
func Common(password string) bool {
	_, found := commonSet[strings.ToLower(password)]
	return found
}
