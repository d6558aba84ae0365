package httpedge

import (
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/zeromicro/go-zero/rest/pathvar"

	"im-backend/common/utils/errs"
)

// source is where a field comes from; it is the name of its tag.
type source string

const (
	fromPath source = "path"
	fromForm source = "form"
	fromJSON source = "json"
)

// field is one tagged field of a request struct.
type field struct {
	source   source
	name     string
	optional bool
	value    reflect.Value
}

// fieldsOf lists the tagged fields of a struct, embedded structs flattened.
func fieldsOf(v reflect.Value) []field {
	var fields []field
	for i := range v.NumField() {
		declared := v.Type().Field(i)
		if declared.Anonymous && declared.Type.Kind() == reflect.Struct {
			fields = append(fields, fieldsOf(v.Field(i))...)
			continue
		}
		for _, from := range []source{fromPath, fromForm, fromJSON} {
			if tag, ok := declared.Tag.Lookup(string(from)); ok {
				name, options, _ := strings.Cut(tag, ",")
				fields = append(fields, field{
					source: from, name: name, value: v.Field(i),
					optional: strings.Contains(options, "optional") || strings.Contains(options, "default="),
				})
				break
			}
		}
	}
	return fields
}

func allOptional(fields []field) bool {
	for _, f := range fields {
		if !f.optional {
			return false
		}
	}
	return true
}

// decodeParams sets the fields of path and query. Text that is not UTF-8 is refused here: no RPC could carry it.
func decodeParams(r *http.Request, fields []field) error {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return errs.InvalidField("query", "is not a valid query string")
	}
	vars := pathvar.Vars(r)
	var bad []errs.Field
	for _, f := range fields {
		var text string
		switch f.source {
		case fromPath:
			text = vars[f.name]
		case fromForm:
			text = query.Get(f.name)
		case fromJSON:
			continue
		}
		if text == "" {
			if !f.optional {
				bad = append(bad, errs.Field{Field: f.name, Message: "is required"})
			}
			continue
		}
		if message := setText(f.value, text); message != "" {
			bad = append(bad, errs.Field{Field: f.name, Message: message})
		}
	}
	if len(bad) > 0 {
		return errs.InvalidFields(bad...)
	}
	return nil
}

// setText sets a string, an integer, a bool or a pointer to one, and answers what is wrong with the text.
func setText(v reflect.Value, text string) string {
	switch v.Kind() {
	case reflect.Pointer:
		inner := reflect.New(v.Type().Elem())
		if message := setText(inner.Elem(), text); message != "" {
			return message
		}
		v.Set(inner)
	case reflect.String:
		if !utf8.ValidString(text) {
			return "is not UTF-8"
		}
		v.SetString(text)
	case reflect.Int32, reflect.Int64, reflect.Int:
		n, err := strconv.ParseInt(text, 10, v.Type().Bits())
		if err != nil {
			return "must be an integer"
		}
		v.SetInt(n)
	case reflect.Bool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return "must be true or false"
		}
		v.SetBool(b)
	default:
		return "is not supported"
	}
	return ""
}
