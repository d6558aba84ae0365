package message

import (
	"encoding/json"
	"strconv"
	"strings"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
)

// Limits of the fields of contents, in bytes of UTF-8 unless it is said otherwise.
const (
	maxMediaID   = 64
	maxURL       = 2048
	maxName      = 255
	maxMimeType  = 127
	maxTitle     = 1024
	maxMediaSize = 1 << 40           // bytes of a file
	maxPixels    = 1 << 16           // of one side
	maxDuration  = 7 * 24 * 3600_000 // milliseconds
	maxItems     = 100               // messages of a merged one
	maxMerging   = 3                 // merged messages inside each other
	maxDepth     = 32                // objects and arrays inside each other
	needsSource  = "needs mediaId or url"
)

// schema refuses an object, which stands at a place in a request, that is no content of its type.
type schema func(object map[string]any, at string) *errs.Field

// schemaOf answers the schema of a type that a client may send, nil for any other.
func schemaOf(kind string) schema {
	switch kind {
	case Text:
		return checkText
	case Image, Audio, Video, File:
		return checkMedia
	case Location:
		return checkLocation
	case Card:
		return checkCard
	case Custom:
		return func(map[string]any, string) *errs.Field { return nil }
	case Merged:
		return checkMerged
	}
	return nil
}

// Is reports whether entries of a type are messages, which clients send; all others are of the system or change an entry.
func Is(kind string) bool { return schemaOf(kind) != nil }

func fault(at, name, message string) *errs.Field {
	if name != "" {
		at += "." + name
	}
	return &errs.Field{Field: at, Message: message}
}

func checkText(object map[string]any, at string) *errs.Field {
	text, ok := object["text"].(string)
	switch {
	case !ok || text == "":
		return fault(at, "text", "must not be empty")
	case len(text) > MaxText:
		return fault(at, "text", "up to 16 KiB of UTF-8")
	case strings.ContainsRune(text, 0):
		return fault(at, "text", "must not contain NUL")
	}
	return nil
}

// checkStrings refuses what is no string or too long. A field that is absent or null fits.
func checkStrings(object map[string]any, at string, limits ...textLimit) *errs.Field {
	for _, l := range limits {
		value, isText := object[l.name].(string)
		switch {
		case object[l.name] == nil && !l.needed:
		case object[l.name] == nil:
			return fault(at, l.name, "is missing")
		case !isText:
			return fault(at, l.name, "must be a string")
		case len(value) > l.most:
			return fault(at, l.name, "up to "+strconv.Itoa(l.most)+" bytes")
		case l.check != "" && value != "" && !shapes[l.check](value):
			return fault(at, l.name, l.check)
		}
	}
	return nil
}

// textLimit is what a string has to be; check names one of shapes.
type textLimit struct {
	name   string
	most   int
	needed bool
	check  string
}

const (
	webURL   = "must be an http or https URL"
	mimeType = "must be a media type such as image/png"
)

// shapes are the forms of strings, by what is said of one that has another.
var shapes = map[string]func(string) bool{webURL: isWebURL, mimeType: isMimeType}

var mediaTexts = []textLimit{
	{name: "name", most: maxName, needed: true},
	{name: "mimeType", most: maxMimeType, needed: true, check: mimeType},
	{name: "mediaId", most: maxMediaID},
	{name: "url", most: maxURL, check: webURL},
	{name: "thumbnailUrl", most: maxURL, check: webURL},
}

var mediaNumbers = []struct {
	name string
	most int64
}{{"size", maxMediaSize}, {"width", maxPixels}, {"height", maxPixels}, {"durationMs", maxDuration}}

