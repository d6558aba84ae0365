// Migrate makes the four databases on a MySQL or MariaDB server and brings them up to date. Run it before a new version of
// the services; running it again changes nothing.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"im-backend/common/utils/secret"
	"im-backend/deploy/mysql"
)

func main() {
	dsn := flag.String("mysql", os.Getenv("IM_MYSQL"), "the server: user:password@tcp(host:port)/ (default $IM_MYSQL)")
	prefix := flag.String("prefix", "", "stands before the names of the databases")
	grant := flag.Bool("grant", false, "give each database a user of its own, of the same name, who may read and write its rows and nothing"+
		" else, with the password in $IM_USER_PASSWORD, $IM_FRIEND_PASSWORD, $IM_GROUP_PASSWORD and $IM_CHAT_PASSWORD")
	flag.Parse()
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	err := migrate(ctx, *dsn, *prefix)
	if err == nil && *grant {
		err = grantAll(ctx, *dsn, *prefix, os.Getenv)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func migrate(ctx context.Context, dsn, prefix string) error {
	for _, schema := range mysql.Schemas {
		applied, err := mysql.Migrate(ctx, dsn, schema, prefix+schema)
		if err != nil {
			return err
		}
		fmt.Printf("%s%s: %d applied\n", prefix, schema, applied)
	}
	return nil
}

// grantAll makes the services' users, all or, when one has no good password, none.
func grantAll(ctx context.Context, dsn, prefix string, env func(string) string) error {
	var faults []error
	passwords := map[string]string{}
	for _, schema := range mysql.Schemas {
		name := strings.ToUpper(schema) + "_PASSWORD"
		passwords[schema] = env(name)
		faults = append(faults, secret.Check(false, secret.Secret{Key: name, Value: passwords[schema]}))
	}
	if err := errors.Join(faults...); err != nil {
		return err
	}
	for _, schema := range mysql.Schemas {
		if err := mysql.Grant(ctx, dsn, prefix+schema, prefix+schema, passwords[schema]); err != nil {
			return err
		}
	}
	return nil
}
