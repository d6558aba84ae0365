// Package etc holds the configuration file, for processes that run several services.
package etc

import _ "embed"

// YAML is friend.yaml.
//
//go:embed friend.yaml
var YAML []byte
