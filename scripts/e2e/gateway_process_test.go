package e2e_test

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
	clientv3 "go.etcd.io/etcd/client/v3"

	"im-backend/scripts/imd/embedded"
)

// gatewayProcess is a ws-gateway as a process of its own, beside those of sys and on the same stores, for what only a process
// can show: kill -9, a process that is stopped and goes on, and SIGTERM.
type gatewayProcess struct {
	t            testing.TB
	ws, rpc, ops string // host:port
	command      *exec.Cmd
	ended        chan struct{}
	log          bytes.Buffer // read when the process has ended
}

// gatewayBinary builds ws-gateway once.
var gatewayBinary = sync.OnceValues(func() (string, error) {
	binary := filepath.Join(scratch, "ws-gateway")
	return binary, exec.CommandContext(context.Background(), "go", "build", "-o", binary, "im-backend/ws-gateway").Run()
})

// startGateway runs a gateway until the test ends; redisAddr is where it finds Redis.
func startGateway(t testing.TB, redisAddr string) *gatewayProcess {
	t.Helper()
	binary, err := gatewayBinary()
	require.NoError(t, err)
	g := &gatewayProcess{t: t, ended: make(chan struct{})}
	for _, addr := range []*string{&g.ws, &g.rpc, &g.ops} {
		*addr, err = embedded.FreeAddr()
		require.NoError(t, err)
	}
	g.command = exec.CommandContext(context.Background(), binary, "-insecure", "-f", "../../ws-gateway/etc/wsgateway.yaml")
	g.command.Env = append(os.Environ(), "ETCD_ADDR="+sys.Stores().Etcd, "REDIS_ADDR="+redisAddr,
		"WS_LISTEN="+g.ws, "WSPUSH_LISTEN="+g.rpc, "WSPUSH_OPS="+g.ops)
	g.command.Stdout, g.command.Stderr = &g.log, &g.log
	require.NoError(t, g.command.Start())
	go func() {
		defer close(g.ended)
		_ = g.command.Wait() // its end is looked at in the process's state
	}()
	t.Cleanup(func() {
		_ = g.command.Process.Kill()
		<-g.ended
		if t.Failed() {
			t.Logf("the log of the gateway at %s:\n%s", g.ws, g.log.String())
		}
	})
	eventually(t, "the gateway is ready", func(ctx context.Context) bool { return g.status(ctx) == http.StatusOK })
	return g
}

func startGateways(t testing.TB, n int) []*gatewayProcess {
	t.Helper()
	all := make([]*gatewayProcess, n)
	for i := range all {
		all[i] = startGateway(t, sys.Stores().Redis)
	}
	return all
}

func (g *gatewayProcess) url() string { return "ws://" + g.ws + "/ws" }

// status asks whether it is ready; zero: nobody answers.
func (g *gatewayProcess) status(ctx context.Context) int {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+g.ops+"/readyz", http.NoBody)
	require.NoError(g.t, err)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0
	}
	_ = answer.Body.Close()
	return answer.StatusCode
}

func (g *gatewayProcess) signal(s syscall.Signal) {
	g.t.Helper()
	require.NoError(g.t, g.command.Process.Signal(s))
}

// kill ends the process with no word to anybody.
func (g *gatewayProcess) kill() {
	g.t.Helper()
	g.signal(syscall.SIGKILL)
	<-g.ended
}

// id is what the gateway is registered as in Etcd, empty when it is not.
func (g *gatewayProcess) id(ctx context.Context) string {
	g.t.Helper()
	etcd, err := clientv3.New(clientv3.Config{Endpoints: strings.Split(sys.Stores().Etcd, ","), DialTimeout: 5 * time.Second})
	require.NoError(g.t, err)
	defer func() { _ = etcd.Close() }()
	got, err := etcd.Get(ctx, "wsgateway.rpc/", clientv3.WithPrefix())
	require.NoError(g.t, err)
	for _, kv := range got.Kvs {
		if id, addr, _ := strings.Cut(string(kv.GetValue()), "@"); addr == g.rpc {
			return id
		}
	}
	return ""
}

// redisClient looks at the Redis of the system.
func redisClient(t testing.TB) *redis.Client {
	t.Helper()
	client := redis.NewClient(&redis.Options{Addr: sys.Stores().Redis})
	t.Cleanup(func() { _ = client.Close() })
	return client
}
