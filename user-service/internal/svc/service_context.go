// Package svc puts the service together: it builds what the logic calls.
package svc

import (
	"time"

	"im-backend/common/utils/dbx"
	"im-backend/common/utils/idgen"
	"im-backend/user-service/internal/account"
	"im-backend/user-service/internal/budget"
	"im-backend/user-service/internal/config"
	"im-backend/user-service/internal/notice"
	"im-backend/user-service/internal/password"
	"im-backend/user-service/internal/store"
)

// ServiceContext is what the logic of every call has.
type ServiceContext struct {
	Config   config.Config
	Accounts *account.Accounts
	Searches *budget.Searches
	Notices  *notice.Sender
}

// Needs is what the service stands on; app opens and closes it.
type Needs struct {
	Database *dbx.DB
	IDs      *idgen.Generator
	Peers    notice.Peers
}

// NewServiceContext builds the context. Its Notices are the caller's to start and to stop.
func NewServiceContext(c config.Config, n Needs) *ServiceContext {
	st := store.New(n.Database)
	notices := notice.NewSender(c.Notices, st, n.Peers, time.Now)
	return &ServiceContext{
		Config:   c,
		Searches: budget.New(c.SearchBudget, st, time.Now),
		Accounts: account.New(c.Account, st, password.New(c.Password), n.IDs.Next, notices.Wake),
		Notices:  notices,
	}
}
