// Imctl is what operators have beside the operators' endpoints of the services. It talks to the services themselves, over gRPC, and
// to no store.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/zeromicro/go-zero/core/discov"
	"github.com/zeromicro/go-zero/core/logx"
	"github.com/zeromicro/go-zero/zrpc"
	"google.golang.org/grpc"

	"im-backend/common/proto/gen/authpb"
	"im-backend/common/utils/rpcx"
)

func main() {
	logx.Disable() // go-zero writes about its connections to standard output
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	cancel()
	os.Exit(code)
}

// options are the flags.
type options struct {
	etcd    string
	auth    string
	timeout time.Duration
}

const usage = `usage: imctl [flags] command
  keys list     list the keys that access tokens are signed and verified with
  keys rotate   sign with a new key from now on; nobody is logged out
flags:
`

// run is the program: 0 for success, 1 for a failure, 2 for a wrong call.
func run(ctx context.Context, args []string, out, errOut io.Writer) int {
	var o options
	flags := flag.NewFlagSet("imctl", flag.ContinueOnError)
	flags.SetOutput(errOut)
	flags.Usage = func() { fmt.Fprint(errOut, usage); flags.PrintDefaults() }
	flags.StringVar(&o.etcd, "etcd", "127.0.0.1:2379", "the `ADDRS` of Etcd, joined by commas, where the services are found")
	flags.StringVar(&o.auth, "auth", "", "the `ADDR` of an auth-service, instead of looking in Etcd")
	flags.DurationVar(&o.timeout, "timeout", 10*time.Second, "how long it may take in all")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return 0
		}
		return 2
	}
	commands := map[string]func(context.Context, authpb.AuthServiceClient, io.Writer) error{
		"keys list": listKeys, "keys rotate": rotateKey,
	}
	command, ok := commands[strings.Join(flags.Args(), " ")]
	if !ok {
		flags.Usage()
		return 2
	}
	ctx, cancel := context.WithTimeout(ctx, o.timeout)
	defer cancel()
	if err := withAuth(ctx, o, func(auth authpb.AuthServiceClient) error { return command(ctx, auth, out) }); err != nil {
		fmt.Fprintf(errOut, "imctl: %v\n", err)
		return 1
	}
	return 0
}

// withAuth connects to auth-service for one use.
func withAuth(ctx context.Context, o options, use func(authpb.AuthServiceClient) error) error {
	conn, err := dial(ctx, o)
	if err != nil {
		return fmt.Errorf("find auth-service: %w", err)
	}
	defer func() { _ = conn.Close() }()
	return use(authpb.NewAuthServiceClient(conn))
}

func dial(ctx context.Context, o options) (*grpc.ClientConn, error) {
	if o.auth != "" {
		return rpcx.DialAddr(o.auth)
	}
	return rpcx.Dial(ctx, zrpc.RpcClientConf{
		Etcd:     discov.EtcdConf{Hosts: strings.Split(o.etcd, ","), Key: "auth.rpc"},
		NonBlock: true, Timeout: o.timeout.Milliseconds(),
	})
}
