// Package etc holds the service's configuration file, for those who start it in another process.
package etc

import _ "embed"

// YAML is auth.yaml.
//
//go:embed auth.yaml
var YAML []byte
