// Imctl is what operators have beside the operators' endpoints of the services. It talks to the services themselves, over gRPC, and
// to no store; where traces are kept it asks for those over HTTP.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/zeromicro/go-zero/core/discov"
	"github.com/zeromicro/go-zero/core/logx"
	"github.com/zeromicro/go-zero/zrpc"
	"google.golang.org/grpc"

	"im-backend/common/model"
	"im-backend/common/utils/mtls"
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
	group   string
	chat    string
	timeout time.Duration
	tls     mtls.Config
}

const usage = `usage: imctl [flags] command
  keys list          list the keys that access tokens are signed and verified with
  keys rotate        sign with a new key from now on; nobody is logged out
  users ban USER     keep a user out, by its id, and end its sessions
  users unban USER   let it in again
  messages recall CONVERSATION SEQ
                     empty a message for all, whoever wrote it
  groups import --owner USER --name NAME [--max COUNT] [FILE]
                     make a group of up to 100,000 members; FILE has their ids, one on a line
  groups import --group GROUP [FILE]
                     add to a group, for example what an import that failed did not
  groups reconcile [--group GROUP]
                     print where group-service and chat-service differ; 1 if they do
  trace [-query URL] [-service NAME] MESSAGE
                     print when a message was at each of its hops, by its id, if it was sampled; URL is that of a Jaeger query
                     service (http://127.0.0.1:16686), NAME what has a part in its trace (chat)
flags:
`

// run is the program: 0 for success, 1 for a failure, 2 for a wrong call.
func run(ctx context.Context, args []string, out, errOut io.Writer) int {
	var o options
	flags := flag.NewFlagSet("imctl", flag.ContinueOnError)
	flags.SetOutput(errOut)
	flags.Usage = func() { fmt.Fprint(errOut, usage); flags.PrintDefaults() }
	flags.StringVar(&o.etcd, "etcd", cmp.Or(os.Getenv("ETCD_ADDR"), "127.0.0.1:2379"), "the `ADDRS` of Etcd, joined by commas, where the services are found")
	flags.StringVar(&o.auth, "auth", "", "the `ADDR` of an auth-service, instead of looking in Etcd")
	flags.StringVar(&o.user, "user", "", "the `ADDR` of a user-service, instead of looking in Etcd")
	flags.StringVar(&o.group, "group", "", "the `ADDR` of a group-service, instead of looking in Etcd")
	flags.StringVar(&o.chat, "chat", "", "the `ADDR` of a chat-service, instead of looking in Etcd")
	flags.DurationVar(&o.timeout, "timeout", 10*time.Second, "how long it may take; each of the calls of groups")
	flags.StringVar(&o.tls.Cert, "cert", os.Getenv("TLS_CERT"), "the `FILE` of the certificate to show the services; empty: they ask for none")
	flags.StringVar(&o.tls.Key, "key", os.Getenv("TLS_KEY"), "the `FILE` of its private key")
	flags.StringVar(&o.tls.CA, "ca", os.Getenv("TLS_CA"), "the `FILE` of the certificate that theirs are signed with")
	flags.BoolVar(&o.tls.Etcd, "etcd-tls", os.Getenv("TLS_ETCD") == "true", "show Etcd the certificate too")
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
	err := command(ctx, o, out)
	switch {
	case err == nil:
		return 0
	case !errors.Is(err, errDiffers):
		fmt.Fprintf(errOut, "imctl: %v\n", err)
	}
	return 1
}

// command connects to the services that it needs, and to no others.
type command func(ctx context.Context, o options, out io.Writer) error

// commandOf finds the command that arguments name; false when there is none or its arguments are wrong.
func commandOf(args []string) (command, bool) {
	switch words := strings.Join(args[:min(2, len(args))], " "); {
	case words == "keys list" && len(args) == 2:
		return inTime(listKeys), true
	case words == "keys rotate" && len(args) == 2:
		return inTime(rotateKey), true
	case (words == "users ban" || words == "users unban") && len(args) == 3:
		id, err := model.ParseID(args[2])
		return inTime(setBanned(id, words == "users ban")), err == nil
	case words == "messages recall" && len(args) == 4:
		seq, err := strconv.ParseInt(args[3], 10, 64)
		return inTime(recallMessage(args[2], seq)), err == nil && seq > 0
	case words == "groups import":
		return importGroup(args[2:])
	case len(args) > 0 && args[0] == "trace":
		return traceMessage(args[1:])
	case words == "groups reconcile":
		return reconcileGroups(args[2:])
	}
	return nil, false
}

// inTime gives a command the time that a flag says.
func inTime(c command) command {
	return func(ctx context.Context, o options, out io.Writer) error {
		ctx, cancel := context.WithTimeout(ctx, o.timeout)
		defer cancel()
		return c(ctx, o, out)
	}
}

// connect makes the client of a service, by its name and an address that may be empty, until closing is called.
func connect[C any](
	ctx context.Context, o options, name, addr string, client func(grpc.ClientConnInterface) C,
) (c C, closing func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, o.timeout)
	defer cancel()
	conn, err := dial(ctx, o, addr, name+".rpc")
	if err != nil {
		return c, nil, fmt.Errorf("find %s-service: %w", name, err)
	}
	return client(conn), func() { _ = conn.Close() }, nil
}

func dial(ctx context.Context, o options, addr, key string) (*grpc.ClientConn, error) {
	if addr != "" {
		return rpcx.DialAddr(addr, key, o.tls)
	}
	return rpcx.Dial(ctx, zrpc.RpcClientConf{
		Etcd:     discov.EtcdConf{Hosts: strings.Split(o.etcd, ","), Key: key},
		NonBlock: true, Timeout: o.timeout.Milliseconds(),
	}, o.tls)
}
