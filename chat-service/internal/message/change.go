package message

import (
	"encoding/json"
	"slices"
	"strings"

	"im-backend/common/utils/errs"
)

// Empty is the content of a message that was recalled.
const Empty = "{}"

// TextContent checks the text and mentions that an edit puts in place of a message's own, and answers the canonical JSON.
// Errors: INVALID_ARGUMENT.
func TextContent(content []byte, mentions []string) ([]byte, error) {
	var bad []errs.Field
	canonical, problem := checkContent(Text, content)
	if problem != nil {
		bad = append(bad, *problem)
	}
	if !validMentions(mentions) {
		bad = append(bad, errs.Field{Field: "mentions", Message: mentionRule})
	}
	if len(bad) > 0 {
		return nil, errs.InvalidFields(bad...)
	}
	return canonical, nil
}

// RecallContent is the content of the entry that recalls another.
func RecallContent(target int64) []byte { return changeContent(target, nil) }

// EditContent is the content of the entry that edits another; content is what the other one gets, nil when that was recalled.
func EditContent(target int64, content []byte) []byte {
	if content == nil {
		return changeContent(target, nil)
	}
	return changeContent(target, map[string]any{"content": json.RawMessage(content)})
}

// Target answers which entry the content of a changing entry names; zero: none.
func Target(content []byte) int64 {
	var named struct {
		TargetSeq int64 `json:"targetSeq"`
	}
	_ = json.Unmarshal(content, &named) // our own content always has it
	return named.TargetSeq
}

// ReactionContent is the content of the entry that adds a reaction to another, or takes one back.
func ReactionContent(target int64, emoji string, removed bool) []byte {
	return changeContent(target, map[string]any{"emoji": emoji, "removed": removed})
}

// PinContent is the content of the entry that pins another, or unpins it.
func PinContent(target int64, removed bool) []byte {
	return changeContent(target, map[string]any{"removed": removed})
}

func changeContent(target int64, more map[string]any) []byte {
	object := map[string]any{"targetSeq": target}
	for key, value := range more {
		object[key] = value
	}
	out, _ := encode(object) // strings, numbers and JSON always encode
	return out
}

// Lasting reports whether what entries of a type say stays as it is: no later entry takes it back.
func Lasting(kind string) bool { return !Is(kind) && kind != Edit }

// Changes reports whether entries of a type change what another entry says or carries.
func Changes(kind string) bool { return kind == Recall || kind == Edit || kind == Reaction }

// MentionList takes the stored form of mentions apart.
func MentionList(joined string) []string {
	if joined == "" {
		return nil
	}
	return strings.Split(joined, ",")
}

// Distinct is mentions without repeats, in their order.
func Distinct(mentions []string) []string {
	var out []string
	for _, m := range mentions {
		if !slices.Contains(out, m) {
			out = append(out, m)
		}
	}
	return out
}
