// Migrate makes the four databases on a MySQL or MariaDB server and brings them up to date. Run it before a new version of
// the services; running it again changes nothing.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"im-backend/deploy/mysql"
)

func main() {
	dsn := flag.String("mysql", os.Getenv("IM_MYSQL"), "the server: user:password@tcp(host:port)/ (default $IM_MYSQL)")
	prefix := flag.String("prefix", "", "stands before the names of the databases")
	flag.Parse()
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	if err := migrate(ctx, *dsn, *prefix); err != nil {
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
