// Package etc embeds the configuration file, so that the all-in-one loads the same one with values of its own.
package etc

import _ "embed"

// YAML is gateway.yaml.
//
//go:embed gateway.yaml
var YAML []byte
