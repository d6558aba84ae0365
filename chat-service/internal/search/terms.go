package search

import (
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"

	"im-backend/chat-service/internal/message"
	"im-backend/common/utils/label"
)

// textOf is what a search looks at in a message: what it says, or the name of what it carries, in its folded form.
func textOf(kind string, content []byte) string {
	var fields struct{ Text, Name, Title string }
	switch kind {
	case message.Text, message.Image, message.Audio, message.Video, message.File, message.Location, message.Merged:
	default:
		return ""
	}
	if json.Unmarshal(content, &fields) != nil {
		return ""
	}
	return label.Fold(fields.Text + " " + fields.Name + " " + fields.Title)
}

// class says how the characters of a text belong together.
type class int

const (
	separator class = iota
	word            // letters of scripts with spaces, digits: looked for by whole words
	dense           // characters of scripts without spaces, and symbols: looked for by any run of them
)

func classOf(r rune) class {
	switch {
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar, unicode.So):
		return dense
	case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r):
		return word
	}
	return separator
}

// part is a run of characters of one class.
type part struct {
	class class
	text  string
}

// partsOf takes a folded text apart.
func partsOf(folded string) []part {
	var parts []part
	start, current := 0, separator
	flush := func(end int) {
		if current != separator {
			parts = append(parts, part{current, folded[start:end]})
		}
	}
	for i, r := range folded {
		if c := classOf(r); c != current {
			flush(i)
			start, current = i, c
		}
	}
	flush(len(folded))
	return parts
}

// terms calls yield with each term of a part: a word, or a dense run's characters and pairs of neighbours.
func (p part) terms(yield func(string)) {
	if p.class == word {
		yield(p.text)
		return
	}
	before := -1
	for i, r := range p.text {
		end := i + utf8.RuneLen(r)
		yield(p.text[i:end])
		if before >= 0 {
			yield(p.text[before:end])
		}
		before = i
	}
}

// in reports whether a folded text contains the part: a word as a whole word.
func (p part) in(folded string) bool {
	for from := 0; ; {
		i := strings.Index(folded[from:], p.text)
		if i < 0 {
			return false
		}
		start, end := from+i, from+i+len(p.text)
		before, _ := utf8.DecodeLastRuneInString(folded[:start])
		after, _ := utf8.DecodeRuneInString(folded[end:])
		if p.class == dense || (start == 0 || classOf(before) != word) && (end == len(folded) || classOf(after) != word) {
			return true
		}
		from = end
	}
}

// question is what a user looks for: all parts have to be there.
type question struct{ parts []part }

func newQuestion(q string) question { return question{partsOf(label.Fold(q))} }

// matches reports whether a message says all that is looked for.
func (q question) matches(kind string, content []byte) bool {
	text := textOf(kind, content)
	for _, p := range q.parts {
		if !p.in(text) {
			return false
		}
	}
	return text != ""
}

// maybeIn reports whether a filter may know a message that matches.
func (q question) maybeIn(f filter) bool {
	found := true
	for _, p := range q.parts {
		p.terms(func(term string) { found = found && f.has(term) })
	}
	return found
}
