// Package svc puts the service together: it builds what the logic calls.
package svc

import (
	"time"

	"im-backend/common/utils/dbx"
	"im-backend/common/utils/idgen"
	"im-backend/user-service/internal/account"
	"im-backend/user-service/internal/budget"
	"im-backend/user-service/internal/config"
	"im-backend/user-service/internal/password"
	"im-backend/user-service/internal/store"
)

// ServiceContext is what the logic of every call has.
type ServiceContext struct {
	Config   config.Config
	Accounts *account.Accounts
	Searches *budget.Searches
}

// NewServiceContext builds the context on an open database, which stays the caller's to close.
func NewServiceContext(c config.Config, db *dbx.DB, ids *idgen.Generator) *ServiceContext {
	st := store.New(db)
	return &ServiceContext{
		Config:   c,
		Searches: budget.New(c.SearchBudget, st, time.Now),
		Accounts: account.New(c.Account, st, password.New(c.Password), ids.Next),
	}
}
