package openapi

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"im-backend/common/utils/wire"
)

// schemas collects the schemas of named structs.
type schemas struct{ components object }

// summaries are the types whose name another type has too: what a conversation says of its peer and its group.
var summaries = map[reflect.Type]string{
	reflect.TypeFor[wire.Group](): "GroupSummary",
	reflect.TypeFor[wire.Peer]():  "PeerSummary",
}

// nameOf is the name of the schema of a struct.
func nameOf(t reflect.Type) string {
	if name, ok := summaries[t]; ok {
		return name
	}
	return t.Name()
}

// messages are the fields, by schema and name, that hold log entries as bytes that were encoded already.
var messages = map[string]bool{
	"Conversation.lastMessage": true, "SyncConversation.lastMessage": true, "SyncConversation.messages": true,
	"MessageList.items": true, "FoundMessages.items": true, "Pin.message": true,
}

// field is the schema of a field of a struct.
func (s *schemas) field(owner, name string, t reflect.Type) object {
	if !messages[owner+"."+name] {
		return s.of(t)
	}
	message := s.of(reflect.TypeFor[wire.Message]())
	switch {
	case t.Kind() == reflect.Slice && t != reflect.TypeFor[json.RawMessage]():
		return object{"type": "array", "items": message}
	case name == "lastMessage": // there is none before the first entry
		return object{"nullable": true, "allOf": []object{message}}
	}
	return message
}

// of answers the schema of a type; structs are defined once and referred to.
func (s *schemas) of(t reflect.Type) object {
	if t == reflect.TypeFor[json.RawMessage]() {
		return object{"type": "object", "additionalProperties": true}
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
		name := nameOf(t)
		if _, known := s.components[name]; !known {
			s.components[name] = object{} // ends recursion
			s.components[name] = s.structure(name, t)
		}
		return object{"$ref": "#/components/schemas/" + name}
	default:
		return object{"type": "object", "additionalProperties": true}
	}
}

func (s *schemas) structure(owner string, t reflect.Type) object {
	properties, required := object{}, []string{}
	s.collect(owner, t, properties, &required)
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
func (s *schemas) collect(owner string, t reflect.Type, properties object, required *[]string) {
	for i := range t.NumField() {
		f := t.Field(i)
		tag, tagged := f.Tag.Lookup("json")
		if f.Anonymous && !tagged {
			s.collect(owner, f.Type, properties, required)
			continue
		}
		name, options, _ := strings.Cut(tag, ",")
		if !tagged || name == "-" {
			continue
		}
		schema := s.field(owner, name, f.Type)
		if _, list, ok := strings.Cut(options, "options="); ok {
			schema["enum"] = strings.Split(list, "|")
		}
		properties[name] = schema
		if !strings.Contains(options, "optional") && !strings.Contains(options, "omitempty") {
			*required = append(*required, name)
		}
	}
}
