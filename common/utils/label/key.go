package label

import (
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// MaxKey is how many characters a Key has at most: the width of the columns that hold one.
const MaxKey = 128

// Key is the form of a text in which texts are compared, sorted and looked up by their beginning: that of Unicode's NFKC with all
// cases folded, so that neither case, nor width, nor the way a letter with its accents is composed makes a difference. It has
// at most MaxKey characters; of a longer one the beginning counts. Key of a Key is the Key.
func Key(s string) string {
	folded := Fold(s)
	n := 0
	for i := range folded {
		if n == MaxKey {
			return folded[:i]
		}
		n++
	}
	return folded
}

// Fold is Key without its bound: for texts that are searched as a whole. Fold of a Fold is the Fold.
func Fold(s string) string {
	return fold(fold(norm.NFD.String(s))) // twice, as Unicode defines it: what is taken apart may have cases too
}

func fold(s string) string { return norm.NFKC.String(cases.Fold().String(s)) }
