// Imcli is a small terminal client: what a newcomer tries first. It keeps its session and how far it has read in a profile,
// so several people can be tried on one machine.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
)

func main() {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	cancel()
	os.Exit(code) //nolint:gocritic // cancel was called
}

// run is the program: 0 for success, 1 for a failure, 2 for a wrong call.
func run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) int {
	flags := flag.NewFlagSet("imcli", flag.ContinueOnError)
	flags.SetOutput(errOut)
	flags.Usage = func() { usage(errOut, flags) }
	api := flags.String("api", "", "the HTTP API (default: the one of the profile, else http://127.0.0.1:8080)")
	profile := flags.String("profile", "default", "the name of the profile")
	home := flags.String("home", "", "the folder of the profile (default ~/.imcli/<profile>)")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return 0
		}
		return 2
	}
	name := flags.Arg(0)
	command, ok := commands()[name]
	if !ok {
		if name != "" {
			fmt.Fprintf(errOut, "imcli: there is no command %q\n", name)
		}
		usage(errOut, flags)
		return 2
	}
	c, err := open(*home, *profile, *api, in, out, errOut)
	if err == nil {
		err = command.run(ctx, c, flags.Args()[1:])
	}
	return report(errOut, name, command, err)
}

// errUsage is a wrong call of a command.
var errUsage = errors.New("wrong arguments")

func report(errOut io.Writer, name string, command command, err error) int {
	switch {
	case err == nil, errors.Is(err, context.Canceled):
		return 0
	case errors.Is(err, errUsage), errors.Is(err, flag.ErrHelp):
		fmt.Fprintf(errOut, "usage: imcli %s %s\n", name, command.args)
		return 2
	}
	fmt.Fprintf(errOut, "imcli: %v\n", explain(err))
	return 1
}

// folder is where a profile is.
func folder(home, profile string) (string, error) {
	if home != "" {
		return home, nil
	}
	if profile == "" || profile != filepath.Base(profile) || profile == ".." || profile == "." {
		return "", fmt.Errorf("%q is no name for a profile", profile)
	}
	user, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("find the home folder: %w", err)
	}
	return filepath.Join(user, ".imcli", profile), nil
}
