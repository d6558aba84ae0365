package confx

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// EnvName is the name in the environment that overrides a key of a service: IM_CHAT_COMMITTER_LANES for Committer.Lanes of chat.
func EnvName(service, path string) string {
	return strings.ToUpper("IM_" + service + "_" + strings.ReplaceAll(path, ".", "_"))
}

// Keys lists every key that the struct which v is, or points to, can be given, but for those inside lists, sorted.
func Keys(v any) []string {
	var paths []string
	for path := range leaves(reflect.TypeOf(v), "") {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	return paths
}

// leaves answers the values of a struct by their paths.
func leaves(t reflect.Type, path string) map[string]reflect.Type {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return map[string]reflect.Type{path: t}
	}
	all := map[string]reflect.Type{}
	for field := range fieldsOf(t) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		at := path
		if !field.Anonymous || name != "" {
			if name == "" {
				name = field.Name
			}
			at = strings.TrimPrefix(path+"."+name, ".")
		}
		for leaf, kind := range leaves(field.Type, at) {
			all[leaf] = kind
		}
	}
	return all
}

// override puts what lookup has for the keys of t into tree and reports whether there was anything. environ is what of the
// environment has to be known: a name of the service's that is no key is a fault.
func override(t reflect.Type, tree map[string]any, lookup Lookup, environ []string) (changed bool, faults []error) {
	service := serviceOf(tree)
	if service == "" {
		return false, nil
	}
	known := map[string]bool{}
	for path, kind := range leaves(t, "") {
		name := EnvName(service, path)
		known[name] = true
		text, ok := lookup(name)
		if !ok {
			continue
		}
		value, err := parse(kind, text)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", name, err))
			continue
		}
		put(tree, strings.Split(path, "."), value)
		changed = true
	}
	for _, variable := range environ {
		name, _, _ := strings.Cut(variable, "=")
		if strings.HasPrefix(name, EnvName(service, "")) && !known[name] {
			faults = append(faults, fmt.Errorf("%s in the environment overrides no key", name))
		}
	}
	return changed, faults
}

// serviceOf is the service's name in its configuration.
func serviceOf(tree map[string]any) string {
	for key, value := range tree {
		if name, ok := value.(string); ok && strings.EqualFold(key, "name") {
			return name
		}
	}
	return ""
}

// parse makes of a text what a key of a type takes: of a list of texts, those between commas; of what is no single value, YAML.
func parse(t reflect.Type, text string) (any, error) {
	if err := fits(t, text); err != nil {
		return nil, err
	}
	switch t.Kind() { //nolint:exhaustive // what is not a single value is YAML
	case reflect.String:
		return text, nil
	case reflect.Slice:
		if t.Elem().Kind() == reflect.String && !strings.HasPrefix(strings.TrimSpace(text), "[") {
			return splitList(text), nil
		}
	}
	if t == durationType {
		return text, nil
	}
	var value any
	if err := yaml.Unmarshal([]byte(text), &value); err != nil {
		return nil, errors.New("is no YAML") //nolint:err113 // said once; what it is may be a secret
	}
	return value, nil
}

func splitList(text string) []any {
	list := []any{}
	for item := range strings.SplitSeq(text, ",") {
		if item = strings.TrimSpace(item); item != "" {
			list = append(list, item)
		}
	}
	return list
}

// put sets a value in a tree whose keys match without case, and makes the branches that are missing.
func put(tree map[string]any, path []string, value any) {
	name := path[0]
	for key := range tree {
		if strings.EqualFold(key, name) {
			name = key
		}
	}
	if len(path) == 1 {
		tree[name] = value
		return
	}
	branch, ok := tree[name].(map[string]any)
	if !ok {
		branch = map[string]any{}
		tree[name] = branch
	}
	put(branch, path[1:], value)
}

var durationType = reflect.TypeFor[time.Duration]()

// fits reports whether a text is what a key of a type takes. It never says the text, which may be a secret.
func fits(t reflect.Type, text string) (err error) {
	what := ""
	switch {
	case t == durationType:
		what = "a duration such as 1m30s"
		_, err = time.ParseDuration(text)
	case t.Kind() == reflect.Bool:
		what = "true or false"
		_, err = strconv.ParseBool(text)
	case t.Kind() >= reflect.Int && t.Kind() <= reflect.Int64:
		what = "a whole number"
		_, err = strconv.ParseInt(text, 0, 64)
	case t.Kind() >= reflect.Uint && t.Kind() <= reflect.Uint64:
		what = "a whole number from 0"
		_, err = strconv.ParseUint(text, 0, 64)
	case t.Kind() == reflect.Float32 || t.Kind() == reflect.Float64:
		what = "a number"
		_, err = strconv.ParseFloat(text, 64)
	}
	if err != nil {
		return fmt.Errorf("is not %s", what) //nolint:err113 // shown to the operator, never compared
	}
	return nil
}

// misfits lists the values of tree that are not what their keys take, each with its path.
func misfits(t reflect.Type, tree map[string]any) (faults []error) {
	for path, kind := range leaves(t, "") {
		value, ok := get(tree, strings.Split(path, "."))
		if !ok || value == nil || kind.Kind() == reflect.Slice || kind.Kind() == reflect.Map || kind.Kind() == reflect.Interface {
			continue
		}
		if err := fits(kind, fmt.Sprint(value)); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", path, err))
		}
	}
	return faults
}

func get(tree map[string]any, path []string) (any, bool) {
	for key, value := range tree {
		if !strings.EqualFold(key, path[0]) {
			continue
		}
		if len(path) == 1 {
			return value, true
		}
		branch, ok := value.(map[string]any)
		if !ok {
			return nil, false
		}
		return get(branch, path[1:])
	}
	return nil, false
}
