// Imd is the whole backend in one process, on stores inside the process, with nothing to install: all seven services, a
// real Etcd, SQLite, a Kafka broker with its log on disk and a Redis in memory. Any store can be a real server instead.
//
// It prints one line on standard output when everything is ready; everything else goes to standard error. On SIGINT or
// SIGTERM it drains and ends; a second signal ends it at once.
package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/zeromicro/go-zero/core/logx"

	"im-backend/common/utils/process"
	"im-backend/scripts/imd/system"
)

// grace is how long the services may drain, so that the process is gone within ten seconds.
const grace = 8 * time.Second

func main() {
	var o system.Options
	flag.StringVar(&o.DataDir, "data", ".imd", "`DIR` of the embedded stores' data")
	flag.StringVar(&o.HTTPAddr, "http", "127.0.0.1:8080", "`ADDR` of the HTTP API; port 0: a free port")
	flag.StringVar(&o.WSAddr, "ws", "127.0.0.1:8081", "`ADDR` of the WebSocket gateway; port 0: a free port")
	flag.StringVar(&o.MySQL, "mysql", "", "a real MySQL or MariaDB: user:password@tcp(host:port)/ as `DSN`")
	flag.StringVar(&o.Redis, "redis", "", "a real Redis: `ADDR`")
	flag.StringVar(&o.Kafka, "kafka", "", "a real Kafka: `ADDRS`, joined by commas")
	flag.StringVar(&o.Etcd, "etcd", "", "a real Etcd: `ENDPOINTS`, joined by commas")
	flag.Func("set", "a value of the services' configuration, as `NAME=VALUE`; may be repeated", func(text string) error {
		return set(&o, text)
	})
	requests := flag.Bool("requests", false, "log a line for every HTTP request too")
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "unknown argument %q\n", flag.Arg(0))
		os.Exit(2)
	}
	out := os.Stdout
	os.Stdout = os.Stderr // whoever else prints
	logToStderr(*requests, o.Overrides["LOG_ENCODING"])
	os.Exit(process.Run(&imd{options: o, out: out}, grace))
}

var errSet = errors.New("a value is NAME=VALUE")

// set takes one value for ${NAME} in the services' configuration files.
func set(o *system.Options, text string) error {
	name, value, ok := strings.Cut(text, "=")
	if !ok || name == "" {
		return errSet
	}
	if o.Overrides == nil {
		o.Overrides = map[string]string{}
	}
	o.Overrides[name] = value
	return nil
}

// logToStderr sets go-zero's log up before the services do; only the first counts, and theirs would write to standard
// output.
func logToStderr(requests bool, encoding string) {
	c := logx.LogConf{Mode: "console", Encoding: cmp.Or(encoding, "plain"), Level: "info", TimeFormat: "15:04:05.000"}
	if err := logx.SetUp(c); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	noise := [][]byte{absentPeer}
	if !requests {
		noise = append(noise, eachRequest, eachRequestJSON)
	}
	logx.SetWriter(logx.NewWriter(quiet{os.Stderr, noise}))
}

// What a log of this process leaves out: what go-zero writes as an error for every peer that is not there yet, or not any more,
// which is how each start and each stop look here; and, unless it is asked for, api-gateway's line for every request.
// Its fields come in any order.
var absentPeer, eachRequest, eachRequestJSON = []byte("bad resolver state"), []byte("\trequest\t"), []byte(`"content":"request"`)

// quiet leaves out noise.
type quiet struct {
	io.Writer
	noise [][]byte
}

// Write writes a line or drops it.
func (q quiet) Write(line []byte) (int, error) {
	for _, part := range q.noise {
		if bytes.Contains(line, part) {
			return len(line), nil
		}
	}
	n, err := q.Writer.Write(line)
	if err != nil {
		return n, fmt.Errorf("write log: %w", err)
	}
	return n, nil
}

// imd is the system as a process.
type imd struct {
	options system.Options
	out     *os.File
	system  *system.System
}

// Start boots the system and says so on standard output.
func (d *imd) Start(ctx context.Context) error {
	s, err := system.Start(ctx, d.options)
	if err != nil {
		return fmt.Errorf("start: %w", err)
	}
	d.system = s
	if _, err := fmt.Fprintf(d.out, "ready api=%s ws=%s etcd=%s\n", s.APIURL(), s.WSURLs()[0], s.Stores().Etcd); err != nil {
		return fmt.Errorf("say ready: %w", err)
	}
	return nil
}

// Stop drains the services and closes the stores.
func (d *imd) Stop(ctx context.Context) error {
	if d.system == nil {
		return nil
	}
	return d.system.Stop(ctx)
}
