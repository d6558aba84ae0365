package input

import (
	"strconv"
	"strings"

	"im-backend/api-gateway/internal/types"
	"im-backend/common/utils/errs"
)

// The directions of a history cursor.
const (
	cursorBefore = "before:"
	cursorAfter  = "after:"
)

// HistoryCursor turns a cursor into the beforeSeq or afterSeq that it stands for. Errors: INVALID_ARGUMENT.
func HistoryCursor(req *types.ListMessagesRequest) error {
	if req.Cursor == "" {
		return nil
	}
	bad := errs.InvalidField("cursor", "is not a cursor of this list")
	if req.BeforeSeq != nil || req.AfterSeq != nil {
		return errs.InvalidField("cursor", "not together with beforeSeq or afterSeq")
	}
	text, before := strings.CutPrefix(req.Cursor, cursorBefore)
	if !before {
		var after bool
		if text, after = strings.CutPrefix(req.Cursor, cursorAfter); !after {
			return bad
		}
	}
	seq, err := strconv.ParseInt(text, 10, 64)
	if err != nil || seq < 0 {
		return bad
	}
	if before {
		req.BeforeSeq = &seq
	} else {
		req.AfterSeq = &seq
	}
	return nil
}

// NextHistoryCursor goes on where a page from first to last ended, in the direction of its request.
func NextHistoryCursor(req *types.ListMessagesRequest, first, last int64) string {
	if req.AfterSeq != nil {
		return cursorAfter + strconv.FormatInt(last, 10)
	}
	return cursorBefore + strconv.FormatInt(first, 10)
}
