// Package etc has the service's configuration file, for programs that start it with values of their own.
package etc

import _ "embed"

// YAML is wsgateway.yaml.
//
//go:embed wsgateway.yaml
var YAML []byte
