package openapi

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"im-backend/api-gateway/internal/export"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/httpedge"
)

type object = map[string]any

var parameter = regexp.MustCompile(`:([A-Za-z]+)`)

// Document is the OpenAPI 3 document as JSON.
func Document() ([]byte, error) {
	s := &schemas{components: object{}}
	paths := map[string]object{}
	for _, op := range Operations() {
		path := parameter.ReplaceAllString(op.Path, "{$1}")
		if paths[path] == nil {
			paths[path] = object{}
		}
		paths[path][strings.ToLower(op.Method)] = s.operation(op)
	}
	problem := s.of(reflect.TypeFor[httpedge.Problem]())
	s.enumerate("Problem", "reason", errs.Reasons())
	doc, err := json.MarshalIndent(object{
		"openapi": "3.0.3",
		"info": object{
			"title": "IM backend", "version": "v1",
			"description": "Ids are decimal strings, times are unix milliseconds. Every error is application/problem+json " +
				"with a stable reason. Lists take limit (default 50, at most 200) and cursor.",
		},
		"paths": paths,
		"components": object{
			"schemas":         s.components,
			"securitySchemes": object{"bearer": object{"type": "http", "scheme": "bearer"}},
			"responses": object{"Problem": object{
				"description": "an error", "content": object{"application/problem+json": object{"schema": problem}},
			}},
		},
		"security": []object{{"bearer": []string{}}},
	}, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encode OpenAPI document: %w", err)
	}
	return doc, nil
}

func (s *schemas) operation(op Operation) object {
	responses := object{
		strconv.Itoa(op.Status): s.success(op.Response),
		"default":               object{"$ref": "#/components/responses/Problem"},
	}
	if other, ok := others[op.ID]; ok {
		responses[strconv.Itoa(other.Status)] = s.success(other.Response)
	}
	out := object{"operationId": op.ID, "summary": op.Summary, "tags": []string{op.Tag}, "responses": responses}
	if op.Public {
		out["security"] = []object{}
	}
	if op.Request != nil {
		s.request(out, reflect.TypeOf(op.Request))
	}
	return out
}

// success is an answer with a body of the type of response; nil: without a body.
func (s *schemas) success(response any) object {
	out := object{"description": "success"}
	if response != nil {
		kind := "application/json"
		if _, lines := response.(export.Line); lines {
			kind = export.ContentType
		}
		out["content"] = object{kind: object{"schema": s.of(reflect.TypeOf(response))}}
	}
	return out
}

// request splits a request type into parameters and a body, by the tags that httpedge.Decode reads.
func (s *schemas) request(out object, t reflect.Type) {
	var parameters []object
	for i := range t.NumField() {
		f := t.Field(i)
		for tag, in := range map[string]string{"path": "path", "form": "query"} {
			if text, ok := f.Tag.Lookup(tag); ok {
				name, options, _ := strings.Cut(text, ",")
				parameters = append(parameters, object{
					"name": name, "in": in, "required": !strings.Contains(options, "optional"), "schema": s.of(f.Type),
				})
			}
		}
	}
	if len(parameters) > 0 {
		out["parameters"] = parameters
	}
	if body := s.of(t); hasProperties(s.components[nameOf(t)]) {
		out["requestBody"] = object{"content": object{"application/json": object{"schema": body}}}
	} else {
		delete(s.components, nameOf(t))
	}
}

func hasProperties(schema any) bool {
	s, _ := schema.(object)
	properties, _ := s["properties"].(object)
	return len(properties) > 0
}
