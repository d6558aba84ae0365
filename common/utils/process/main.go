package process

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"time"

	"im-backend/common/utils/confx"
	"im-backend/common/utils/ops"
	"im-backend/common/utils/secret"
)

// Config is what every service's configuration tells its main.
type Config interface {
	Operators() ops.Config    // where its health is asked for
	Secrets() []secret.Secret // its passwords
	Guarded() error           // nil when strangers are kept out of its gRPC
}

const (
	grace         = 25 * time.Second // what a service may take to drain; whoever stops it waits longer
	healthTimeout = 3 * time.Second
	badStart      = 2 // the exit code after a wrong call or a wrong configuration
)

// Main is the program of a service: it loads the configuration, whose file is the given one unless a flag names another, refuses bad
// secrets, runs what build makes until a signal, and answers the exit code. With -health it asks the running service instead
// whether it serves.
func Main[C Config, S Service](file string, build func(C) S) int {
	path := flag.String("f", file, "the config `FILE`")
	lenient := flag.Bool("insecure", false, "take any passwords, or none, for stores on loopback: for trying out on one machine")
	health := flag.Bool("health", false, "ask the service that runs with this configuration whether it serves, and end")
	flag.Parse()
	var c C
	err := confx.LoadFile(*path, &c)
	if err == nil && *health {
		return exitCode(askHealth(c.Operators()), 1)
	}
	if err == nil {
		err = errors.Join(c.Guarded(), secret.Check(*lenient, c.Secrets()...))
	}
	if err != nil {
		return exitCode(err, badStart)
	}
	return Run(build(c), grace)
}

func askHealth(c ops.Config) error {
	ctx, cancel := context.WithTimeout(context.Background(), healthTimeout)
	defer cancel()
	return ops.Ask(ctx, c)
}

// exitCode says what failed and answers the code for it.
func exitCode(err error, code int) int {
	if err == nil {
		return 0
	}
	fmt.Fprintln(os.Stderr, err)
	return code
}
