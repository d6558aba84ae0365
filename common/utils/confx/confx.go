// Package confx loads configuration strictly: an unknown key or an unset ${NAME} is an error that names it, and all faults
// are reported at once. go-zero alone ignores both. Defaults, ranges and options stay with go-zero's tags. The environment
// overrides every key, by the name that EnvName makes of the service's name and the key's path.
package confx

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/zeromicro/go-zero/core/conf"
	"gopkg.in/yaml.v3"
)

// Lookup answers the value of a name used as ${NAME}.
type Lookup func(name string) (string, bool)

// Values is a Lookup over a map, for configurations made in code.
func Values(m map[string]string) Lookup {
	return func(name string) (string, bool) {
		v, ok := m[name]
		return v, ok
	}
}

// LoadFile reads a YAML file into the struct that v points to, with the environment for ${NAME} and for overrides. A name of
// the environment that looks like an override of the service and is none is an error.
func LoadFile(path string, v any) error {
	text, err := os.ReadFile(path) //nolint:gosec // the operator names the file
	if err != nil {
		return fmt.Errorf("read config: %w", err)
	}
	if err := load(text, os.LookupEnv, os.Environ(), v); err != nil {
		return fmt.Errorf("load %s: %w", path, err)
	}
	return nil
}

// Load reads YAML into the struct that v points to. ${NAME} and ${NAME:-default} are filled in from lookup, which also has the
// overrides; a struct with a Validate method is validated.
func Load(text []byte, lookup Lookup, v any) error { return load(text, lookup, nil, v) }

func load(text []byte, lookup Lookup, environ []string, v any) error {
	expanded, errs := expand(string(text), lookup)
	var tree map[string]any
	if err := yaml.Unmarshal([]byte(expanded), &tree); err != nil {
		return errors.Join(append(errs, fmt.Errorf("parse: %w", err))...)
	}
	for _, key := range unknownKeys(reflect.TypeOf(v), tree, "") {
		errs = append(errs, fmt.Errorf("unknown key %s", key))
	}
	changed, faults := override(reflect.TypeOf(v), tree, lookup, environ)
	errs = append(append(errs, faults...), misfits(reflect.TypeOf(v), tree)...)
	if len(errs) > 0 {
		slices.SortFunc(errs, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
		return errors.Join(errs...)
	}
	final := []byte(expanded)
	if changed {
		var err error
		if final, err = yaml.Marshal(tree); err != nil {
			return fmt.Errorf("write overridden config: %w", err)
		}
	}
	return conf.LoadFromYamlBytes(final, v)
}

var placeholder = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)(:-([^}]*))?\}`)

// expand leaves every $ that is not a ${NAME} alone, so that passwords keep theirs.
func expand(text string, lookup Lookup) (string, []error) {
	var errs []error
	out := placeholder.ReplaceAllStringFunc(text, func(match string) string {
		parts := placeholder.FindStringSubmatch(match)
		if value, ok := lookup(parts[1]); ok {
			return value
		}
		if parts[2] == "" {
			errs = append(errs, fmt.Errorf("${%s} is not set", parts[1]))
		}
		return parts[3]
	})
	return out, errs
}

// unknownKeys lists the keys of tree that t does not declare, with their paths. Keys match without case, as in go-zero.
func unknownKeys(t reflect.Type, tree any, path string) []string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	var unknown []string
	switch node := tree.(type) {
	case map[string]any:
		if t.Kind() != reflect.Struct {
			return nil
		}
		fields := map[string]reflect.Type{}
		declared(t, fields)
		for key, value := range node {
			at := strings.TrimPrefix(path+"."+key, ".")
			if field, ok := fields[strings.ToLower(key)]; ok {
				unknown = append(unknown, unknownKeys(field, value, at)...)
			} else {
				unknown = append(unknown, at)
			}
		}
	case []any:
		if t.Kind() != reflect.Slice {
			return nil
		}
		for i, item := range node {
			unknown = append(unknown, unknownKeys(t.Elem(), item, fmt.Sprintf("%s[%d]", path, i))...)
		}
	}
	slices.Sort(unknown)
	return unknown
}

// declared collects the fields of a struct under their lower-case names, embedded structs flattened.
func declared(t reflect.Type, into map[string]reflect.Type) {
	for field := range fieldsOf(t) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if field.Anonymous && name == "" {
			declared(field.Type, into)
			continue
		}
		if name == "" {
			name = field.Name
		}
		into[strings.ToLower(name)] = field.Type
	}
}

func fieldsOf(t reflect.Type) func(yield func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for i := range t.NumField() {
			if f := t.Field(i); (f.IsExported() || f.Anonymous) && !yield(f) {
				return
			}
		}
	}
}
