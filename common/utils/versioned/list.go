package versioned

import "strconv"

// Since decides about a list that is asked for by what changed after a version. current is the version of the list, read before
// its rows; from kept on all that was deleted is known. The answer is the version to list from, zero for the whole list; reset
// is true when a version was asked for from which nothing can be told: the list never had it, or it is too old.
func Since(asked, current, kept int64) (since int64, reset bool) {
	if asked > 0 && (asked > current || asked < kept) {
		return 0, true
	}
	return asked, false
}

// Page names the first page of a list at a version, for Load.
func Page(version int64, limit int) string {
	return strconv.FormatInt(version, 10) + "/" + strconv.Itoa(limit)
}
