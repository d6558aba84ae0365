package app

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// validRunes are encodings at the edges of their lengths, each allowed in JSON as it is.
var validRunes = []string{
	" ", "z", "\x7f", "\u0080", "\u07ff", "\u0800", "\ud7ff", "\ue000", "\ufeff", "\ufffd", "\ufffe", "\uffff", "\ufdd0",
	"\U00010000", "\U0001f600", "\U0001fffe", "\U0010ffff", "κόσμε", "é", "e\u0301", "日本語", "👩‍👩‍👧",
}

// invalidSequences are byte sequences that are not UTF-8 (RFC 3629).
var invalidSequences = map[string]string{
	"lone continuation 80":         "\x80",
	"lone continuation bf":         "\xbf",
	"two continuations":            "\x80\xbf",
	"byte c0":                      "\xc0",
	"byte fe":                      "\xfe",
	"byte ff":                      "\xff",
	"overlong slash of 2":          "\xc0\xaf",
	"overlong slash of 3":          "\xe0\x80\xaf",
	"overlong slash of 4":          "\xf0\x80\x80\xaf",
	"overlong slash of 5":          "\xf8\x80\x80\x80\xaf",
	"overlong slash of 6":          "\xfc\x80\x80\x80\x80\xaf",
	"overlong NUL":                 "\xc0\x80",
	"largest overlong of 2":        "\xc1\xbf",
	"largest overlong of 3":        "\xe0\x9f\xbf",
	"largest overlong of 4":        "\xf0\x8f\xbf\xbf",
	"first high surrogate":         "\xed\xa0\x80",
	"last high surrogate":          "\xed\xaf\xbf",
	"first low surrogate":          "\xed\xb0\x80",
	"last low surrogate":           "\xed\xbf\xbf",
	"surrogate pair (CESU-8)":      "\xed\xa0\xbd\xed\xb8\x80",
	"above U+10FFFF":               "\xf4\x90\x80\x80",
	"first byte f5":                "\xf5\x80\x80\x80",
	"five bytes":                   "\xf8\x88\x80\x80\x80",
	"six bytes":                    "\xfc\x84\x80\x80\x80\x80",
	"truncated 2 of 2":             "\xc3",
	"truncated 3 after 1":          "\xe2",
	"truncated 3 after 2":          "\xe2\x82",
	"truncated 4 after 1":          "\xf0",
	"truncated 4 after 2":          "\xf0\x9f",
	"truncated 4 after 3":          "\xf0\x9f\x98",
	"truncated, then a letter":     "\xe2\x82a",
	"truncated, then another rune": "\xe2\x82\xc3\xa9",
	"Latin-1":                      "caf\xe9",
	"valid before and after":       "κόσμε\xff日本語",
	"UTF-16":                       "\xff\xfea\x00",
}

func TestConformanceUTF8(t *testing.T) {
	t.Parallel()
	var cases []exchange
	for _, r := range validRunes {
		text := ask(r)
		cases = append(cases, exchange{fmt.Sprintf("valid %+q", r), once(masked(fin|opText, text)), answers(r + " ok")})
		start := strings.Index(text, r)
		for cut := 1; cut < len(r); cut++ {
			cases = append(cases, exchange{
				fmt.Sprintf("valid %+q, a new fragment after byte %d", r, cut),
				once(pieces(opText, text[:start+cut], text[start+cut:])...), answers(r + " ok"),
			})
		}
		cases = append(cases, exchange{
			fmt.Sprintf("valid %+q, a fragment and a ping for each byte", r),
			pingedPieces(text),
			outcome{answers: []string{r + " ok"}, pongs: make([]string, len(text)-1)},
		})
	}
	for name, bytes := range invalidSequences {
		text := ask(bytes)
		start := strings.Index(text, bytes)
		cases = append(cases,
			exchange{name, once(masked(fin|opText, text)), closes(1007)},
			exchange{name + " alone", once(masked(fin|opText, bytes)), closes(1007)},
			exchange{name + " at the end", once(masked(fin|opText, text+bytes)), closes(1007)},
			exchange{name + " in fragments", once(pieces(opText, text[:start+1], text[start+1:])...), closes(1007)},
			exchange{name + " in binary", once(masked(fin|opBinary, bytes)), answers("- INVALID_ARGUMENT")},
		)
	}
	runExchanges(t, cases)
}

// pingedPieces cuts a text into fragments of one byte, with an empty ping after each but the last.
func pingedPieces(text string) [][]byte {
	var letters []string
	for i := range len(text) {
		letters = append(letters, text[i:i+1])
	}
	var out [][]byte
	for i, piece := range pieces(opText, letters...) {
		if i > 0 {
			out = append(out, masked(fin|opPing, ""))
		}
		out = append(out, piece)
	}
	return once(out...)
}

// brokenTexts are frames that are fine for RFC 6455 and none of this protocol.
var brokenTexts = map[string]string{
	"nothing":            "",
	"a blank":            " ",
	"NUL":                "\x00",
	"no JSON":            "hello",
	"half an object":     `{"id":"a"`,
	"an object and more": ask("a") + "x",
	"two objects":        ask("a") + ask("b"),
	"an array":           `[` + ask("a") + `]`,
	"a string":           `"ping"`,
	"a number":           `7`,
	"null":               `null`,
	"single quotes":      `{'id':'a','type':'ping'}`,
	"a trailing comma":   `{"id":"a","type":"ping",}`,
	"a comment":          `{"id":"a","type":"ping"}//`,
	"a byte order mark":  "\ufeff" + ask("a"),
	"a control byte":     "{\"id\":\"\x01\",\"type\":\"ping\"}",
	"deep arrays":        strings.Repeat("[", 60_000),
	"no id":              `{"type":"ping"}`,
	"an id of a number":  `{"id":1,"type":"ping"}`,
	"a long id":          ask(strings.Repeat("x", 65)),
}

func TestConformanceMalformedTextIsAnsweredAndLivesOn(t *testing.T) {
	t.Parallel()
	var cases []exchange
	for name, text := range brokenTexts {
		cases = append(cases, exchange{name, once(masked(fin|opText, text)), answers("- INVALID_ARGUMENT")})
	}
	cases = append(cases, exchange{
		"with an id", once(masked(fin|opText, `{"id":"a","type":7}`)), answers("a INVALID_ARGUMENT"),
	}, exchange{
		"of a type that nobody knows", once(masked(fin|opText, `{"id":"a","type":"b"}`)), answers("a INVALID_ARGUMENT"),
	}, exchange{
		"binary", once(masked(fin|opBinary, ask("a"))), answers("- INVALID_ARGUMENT"),
	})
	runExchanges(t, cases)
}

func TestConformanceTheTenthMalformedFrameCloses(t *testing.T) {
	t.Parallel()
	w := quietWorld(t)
	for name, bad := range map[string][][]byte{
		"text":       {masked(fin|opText, "x")},
		"binary":     {masked(fin|opBinary, "x")},
		"empty":      {masked(fin|opText, "")},
		"fragmented": pieces(opText, "x", "y"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := connectRaw(t, w)
			for range 9 {
				c.write(bad...)
				require.Equal(t, answers("- INVALID_ARGUMENT"), c.lives())
			}
			c.write(bad...)
			require.Equal(t, outcome{answers: []string{"- INVALID_ARGUMENT"}, code: 4503}, c.dies())
		})
	}
}
