// Package page has the rules of every list: how many items a page has, and cursors that callers cannot read.
package page

import (
	"encoding/base64"
	"encoding/json"

	"im-backend/common/utils/errs"
)

// The sizes of a page.
const (
	DefaultLimit = 50
	MaxLimit     = 200
)

// Limit is the size of the page asked for; zero asks for DefaultLimit. Errors: INVALID_ARGUMENT.
func Limit(asked int32) (int, error) {
	switch {
	case asked == 0:
		return DefaultLimit, nil
	case asked < 0 || asked > MaxLimit:
		return 0, errs.InvalidField("limit", "must be 1 to 200")
	}
	return int(asked), nil
}

// Cursor writes a position as opaque text.
func Cursor(position any) string {
	raw, err := json.Marshal(position)
	if err != nil {
		panic(err) // positions are structs of numbers and strings
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

// Parse reads a cursor into the position that v points to, and leaves it alone when there is none. Errors: INVALID_ARGUMENT.
func Parse(cursor string, v any) error {
	if cursor == "" {
		return nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err == nil {
		err = json.Unmarshal(raw, v)
	}
	if err != nil {
		return errs.InvalidField("cursor", "is not a cursor of this list")
	}
	return nil
}
