package system

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"im-backend/common/model/imchat"
	"im-backend/common/model/imfriend"
	"im-backend/common/model/imgroup"
	"im-backend/common/model/imuser"
	"im-backend/common/utils/dbx"
	"im-backend/deploy/mysql"
	"im-backend/scripts/imd/embedded"
)

// Addresses say where the stores are, embedded or real.
type Addresses struct {
	Redis string            // host:port
	Kafka string            // host:port, several joined by commas
	Etcd  string            // host:port, several joined by commas
	DSN   map[string]string // of each database, by the name that it has without a prefix
}

// Embedded are the stores inside this process. A field is nil where a real server is used.
type Embedded struct {
	Etcd  *embedded.Etcd
	Kafka *embedded.Kafka
	Redis *embedded.Redis
}

// stores are what the services keep their state in.
type stores struct {
	lock      *embedded.Lock
	options   Options
	embedded  Embedded
	addresses Addresses
}

// part is an embedded store.
type part interface {
	Start(ctx context.Context) error
	Stop(ctx context.Context) error
}

// openStores starts what is embedded. What was opened before an error is closed again.
func openStores(ctx context.Context, o Options) (*stores, error) {
	lock, err := embedded.LockDir(o.DataDir)
	if err != nil {
		return nil, err
	}
	s := &stores{lock: lock, options: o, addresses: Addresses{Redis: o.Redis, Kafka: o.Kafka, Etcd: o.Etcd, DSN: map[string]string{}}}
	if err := s.open(ctx); err != nil {
		return nil, errors.Join(err, s.close(ctx))
	}
	return s, nil
}

func (s *stores) open(ctx context.Context) error {
	for _, start := range []func(context.Context) error{s.openEtcd, s.openKafka, s.openRedis} {
		if err := start(ctx); err != nil {
			return err
		}
	}
	for _, schema := range mysql.Schemas {
		s.addresses.DSN[schema] = embedded.SQLite(s.options.DataDir, schema)
		if s.options.MySQL == "" {
			continue
		}
		dsn, err := mysql.WithDatabase(s.options.MySQL, s.options.DatabasePrefix+schema)
		if err != nil {
			return err
		}
		s.addresses.DSN[schema] = dsn
	}
	return nil
}

func (s *stores) openEtcd(ctx context.Context) error {
	if s.options.Etcd != "" {
		return nil
	}
	e, err := embedded.NewEtcd(filepath.Join(s.options.DataDir, "etcd"))
	if err != nil {
		return err
	}
	s.embedded.Etcd, s.addresses.Etcd = e, e.Addr()
	if err := e.Start(ctx); err != nil {
		return err
	}
	return e.DropLeases(ctx) // only this process uses it: whoever is registered is dead
}

func (s *stores) openKafka(ctx context.Context) error {
	if s.options.Kafka != "" {
		return nil
	}
	k, err := embedded.NewKafka(filepath.Join(s.options.DataDir, "kafka"))
	if err != nil {
		return err
	}
	s.embedded.Kafka, s.addresses.Kafka = k, k.Addr()
	return k.Start(ctx)
}

func (s *stores) openRedis(ctx context.Context) error {
	if s.options.Redis != "" {
		return nil
	}
	r, err := embedded.NewRedis()
	if err != nil {
		return err
	}
	s.embedded.Redis, s.addresses.Redis = r, r.Addr()
	return r.Start(ctx)
}

// createSchemas brings every database up to date: by the migrations in MySQL, from the models in SQLite.
func (s *stores) createSchemas(ctx context.Context) error {
	models := map[string][]any{
		"im_user": imuser.Tables(), "im_friend": imfriend.Tables(), "im_group": imgroup.Tables(), "im_chat": imchat.Tables(),
	}
	for _, schema := range mysql.Schemas {
		if s.options.MySQL != "" {
			if _, err := mysql.Migrate(ctx, s.options.MySQL, schema, s.options.DatabasePrefix+schema); err != nil {
				return err
			}
		} else if err := autoMigrate(ctx, s.addresses.DSN[schema], models[schema]); err != nil {
			return fmt.Errorf("make tables of %s: %w", schema, err)
		}
	}
	return nil
}

func autoMigrate(ctx context.Context, dsn string, tables []any) error {
	db, err := dbx.Open(dbx.Config{DSN: dsn, MaxOpen: 1})
	if err != nil {
		return err
	}
	return errors.Join(db.WithContext(ctx).AutoMigrate(tables...), db.Close())
}

// close stops what is embedded, Etcd last, and gives the data directory back.
func (s *stores) close(ctx context.Context) error {
	var errs []error
	stop := func(p part) { errs = append(errs, p.Stop(ctx)) }
	if s.embedded.Kafka != nil {
		stop(s.embedded.Kafka)
	}
	if s.embedded.Redis != nil {
		stop(s.embedded.Redis)
	}
	if s.embedded.Etcd != nil {
		stop(s.embedded.Etcd)
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Unlock())
		s.lock = nil
	}
	return errors.Join(errs...)
}
