// Package svc puts the service together: it builds what the logic calls.
package svc

import (
	"im-backend/common/utils/dbx"
	"im-backend/common/utils/idgen"
	"im-backend/user-service/internal/account"
	"im-backend/user-service/internal/config"
	"im-backend/user-service/internal/password"
	"im-backend/user-service/internal/store"
)

// ServiceContext is what the logic of every call has.
type ServiceContext struct {
	Config   config.Config
	Accounts *account.Accounts
}

// NewServiceContext builds the context on an open database, which stays the caller's to close.
func NewServiceContext(c config.Config, db *dbx.DB, ids *idgen.Generator) *ServiceContext {
	return &ServiceContext{
		Config:   c,
		Accounts: account.New(c.Account, store.New(db), password.New(c.Password), ids.Next),
	}
}
