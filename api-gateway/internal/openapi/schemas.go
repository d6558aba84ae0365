package openapi

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
)

// schemas collects the schemas of named structs.
type schemas struct{ components object }

// of answers the schema of a type; structs are defined once and referred to.
func (s *schemas) of(t reflect.Type) object {
	if t == reflect.TypeFor[json.RawMessage]() {
		return object{"type": "object"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return s.of(t.Elem())
	case reflect.String:
		return object{"type": "string"}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Int, reflect.Int32, reflect.Int64:
		return object{"type": "integer", "format": "int64"}
	case reflect.Slice:
		return object{"type": "array", "items": s.of(t.Elem())}
	case reflect.Struct:
		if _, known := s.components[t.Name()]; !known {
			s.components[t.Name()] = object{} // ends recursion
			s.components[t.Name()] = s.structure(t)
		}
		return object{"$ref": "#/components/schemas/" + t.Name()}
	default:
		return object{"type": "object"}
	}
}

func (s *schemas) structure(t reflect.Type) object {
	properties, required := object{}, []string{}
	s.collect(t, properties, &required)
	out := object{"type": "object", "properties": properties}
	if len(required) > 0 {
		slices.Sort(required)
		out["required"] = required
	}
	return out
}

// enumerate names the values that a property of a collected struct has.
func (s *schemas) enumerate(structure, property string, values []string) {
	schema, _ := s.components[structure].(object)
	properties, _ := schema["properties"].(object)
	named, _ := properties[property].(object)
	named["enum"] = values
}

// collect adds the JSON members of a struct, embedded structs flattened.
func (s *schemas) collect(t reflect.Type, properties object, required *[]string) {
	for i := range t.NumField() {
		f := t.Field(i)
		tag, tagged := f.Tag.Lookup("json")
		if f.Anonymous && !tagged {
			s.collect(f.Type, properties, required)
			continue
		}
		name, options, _ := strings.Cut(tag, ",")
		if !tagged || name == "-" {
			continue
		}
		schema := s.of(f.Type)
		if _, list, ok := strings.Cut(options, "options="); ok {
			schema["enum"] = strings.Split(list, "|")
		}
		properties[name] = schema
		if !strings.Contains(options, "optional") && !strings.Contains(options, "omitempty") {
			*required = append(*required, name)
		}
	}
}
