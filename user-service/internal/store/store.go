// Package store is the only place of user-service with rows and SQL.
package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"im-backend/common/model"
	"im-backend/common/model/imuser"
	"im-backend/common/utils/dbx"
	"im-backend/common/utils/errs"
	"im-backend/user-service/internal/account"
	"im-backend/user-service/internal/notice"
)

// timeout bounds one statement, so that a call ends in time when the database does not answer.
const timeout = 2 * time.Second

// Store is database im_user. It implements account.Store, budget.Store and notice.Store.
type Store struct {
	db *dbx.DB
}

// New makes a store on an open database.
func New(db *dbx.DB) *Store { return &Store{db: db} }

// ErrNoTables is returned by Prepare for a MySQL database without the migrations of deploy/mysql.
var ErrNoTables = errors.New("database im_user has no tables: apply the migrations")

// Prepare makes the tables of an embedded database. Those of MySQL are made by the migrations; it only looks for them.
func Prepare(ctx context.Context, db *dbx.DB) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if db.SQLite {
		fresh := !db.WithContext(ctx).Migrator().HasTable(&imuser.Notice{})
		if err := db.WithContext(ctx).AutoMigrate(imuser.Tables()...); err != nil {
			return fmt.Errorf("make tables: %w", err)
		}
		if fresh {
			return tellDeleted(ctx, db)
		}
		return nil
	}
	for _, table := range imuser.Tables() {
		if !db.WithContext(ctx).Migrator().HasTable(table) {
			return ErrNoTables
		}
	}
	return nil
}

// tellDeleted has told who was deleted before there were notices, as the migrations do.
func tellDeleted(ctx context.Context, db *dbx.DB) error {
	err := db.Tx(ctx, func(tx *gorm.DB) error {
		return tx.Exec("INSERT INTO notices (user_id, version, topics, attempts, due_at, created_at)"+
			" SELECT id, 1, ?, 0, 0, deleted_at FROM users WHERE status = ?", notice.Deletion, account.Deleted).Error
	})
	if err != nil {
		return fmt.Errorf("note deleted users: %w", err)
	}
	return nil
}

// Insert implements account.Store.
func (s *Store) Insert(ctx context.Context, a account.Account) error {
	row := rowOf(a)
	err := s.write(ctx, func(tx *gorm.DB) error { return tx.Create(&row).Error })
	if dbx.IsDuplicate(err) {
		return errs.ErrUsernameTaken // the only unique value that a new account has
	}
	if err != nil {
		return dbx.Typed(fmt.Errorf("insert user: %w", err))
	}
	return nil
}

// ByUsername implements account.Store.
func (s *Store) ByUsername(ctx context.Context, key string) (account.Account, error) {
	return s.one(ctx, "username_key = ?", key)
}

// ByID implements account.Store.
func (s *Store) ByID(ctx context.Context, id model.UserID) (account.Account, error) {
	return s.one(ctx, "id = ? AND status <> ?", int64(id), account.Deleted)
}

func (s *Store) one(ctx context.Context, where string, args ...any) (account.Account, error) {
	rows, err := s.find(ctx, func(db *gorm.DB) *gorm.DB { return db.Where(where, args...).Limit(1) })
	if err != nil {
		return account.Account{}, err
	}
	if len(rows) == 0 {
		return account.Account{}, errs.ErrUserNotFound
	}
	return rows[0], nil
}

// ByIDs implements account.Store.
func (s *Store) ByIDs(ctx context.Context, ids []model.UserID) ([]account.Account, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return s.find(ctx, func(db *gorm.DB) *gorm.DB { return db.Where("id IN ?", ids) })
}

func (s *Store) find(ctx context.Context, query func(*gorm.DB) *gorm.DB) ([]account.Account, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var rows []imuser.User
	if err := query(s.db.WithContext(ctx)).Find(&rows).Error; err != nil {
		return nil, dbx.Typed(fmt.Errorf("read users: %w", err))
	}
	accounts := make([]account.Account, 0, len(rows))
	for _, row := range rows {
		accounts = append(accounts, accountOf(row))
	}
	return accounts, nil
}

func (s *Store) write(ctx context.Context, fn func(tx *gorm.DB) error) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	return s.db.Tx(ctx, fn)
}
