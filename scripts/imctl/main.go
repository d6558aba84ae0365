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

	"im-backend/common/model"
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
	user    string
	timeout time.Duration
}

const usage = `usage: imctl [flags] command
  keys list          list the keys that access tokens are signed and verified with
  keys rotate        sign with a new key from now on; nobody is logged out
  users ban USER     keep a user out, by its id, and end its sessions
  users unban USER   let it in again
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
	flags.StringVar(&o.user, "user", "", "the `ADDR` of a user-service, instead of looking in Etcd")
	flags.DurationVar(&o.timeout, "timeout", 10*time.Second, "how long it may take in all")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return 0
		}
		return 2
	}
	command, ok := commandOf(flags.Args())
	if !ok {
		flags.Usage()
		return 2
	}
	ctx, cancel := context.WithTimeout(ctx, o.timeout)
	defer cancel()
	if err := command(ctx, o, out); err != nil {
		fmt.Fprintf(errOut, "imctl: %v\n", err)
		return 1
	}
	return 0
}

// command connects to the services that it needs, and to no others.
type command func(ctx context.Context, o options, out io.Writer) error

// commandOf finds the command that arguments name; false when there is none or its arguments are wrong.
func commandOf(args []string) (command, bool) {
	switch words := strings.Join(args[:min(2, len(args))], " "); {
	case words == "keys list" && len(args) == 2:
		return listKeys, true
	case words == "keys rotate" && len(args) == 2:
		return rotateKey, true
	case (words == "users ban" || words == "users unban") && len(args) == 3:
		id, err := model.ParseID(args[2])
		return setBanned(id, words == "users ban"), err == nil
	}
	return nil, false
}

// connect makes the client of a service, by its name and an address that may be empty, until closing is called.
func connect[C any](
	ctx context.Context, o options, name, addr string, client func(grpc.ClientConnInterface) C,
) (c C, closing func(), err error) {
	conn, err := dial(ctx, o, addr, name+".rpc")
	if err != nil {
		return c, nil, fmt.Errorf("find %s-service: %w", name, err)
	}
	return client(conn), func() { _ = conn.Close() }, nil
}

func dial(ctx context.Context, o options, addr, key string) (*grpc.ClientConn, error) {
	if addr != "" {
		return rpcx.DialAddr(addr)
	}
	return rpcx.Dial(ctx, zrpc.RpcClientConf{
		Etcd:     discov.EtcdConf{Hosts: strings.Split(o.etcd, ","), Key: key},
		NonBlock: true, Timeout: o.timeout.Milliseconds(),
	})
}
