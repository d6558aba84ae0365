// Initenv makes the secrets of a deployment with docker compose: the passwords in .env, and a private CA with a certificate for each
// service. It changes no password that is there. scripts/init-env runs it.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

func main() {
	if err := command(os.Args[1:], os.Stdout, os.Stderr, time.Now()); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "init-env:", err)
		os.Exit(1)
	}
}

// runtimeID is the user and the group of the images, who is nobody on the host.
const runtimeID = 65532

// owner is who the programs run as in their containers, and so who owns the private keys on the host.
type owner struct{ uid, gid int }

// ownerOf is the caller, as nobody else can read what the caller may not give away; root gives it to nobody's user instead.
func ownerOf(uid, gid int) owner {
	if uid == 0 {
		return owner{runtimeID, runtimeID}
	}
	return owner{uid, gid}
}

// String implements fmt.Stringer: as docker writes it.
func (o owner) String() string { return fmt.Sprintf("%d:%d", o.uid, o.gid) }

func command(args []string, out, log io.Writer, now time.Time) error {
	f := flag.NewFlagSet("init-env", flag.ContinueOnError)
	f.SetOutput(log)
	dir := f.String("dir", "deploy", "the `DIR` of docker-compose.yaml")
	renew := f.Bool("renew", false, "make all certificates again, but for the CA's")
	if err := f.Parse(args); err != nil {
		return fmt.Errorf("%w", err)
	}
	who := ownerOf(os.Getuid(), os.Getgid())
	made, err := writeEnv(filepath.Join(*dir, ".env"), who)
	if err != nil {
		return err
	}
	certs := certificates{dir: filepath.Join(*dir, "secrets"), owner: who, now: now, renew: *renew}
	issued, err := certs.write()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%d passwords and %d certificates made\n", made, issued)
	return err //nolint:wrapcheck // standard output has gone
}
