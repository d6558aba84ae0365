package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// ticksPerSecond is what Linux counts CPU time in, on every platform that Go knows.
const ticksPerSecond = 100

var errProcess = errors.New("a process is NAME=PID")

// process is one of the server's, whose cost is told: a service or a store.
type process struct {
	name string
	pid  int
}

// processes is a flag that may be given several times.
type processes []process

// String implements flag.Value.
func (p *processes) String() string { return fmt.Sprint(*p) }

// Set implements flag.Value.
func (p *processes) Set(text string) error {
	name, number, ok := strings.Cut(text, "=")
	pid, err := strconv.Atoi(number)
	if !ok || err != nil || pid <= 0 {
		return fmt.Errorf("%q: %w", text, errProcess)
	}
	*p = append(*p, process{name, pid})
	return nil
}

// usage is what a process has used and holds.
type usage struct {
	CPU time.Duration // user and system, since it began
	RSS int64         // bytes
}

// read answers the usage of every process that is there; those that have ended are missing.
func (p processes) read() map[string]usage {
	all := make(map[string]usage, len(p))
	for _, one := range p {
		if u, err := one.read(); err == nil {
			sum := all[one.name] // several instances of a service count together
			all[one.name] = usage{CPU: sum.CPU + u.CPU, RSS: sum.RSS + u.RSS}
		}
	}
	return all
}

func (p process) read() (usage, error) {
	dir := "/proc/" + strconv.Itoa(p.pid)
	stat, err := os.ReadFile(dir + "/stat") //nolint:gosec // a process by its number
	if err != nil {
		return usage{}, fmt.Errorf("read process: %w", err)
	}
	// The name in parentheses may hold anything; utime and stime are the 14th and 15th fields, the 12th and 13th after it.
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if len(fields) < 13 {
		return usage{}, errProcess
	}
	user, _ := strconv.ParseInt(fields[11], 10, 64)
	system, _ := strconv.ParseInt(fields[12], 10, 64)
	statm, err := os.ReadFile(dir + "/statm") //nolint:gosec // a process by its number
	if err != nil {
		return usage{}, fmt.Errorf("read process: %w", err)
	}
	pages, _ := strconv.ParseInt(strings.Fields(string(statm) + " 0 0")[1], 10, 64)
	return usage{
		CPU: time.Duration(user+system) * time.Second / ticksPerSecond,
		RSS: pages * int64(os.Getpagesize()),
	}, nil
}

// kill ends the first process of a name without a word, as a crash would.
func (p processes) kill(name string) error {
	for _, one := range p {
		if one.name == name {
			if err := syscall.Kill(one.pid, syscall.SIGKILL); err != nil {
				return fmt.Errorf("kill %s: %w", name, err)
			}
			return nil
		}
	}
	return fmt.Errorf("kill %s: %w", name, errProcess)
}
