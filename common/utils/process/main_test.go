package process_test

import (
	"context"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/utils/mtls"
	"im-backend/common/utils/ops"
	"im-backend/common/utils/process"
	"im-backend/common/utils/redisx"
	"im-backend/common/utils/secret"
)

// config is that of a service with a Redis.
type config struct {
	ListenOn   string
	Ops        ops.Config
	TLS        mtls.Config `json:",optional"`
	StoreRedis redisx.Config
}

func (c config) Operators() ops.Config    { return c.Ops }
func (c config) Secrets() []secret.Secret { return []secret.Secret{c.StoreRedis.Secret("StoreRedis")} }
func (c config) Guarded() error           { return c.TLS.Guards(c.ListenOn) }

// ended is a service that runs to its end at once.
type ended struct{}

func (ended) Start(context.Context) error { return context.Canceled }
func (ended) Stop(context.Context) error  { return nil }

const asProgram = "IM_TEST_PROGRAM"

// TestMain is the program of a service when the tests below run it as one.
func TestMain(m *testing.M) {
	if file := os.Getenv(asProgram); file != "" {
		flag.CommandLine = flag.NewFlagSet("service", flag.ExitOnError)
		os.Exit(process.Main(file, func(config) ended { return ended{} }))
	}
	os.Exit(m.Run())
}

// start runs the program with a configuration and answers its exit code and what it said.
func start(t *testing.T, yaml string, flags ...string) (int, string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "service.yaml")
	require.NoError(t, os.WriteFile(file, []byte(yaml), 0o600))
	command := exec.CommandContext(t.Context(), os.Args[0], flags...)
	command.Env = append(os.Environ(), asProgram+"="+file)
	out, err := command.CombinedOutput()
	require.Error(t, err, "it never ends well")
	return command.ProcessState.ExitCode(), string(out)
}

const (
	refused = 2
	started = 1
)

func TestAServiceRefusesToStartWithABadPasswordAndNamesItsKey(t *testing.T) {
	t.Parallel()
	for _, password := range []string{"", "redis", "changemechangeme"} {
		yaml := "{ListenOn: '127.0.0.1:1', Ops: {}, StoreRedis: {Addr: 'redis:6379', Password: '" + password + "'}}"
		code, said := start(t, yaml)
		require.Equal(t, refused, code)
		require.Contains(t, said, "StoreRedis.Password")
		code, _ = start(t, yaml, "-insecure")
		require.Equal(t, refused, code, "on another machine it is refused all the same")
	}
	code, _ := start(t, "{ListenOn: '127.0.0.1:1', Ops: {}, StoreRedis: {Addr: 'redis:6379', Password: k7Rq2mXw9LbT4pZv}}")
	require.Equal(t, started, code)
}

func TestOnLoopbackAnyPasswordIsTakenWhenAsked(t *testing.T) {
	t.Parallel()
	const yaml = "{ListenOn: '127.0.0.1:1', Ops: {}, StoreRedis: {Addr: '127.0.0.1:6379'}}"
	code, _ := start(t, yaml)
	require.Equal(t, refused, code)
	code, _ = start(t, yaml, "-insecure")
	require.Equal(t, started, code)
}

func TestAServiceRefusesToListenForStrangers(t *testing.T) {
	t.Parallel()
	code, said := start(t, "{ListenOn: '0.0.0.0:1', Ops: {}, StoreRedis: {Addr: '127.0.0.1:6379'}}", "-insecure")
	require.Equal(t, refused, code)
	require.Contains(t, said, "TLS.Cert")
}

func TestHealthIsThatOfTheRunningService(t *testing.T) {
	t.Parallel()
	s := ops.New(ops.Config{Listen: "127.0.0.1:0"})
	require.NoError(t, s.Start())
	yaml := "{ListenOn: '', Ops: {Listen: '" + s.Addr() + "'}, StoreRedis: {Addr: ''}}"
	file := filepath.Join(t.TempDir(), "service.yaml")
	require.NoError(t, os.WriteFile(file, []byte(yaml), 0o600))
	command := exec.CommandContext(t.Context(), os.Args[0], "-health")
	command.Env = append(os.Environ(), asProgram+"="+file)
	out, err := command.CombinedOutput()
	require.NoError(t, err, "%s", out)
	s.Stop()
	code, _ := start(t, yaml, "-health")
	require.Equal(t, 1, code)
}
