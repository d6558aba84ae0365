package httpedge

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"unicode/utf8"

	"im-backend/common/utils/errs"
)

// maxBody bounds a body that no outer wrapper has bounded.
const maxBody = 1 << 20

// Decode fills the struct that v points to from a request, by the tags of goctl: path:"…" from the route, form:"…" from the
// query, json:"…" from the body. A field without ",optional" has to be there. JSON is read strictly, chunked bodies
// included: right types, one value, valid UTF-8; fields that nobody declares are ignored, for clients newer than this
// server. A pointer already in an interface field is filled in its place, so numbers and raw JSON keep their text.
//
// Errors: INVALID_ARGUMENT with every missing or malformed field, PAYLOAD_TOO_LARGE.
func Decode(r *http.Request, v any) error {
	target := reflect.ValueOf(v).Elem()
	fields := fieldsOf(target)
	if err := decodeParams(r, fields); err != nil {
		return err
	}
	var inBody []field
	for _, f := range fields {
		if f.source == fromJSON {
			inBody = append(inBody, f)
		}
	}
	if len(inBody) == 0 {
		return nil
	}
	members, err := readObject(r, inBody)
	if err != nil {
		return err
	}
	return decodeMembers(inBody, members)
}

// readObject reads the body as a JSON object. A POST whose fields are all optional may come without a body.
func readObject(r *http.Request, inBody []field) (map[string]json.RawMessage, error) {
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxBody))
	if err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return nil, errs.ErrPayloadTooLarge
		}
		return nil, errs.InvalidField("body", "cannot be read").Because(err)
	}
	var members map[string]json.RawMessage
	switch {
	case len(bytes.TrimSpace(body)) == 0:
		if r.Method == http.MethodPost && allOptional(inBody) {
			return nil, nil
		}
		return nil, errs.InvalidField("body", "a JSON object is expected")
	case !utf8.Valid(body):
		return nil, errs.InvalidField("body", "is not UTF-8")
	}
	if err := json.Unmarshal(body, &members); err != nil || members == nil {
		return nil, errs.InvalidField("body", notAnObject(err))
	}
	return members, nil
}

func notAnObject(err error) string {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Sprintf("is not valid JSON at byte %d", syntax.Offset)
	}
	return "a JSON object is expected"
}

// decodeMembers sets every field from its member; null is as good as absent.
func decodeMembers(inBody []field, members map[string]json.RawMessage) error {
	var bad []errs.Field
	for _, f := range inBody {
		raw, ok := members[f.name]
		if !ok || string(raw) == "null" {
			if !f.optional {
				bad = append(bad, errs.Field{Field: f.name, Message: "is required"})
			}
			continue
		}
		if err := json.Unmarshal(raw, f.value.Addr().Interface()); err != nil {
			bad = append(bad, typeFault(f.name, err))
			continue
		}
		bad = append(bad, missingInside(f, raw)...)
	}
	if len(bad) > 0 {
		return errs.InvalidFields(bad...)
	}
	return nil
}

// missingInside names the required fields that a nested object lacks.
func missingInside(f field, raw json.RawMessage) []errs.Field {
	t := f.value
	if t.Kind() != reflect.Struct {
		return nil
	}
	var members map[string]json.RawMessage
	_ = json.Unmarshal(raw, &members) // it was decoded before
	var bad []errs.Field
	for _, inner := range fieldsOf(t) {
		if got, ok := members[inner.name]; !inner.optional && (!ok || string(got) == "null") {
			bad = append(bad, errs.Field{Field: f.name + "." + inner.name, Message: "is required"})
		}
	}
	return bad
}

// typeFault says which field of which member has the wrong type.
func typeFault(name string, err error) errs.Field {
	var wrong *json.UnmarshalTypeError
	if !errors.As(err, &wrong) {
		return errs.Field{Field: name, Message: "is not valid"}
	}
	if wrong.Field != "" {
		name += "." + wrong.Field
	}
	return errs.Field{Field: name, Message: "must be " + typeName(wrong.Type)}
}

func typeName(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice, reflect.Array:
		return "an array"
	case reflect.Struct, reflect.Map:
		return "an object"
	default:
		if strings.HasPrefix(t.Kind().String(), "int") {
			return "an integer"
		}
		return "a number"
	}
}
