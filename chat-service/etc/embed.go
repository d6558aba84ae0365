// Package etc has the service's configuration file, for programs that run the service inside themselves.
package etc

import _ "embed"

// YAML is chat.yaml.
//
//go:embed chat.yaml
var YAML []byte
