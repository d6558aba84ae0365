// Package svc puts the service together: it builds what the logic calls.
package svc

import {{.imports}}

// ServiceContext is what the logic of every call has.
type ServiceContext struct {
	Config config.Config
}

// NewServiceContext builds the context.
func NewServiceContext(c config.Config) *ServiceContext {
	return &ServiceContext{Config: c}
}
