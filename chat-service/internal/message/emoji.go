package message

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"im-backend/common/utils/errs"
)

// Limits of a reaction.
const (
	maxEmoji  = 64 // bytes: the longest emoji of families and flags has half of it
	maxCustom = 32 // characters between the colons of a custom one
)

// CheckEmoji refuses what is no reaction: one emoji, of as many code points as it takes, or a name between colons that clients
// have a picture for. Errors: INVALID_ARGUMENT.
func CheckEmoji(s string) error {
	if len(s) <= maxEmoji && utf8.ValidString(s) && (isCustom(s) || isEmoji([]rune(s))) {
		return nil
	}
	return errs.InvalidField("emoji", "one emoji, or :name: with up to 32 of a-z, 0-9, _, + and -")
}

func isCustom(s string) bool {
	rest, opened := strings.CutPrefix(s, ":")
	name, closed := strings.CutSuffix(rest, ":")
	return opened && closed && name != "" && len(name) <= maxCustom &&
		!strings.ContainsFunc(name, func(r rune) bool { return !strings.ContainsRune(customLetters, r) })
}

const customLetters = "abcdefghijklmnopqrstuvwxyz0123456789_+-"

// Code points that join others to one emoji (UTS #51).
const (
	zeroWidthJoiner = 0x200d
	emojiVariation  = 0xfe0f
	keycap          = 0x20e3
	tagEnd          = 0xe007f
)

// isEmoji reports whether code points are one emoji: a flag of two letters, a keycap, or pictures joined to one, each with its
// variation, skin or tags.
func isEmoji(s []rune) bool {
	switch {
	case len(s) == 2 && isFlagLetter(s[0]):
		return isFlagLetter(s[1])
	case len(s) > 1 && strings.ContainsRune("0123456789#*", s[0]):
		rest := s[1:]
		if rest[0] == emojiVariation {
			rest = rest[1:]
		}
		return len(rest) == 1 && rest[0] == keycap
	}
	for {
		rest, ok := cutPicture(s)
		switch {
		case !ok:
			return false
		case len(rest) == 0:
			return true
		case rest[0] != zeroWidthJoiner:
			return false
		}
		s = rest[1:]
	}
}

func isFlagLetter(r rune) bool { return 0x1f1e6 <= r && r <= 0x1f1ff }

// cutPicture takes one picture with what belongs to it from the front.
func cutPicture(s []rune) (rest []rune, ok bool) {
	if len(s) == 0 || !unicode.Is(pictures, s[0]) {
		return nil, false
	}
	s = s[1:]
	if len(s) > 0 && (s[0] == emojiVariation || isSkin(s[0])) {
		s = s[1:]
	}
	tags := 0
	for tags < len(s) && 0xe0020 <= s[tags] && s[tags] < tagEnd {
		tags++
	}
	if tags == 0 {
		return s, true
	}
	if tags == len(s) || s[tags] != tagEnd {
		return nil, false
	}
	return s[tags+1:], true
}

func isSkin(r rune) bool { return 0x1f3fb <= r && r <= 0x1f3ff }

// pictures are the code points with the property Extended_Pictographic (Unicode 15, emoji-data.txt), and the skins, which are
// emoji when they stand alone.
var pictures = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x00a9, 0x00a9, 1},
		{0x00ae, 0x00ae, 1},
		{0x203c, 0x203c, 1},
		{0x2049, 0x2049, 1},
		{0x2122, 0x2122, 1},
		{0x2139, 0x2139, 1},
		{0x2194, 0x2199, 1},
		{0x21a9, 0x21aa, 1},
		{0x231a, 0x231b, 1},
		{0x2328, 0x2328, 1},
		{0x2388, 0x2388, 1},
		{0x23cf, 0x23cf, 1},
		{0x23e9, 0x23f3, 1},
		{0x23f8, 0x23fa, 1},
		{0x24c2, 0x24c2, 1},
		{0x25aa, 0x25ab, 1},
		{0x25b6, 0x25b6, 1},
		{0x25c0, 0x25c0, 1},
		{0x25fb, 0x25fe, 1},
		{0x2600, 0x2605, 1},
		{0x2607, 0x2612, 1},
		{0x2614, 0x2685, 1},
		{0x2690, 0x2705, 1},
		{0x2708, 0x2712, 1},
		{0x2714, 0x2714, 1},
		{0x2716, 0x2716, 1},
		{0x271d, 0x271d, 1},
		{0x2721, 0x2721, 1},
		{0x2728, 0x2728, 1},
		{0x2733, 0x2734, 1},
		{0x2744, 0x2744, 1},
		{0x2747, 0x2747, 1},
		{0x274c, 0x274c, 1},
		{0x274e, 0x274e, 1},
		{0x2753, 0x2755, 1},
		{0x2757, 0x2757, 1},
		{0x2763, 0x2767, 1},
		{0x2795, 0x2797, 1},
		{0x27a1, 0x27a1, 1},
		{0x27b0, 0x27b0, 1},
		{0x27bf, 0x27bf, 1},
		{0x2934, 0x2935, 1},
		{0x2b05, 0x2b07, 1},
		{0x2b1b, 0x2b1c, 1},
		{0x2b50, 0x2b50, 1},
		{0x2b55, 0x2b55, 1},
		{0x3030, 0x3030, 1},
		{0x303d, 0x303d, 1},
		{0x3297, 0x3297, 1},
		{0x3299, 0x3299, 1},
	},
	R32: []unicode.Range32{
		{0x1f000, 0x1f0ff, 1},
		{0x1f10d, 0x1f10f, 1},
		{0x1f12f, 0x1f12f, 1},
		{0x1f16c, 0x1f171, 1},
		{0x1f17e, 0x1f17f, 1},
		{0x1f18e, 0x1f18e, 1},
		{0x1f191, 0x1f19a, 1},
		{0x1f1ad, 0x1f1e5, 1},
		{0x1f201, 0x1f20f, 1},
		{0x1f21a, 0x1f21a, 1},
		{0x1f22f, 0x1f22f, 1},
		{0x1f232, 0x1f23a, 1},
		{0x1f23c, 0x1f23f, 1},
		{0x1f249, 0x1f53d, 1},
		{0x1f546, 0x1f64f, 1},
		{0x1f680, 0x1f6ff, 1},
		{0x1f774, 0x1f77f, 1},
		{0x1f7d5, 0x1f7ff, 1},
		{0x1f80c, 0x1f80f, 1},
		{0x1f848, 0x1f84f, 1},
		{0x1f85a, 0x1f85f, 1},
		{0x1f888, 0x1f88f, 1},
		{0x1f8ae, 0x1f8ff, 1},
		{0x1f90c, 0x1f93a, 1},
		{0x1f93c, 0x1f945, 1},
		{0x1f947, 0x1faff, 1},
		{0x1fc00, 0x1fffd, 1},
	},
	LatinOffset: 2,
}
