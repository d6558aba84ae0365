// Package input reads the ids and page sizes of requests. An id in a path that is no id names nothing that exists: 404. In a
// body or a query it is a mistake of the caller: INVALID_ARGUMENT with the field.
package input

import (
	"fmt"
	"strings"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
)

const (
	defaultLimit = 50
	maxLimit     = 200
)

// PathID reads an id of a path; notFound is the error of its kind.
func PathID(text string, notFound *errs.Error) (int64, error) {
	id, err := model.ParseID(text)
	if err != nil {
		return 0, notFound
	}
	return id, nil
}

// PathConversation checks a conversation id of a path.
func PathConversation(text string) error {
	if _, err := model.ParseConversationID(text); err != nil {
		return errs.ErrConversationNotFound
	}
	return nil
}

// PathMessage checks the conversation id of a path and reads the seq of a message in it.
func PathMessage(conversation, seq string) (int64, error) {
	if err := PathConversation(conversation); err != nil {
		return 0, err
	}
	return PathID(seq, errs.ErrMessageNotFound)
}

// ID reads an id of a body or a query.
func ID(field, text string) (int64, error) {
	id, err := model.ParseID(text)
	if err != nil {
		return 0, errs.InvalidField(field, "must be an id")
	}
	return id, nil
}

// OptionalID is ID, with zero for an empty text.
func OptionalID(field, text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	return ID(field, text)
}

// IDs reads a list of ids of a body.
func IDs(field string, texts []string) ([]int64, error) {
	ids := make([]int64, 0, len(texts))
	for i, text := range texts {
		id, err := ID(fmt.Sprintf("%s[%d]", field, i), text)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// IDList reads ids with commas between them, at most 200.
func IDList(field, text string) ([]int64, error) {
	parts := strings.Split(text, ",")
	if len(parts) > maxLimit {
		return nil, errs.InvalidField(field, fmt.Sprintf("must be at most %d ids", maxLimit))
	}
	ids := make([]int64, 0, len(parts))
	for _, part := range parts {
		id, err := ID(field, part)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// Limit is how many items a page has: the default when it was not said.
func Limit(limit int32) (int32, error) {
	switch {
	case limit == 0:
		return defaultLimit, nil
	case limit < 0 || limit > maxLimit:
		return 0, errs.InvalidField("limit", fmt.Sprintf("must be from 1 to %d", maxLimit))
	}
	return limit, nil
}
