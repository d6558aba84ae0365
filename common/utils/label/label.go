// Package label has the rule of the short texts by which people call things and each other: nicknames, remarks, tags. It knows no
// field and no limit; the services that own the fields call it.
package label

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Fault says what is wrong with a text of at most limit characters in which something can be seen; empty: nothing.
func Fault(s string, limit int) string {
	switch {
	case !strings.ContainsFunc(s, visible) || utf8.RuneCountInString(s) > limit:
		return fmt.Sprintf("must have 1 to %d characters", limit)
	case strings.ContainsFunc(s, Control):
		return "must not have control or text direction characters"
	}
	return ""
}

// TextFault is Fault for a text that people read without harm: on several lines if need be, and perhaps empty.
func TextFault(s string, limit int) string {
	switch {
	case utf8.RuneCountInString(s) > limit:
		return fmt.Sprintf("must be at most %d characters", limit)
	case strings.ContainsFunc(strings.ReplaceAll(s, "\n", ""), Control):
		return "must not have control or text direction characters"
	}
	return ""
}

// Control reports characters that change what surrounds them: control characters, line separators and the marks that turn
// the direction of text, with which one name can be made to look like another.
func Control(r rune) bool {
	return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || unicode.Is(unicode.Bidi_Control, r)
}

func visible(r rune) bool { return unicode.IsGraphic(r) && !unicode.IsSpace(r) }