func checkMedia(object map[string]any, at string) *errs.Field {
	if bad := checkStrings(object, at, mediaTexts...); bad != nil {
		return bad
	}
	if object["size"] == nil {
		return fault(at, "size", "is missing")
	}
	for _, n := range mediaNumbers {
		number, isNumber := object[n.name].(json.Number)
		if object[n.name] == nil {
			continue
		}
		if v, err := number.Int64(); !isNumber || err != nil || v < 0 || v > n.most {
			return fault(at, n.name, "must be an integer from 0 to "+strconv.FormatInt(n.most, 10))
		}
	}
	mediaID, _ := object["mediaId"].(string)
	if url, _ := object["url"].(string); mediaID == "" && url == "" {
		return fault(at, "", needsSource)
	}
	return nil
}

// isWebURL refuses the schemes that do something when a client opens them.
func isWebURL(s string) bool {
	rest, ok := strings.CutPrefix(s, "https://")
	if !ok {
		rest, ok = strings.CutPrefix(s, "http://")
	}
	return ok && rest != "" && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f })
}

func isMimeType(s string) bool {
	kind, sub, ok := strings.Cut(s, "/")
	return ok && kind != "" && sub != "" && printable(strings.ReplaceAll(s, " ", "."))
}

func checkLocation(object map[string]any, at string) *errs.Field {
	for _, c := range []struct {
		name  string
		bound float64
	}{{"latitude", 90}, {"longitude", 180}} {
		number, ok := object[c.name].(json.Number)
		if !ok {
			return fault(at, c.name, "must be a number")
		}
		if v, err := number.Float64(); err != nil || v < -c.bound || v > c.bound {
			return fault(at, c.name, "is out of range")
		}
	}
	return checkTitle(object, at)
}

func checkTitle(object map[string]any, at string) *errs.Field {
	if _, isText := object["title"].(string); !isText {
		return fault(at, "title", "must be a string")
	}
	return checkStrings(object, at, textLimit{name: "title", most: maxTitle})
}

func checkCard(object map[string]any, at string) *errs.Field {
	named := 0
	for _, name := range []string{"userId", "groupId"} {
		id, _ := object[name].(string)
		if _, err := model.ParseID(id); err == nil {
			named++
		} else if object[name] != nil {
			return fault(at, name, "must be an id")
		}
	}
	if named != 1 {
		return fault(at, "", "needs one of userId and groupId")
	}
	return nil
}

// checkMerged takes messages inside of at, each with a type and the content that fits it, in turn.
func checkMerged(object map[string]any, at string) *errs.Field {
	items, _ := object["items"].([]any)
	switch {
	case len(items) == 0:
		return fault(at, "items", "must not be empty")
	case len(items) > maxItems:
		return fault(at, "items", "up to "+strconv.Itoa(maxItems)+" messages")
	case strings.Count(at, "items") >= maxMerging:
		return fault(at, "items", "merged messages stand too deep inside each other")
	}
	for i, one := range items {
		item, _ := one.(map[string]any)
		if bad := checkItem(item, at+".items["+strconv.Itoa(i)+"]"); bad != nil {
			return bad
		}
	}
	return checkTitle(object, at)
}

func checkItem(item map[string]any, at string) *errs.Field {
	kind, _ := item["type"].(string)
	content, isObject := item["content"].(map[string]any)
	check := schemaOf(kind)
	switch {
	case item == nil:
		return fault(at, "", "must be a message")
	case check == nil:
		return fault(at, "type", "unknown message type")
	case !isObject:
		return fault(at, "content", "must be a JSON object")
	}
	if sender, given := item["senderId"]; given {
		text, _ := sender.(string)
		if _, err := model.ParseID(text); err != nil {
			return fault(at, "senderId", "must be an id")
		}
	}
	return check(content, at+".content")
}

// depth is how many objects and arrays stand inside each other; it looks no deeper than needed to know that it is too much.
func depth(v any, left int) int {
	if left == 0 {
		return 0
	}
	deepest := 0
	switch v := v.(type) {
	case map[string]any:
		for _, member := range v {
			deepest = max(deepest, 1+depth(member, left-1))
		}
		return max(deepest, 1)
	case []any:
		for _, member := range v {
			deepest = max(deepest, 1+depth(member, left-1))
		}
		return max(deepest, 1)
	}
	return 0
}
