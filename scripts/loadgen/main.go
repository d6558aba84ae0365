// Loadgen loads a running system through its public contract only, and checks every promise while it measures: what is
// acknowledged must reach every member, once, in order and without a gap. It prints a table of figures beside what is demanded
// of them, and fails when a promise was broken. The server's processes can be named, to tell what they cost.
//
//	go run ./scripts/loadgen -api http://127.0.0.1:8080 -ws ws://127.0.0.1:8081/ws
//
// make bench and make bench-real run the standard set.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"time"
)

// options are the sizes of the scenarios and where the system is.
type options struct {
	api         string
	sockets     []string
	spare       string
	procs       processes
	kill        string
	embedded    bool
	strict      bool
	scenarios   []string
	file        string
	etcd        string
	mysql       string
	redis       string
	crowd       int
	addresses   int
	connections int
	stalled     int
	people      int
	pairs       int
	room        int
	missed      int
	duration    time.Duration
	warmUp      time.Duration
	settle      time.Duration
}

// scenario is one kind of load.
type scenario struct {
	name  string
	about string
	run   func(ctx context.Context, w *world) error
}

// scenarios are in the order in which they run: those that want a fresh server come first, the one that kills comes last.
var scenarios = []scenario{
	{"idle", "very many connections that do nothing", idle},
	{"pairs", "one-to-one, four unanswered for each pair", closedPairs},
	{"pairs-500", "one-to-one, 500 messages a second", openPairs},
	{"room-2", "a large group online, two messages in flight", closedRoom(2)},
	{"room-16", "a large group online, sixteen messages in flight", closedRoom(16)},
	{"groups", "groups of every size, one member in a hundred online", groups},
	{"mixed", "friends, groups, reads and reconnects", mixed},
	{"offline-sync", "very many messages missed in fifty conversations", offlineSync},
	{"stalled", "one connection in twenty reads nothing", stalled},
	{"storm", "all connections break at once", storm},
}

var errUsage = errors.New("usage")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := command(ctx, os.Args[1:], os.Stdout, os.Stderr)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "loadgen:", err)
		stop()
		os.Exit(1) //nolint:gocritic // stop has been called
	}
}

// command is the program.
func command(ctx context.Context, args []string, out, log io.Writer) error {
	o, err := parse(args, log)
	if err != nil {
		return err
	}
	r, err := run(ctx, o, log)
	if r != nil {
		r.print(out)
		if o.file != "" {
			err = errors.Join(err, r.save(o.file))
		}
		if o.strict {
			err = errors.Join(err, r.missed())
		}
	}
	return err
}

func parse(args []string, log io.Writer) (options, error) {
	var o options
	var sockets, only string
	f := flag.NewFlagSet("loadgen", flag.ContinueOnError)
	f.SetOutput(log)
	f.StringVar(&o.api, "api", "http://127.0.0.1:8080", "`URL` of the HTTP API")
	f.StringVar(&sockets, "ws", "ws://127.0.0.1:8081/ws", "`URLS` of the gateways, joined by commas")
	f.StringVar(&o.spare, "spare", "", "`URL` of a gateway that only the storm uses, to come back to")
	f.Var(&o.procs, "process", "a server process whose cost is told, as `NAME=PID`; may be repeated")
	f.StringVar(&o.kill, "kill", "", "`NAME` of the process that the storm kills: the gateway of the first URL; empty: connections are cut")
	f.BoolVar(&o.embedded, "embedded", false, "the system runs on embedded stores, of which less is demanded")
	f.BoolVar(&o.strict, "strict", false, "a demand that is missed is an error too")
	f.StringVar(&only, "scenarios", "", "`NAMES` of the scenarios to run, joined by commas; empty: all of "+names())
	f.StringVar(&o.file, "json", "", "`FILE` to write the report to as well")
	f.StringVar(&o.etcd, "etcd", "", "`ADDRESS` of Etcd, where a chat-service is found to import the members of large groups; empty: no group is larger than -room")
	f.StringVar(&o.mysql, "mysql", "", "`DSN` of the database server, up to the slash, to count its statements")
	f.StringVar(&o.redis, "redis", "", "`ADDRESS` of Redis, to count its commands")
	f.IntVar(&o.crowd, "crowd", 100_000, "how many members the largest group has")
	f.IntVar(&o.addresses, "addresses", 64, "how many source addresses to connect from: 127.0.0.2 and so on")
	f.IntVar(&o.connections, "connections", 10_000, "how many connections idle and storm open")
	f.IntVar(&o.stalled, "stalled-connections", 2_000, "how many connections stalled opens, in one group")
	f.IntVar(&o.people, "people", 2_000, "how many users all those belong to, at the most")
	f.IntVar(&o.pairs, "pairs", 200, "how many pairs write one-to-one")
	f.IntVar(&o.room, "room", 1_000, "how many members the large group has")
	f.IntVar(&o.missed, "missed", 10_001, "how many messages are missed before the sync")
	f.DurationVar(&o.duration, "duration", 10*time.Second, "how long each scenario measures")
	f.DurationVar(&o.warmUp, "warm-up", 3*time.Second, "how long it runs before that")
	f.DurationVar(&o.settle, "settle", 5*time.Second, "how long idle waits before it measures memory")
	if err := f.Parse(args); err != nil {
		return o, fmt.Errorf("%w", err)
	}
	o.sockets = strings.Split(sockets, ",")
	if only != "" {
		o.scenarios = strings.Split(only, ",")
	}
	return o, o.validate()
}

func (o options) validate() error {
	for _, name := range o.scenarios {
		if !slices.ContainsFunc(scenarios, func(s scenario) bool { return s.name == name }) {
			return fmt.Errorf("%w: no scenario %q; there are %s", errUsage, name, names())
		}
	}
	if o.addresses < 1 || o.addresses > 250 {
		return fmt.Errorf("%w: -addresses is 1 to 250", errUsage)
	}
	if o.people < 60 || o.pairs < 1 || o.room < 2 || o.crowd < 1 || o.connections < 1 || o.missed < 1 || o.stalled < 2*oneAsleepIn {
		return fmt.Errorf("%w: -people is 60 and -stalled-connections %d at least, the other sizes are positive", errUsage, 2*oneAsleepIn)
	}
	return nil
}

func names() string {
	all := make([]string, 0, len(scenarios))
	for _, s := range scenarios {
		all = append(all, s.name)
	}
	return strings.Join(all, ", ")
}

// run runs the scenarios. The report is there also when a promise was broken; the error says so.
func run(ctx context.Context, o options, log io.Writer) (*report, error) {
	p := newProgress(log)
	defer p.close()
	w := newWorld(o, p)
	defer w.close()
	for _, s := range scenarios {
		if len(o.scenarios) > 0 && !slices.Contains(o.scenarios, s.name) {
			continue
		}
		p.begin(s.name)
		p.say("%s", s.about)
		if err := s.run(ctx, w); err != nil {
			return w.report, errors.Join(fmt.Errorf("%s: %w", s.name, err), w.broken())
		}
	}
	w.report.Faults = w.faults.byKind()
	return w.report, w.broken()
}

// errBroken is the end of a run in which a promise was broken.
var errBroken = errors.New("promises were broken")

func (w *world) broken() error {
	lines := w.faults.lines()
	if len(lines) == 0 {
		return nil
	}
	return fmt.Errorf("%w\n%s", errBroken, strings.Join(lines, "\n"))
}
