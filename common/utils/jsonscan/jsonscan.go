// Package jsonscan walks JSON text without making values of it: where frames come by the ten thousand a second, most of their
// bytes only have to be passed over. It takes text that is known to be valid, because json.Valid has accepted it or a trusted
// server has made it; with other text it may panic.
package jsonscan

import (
	"encoding/json"
	"iter"
	"strconv"
)

// isSpace reports JSON white space.
func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// skipSpace answers the index of the first byte at or after i that is no white space.
func skipSpace(b []byte, i int) int {
	for i < len(b) && isSpace(b[i]) {
		i++
	}
	return i
}

// Trim cuts white space off both ends.
func Trim(b []byte) []byte {
	b = b[skipSpace(b, 0):]
	for len(b) > 0 && isSpace(b[len(b)-1]) {
		b = b[:len(b)-1]
	}
	return b
}

// endOfString answers the index after the string that starts at i.
func endOfString(b []byte, i int) int {
	for i++; b[i] != '"'; i++ {
		if b[i] == '\\' {
			i++
		}
	}
	return i + 1
}

// endOfValue answers the index after the value that starts at i.
func endOfValue(b []byte, i int) int {
	switch b[i] {
	case '"':
		return endOfString(b, i)
	case '{', '[':
		for depth := 0; ; {
			switch b[i] {
			case '"':
				i = endOfString(b, i)
				continue
			case '{', '[':
				depth++
			case '}', ']':
				if depth--; depth == 0 {
					return i + 1
				}
			}
			i++
		}
	}
	for i < len(b) && b[i] != ',' && b[i] != '}' && b[i] != ']' && !isSpace(b[i]) {
		i++
	}
	return i
}

// IsObject reports whether a value is an object.
func IsObject(v []byte) bool { return len(v) > 0 && v[0] == '{' }

// IsArray reports whether a value is an array.
func IsArray(v []byte) bool { return len(v) > 0 && v[0] == '[' }

// IsNull reports whether a value is null or absent.
func IsNull(v []byte) bool { return len(v) == 0 || v[0] == 'n' }

// Members walks the members of an object: the key's text and the value's bytes, both inside the object's own bytes.
func Members(object []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(key, value []byte) bool) {
		for i := skipSpace(object, 1); object[i] != '}'; {
			end := endOfString(object, i)
			key := unquote(object[i:end])
			i = skipSpace(object, skipSpace(object, end)+1) // over the colon
			end = endOfValue(object, i)
			if !yield(key, object[i:end]) {
				return
			}
			if i = skipSpace(object, end); object[i] == ',' {
				i = skipSpace(object, i+1)
			}
		}
	}
}

// Elements walks the values of an array.
func Elements(array []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for i := skipSpace(array, 1); array[i] != ']'; {
			end := endOfValue(array, i)
			if !yield(array[i:end]) {
				return
			}
			if i = skipSpace(array, end); array[i] == ',' {
				i = skipSpace(array, i+1)
			}
		}
	}
}

// unquote answers a string's text; only one with escapes is copied.
func unquote(v []byte) []byte {
	inner := v[1 : len(v)-1]
	for _, c := range inner {
		if c == '\\' {
			var s string
			_ = json.Unmarshal(v, &s) // it is valid
			return []byte(s)
		}
	}
	return inner
}

// Text is the text of a value that has to be a string, inside the value's own bytes where it has no escapes.
func Text(v []byte) (text []byte, ok bool) {
	if len(v) < 2 || v[0] != '"' {
		return nil, false
	}
	return unquote(v), true
}

// Integer is the number of a value that has to be an integer.
func Integer(v []byte) (n int64, ok bool) {
	n, err := strconv.ParseInt(string(v), 10, 64)
	return n, err == nil
}

// AppendText appends s as a JSON string; only text that needs escapes takes the slow way.
func AppendText(dst []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' || c >= 0x7f {
			quoted, _ := json.Marshal(s) // a string always marshals
			return append(dst, quoted...)
		}
	}
	dst = append(dst, '"')
	dst = append(dst, s...)
	return append(dst, '"')
}
