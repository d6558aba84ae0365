package system

import (
	"reflect"
	"strings"
)

// splitLists splits the servers in a configuration that were given as one text joined by commas: a placeholder in a list of
// the file is one element of it.
func splitLists(config any) {
	split(reflect.ValueOf(config).Elem())
}

func split(v reflect.Value) {
	if v.Kind() != reflect.Struct {
		return
	}
	for n := range v.NumField() {
		field := v.Field(n)
		if !field.CanSet() {
			continue
		}
		name := v.Type().Field(n).Name
		hosts, isList := field.Interface().([]string)
		if isList && (name == "Hosts" || name == "Brokers") {
			field.Set(reflect.ValueOf(strings.Split(strings.Join(hosts, ","), ",")))
			continue
		}
		split(field)
	}
}
