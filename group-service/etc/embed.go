// Package etc holds the configuration file, for processes that run several services.
package etc

import _ "embed"

// YAML is group.yaml.
//
//go:embed group.yaml
var YAML []byte
