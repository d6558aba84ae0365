// Package etc holds the service's configuration file, for those who start it in another process.
package etc

import _ "embed"

// YAML is user.yaml.
//
//go:embed user.yaml
var YAML []byte
