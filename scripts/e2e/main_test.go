// Package e2e drives the whole system through its public contract, HTTP and WebSocket, and nothing else. By default the
// system is booted here on its embedded stores, with two chat-services and two ws-gateways; with IM_TEST_MYSQL, IM_TEST_REDIS,
// IM_TEST_KAFKA and IM_TEST_ETCD set it runs on those servers. With IM_E2E_API and IM_E2E_WS set, the URLs of a system that runs
// somewhere, the tests that need nothing else of it run against that one.
package e2e_test

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"im-backend/scripts/imd/system"
)

// target is the system under test. System is nil when it runs elsewhere, and only its URLs are known.
type target struct {
	*system.System
	api, socket string
}

// APIURL is where the HTTP API is.
func (t *target) APIURL() string {
	if t.System == nil {
		return t.api
	}
	return t.System.APIURL()
}

// WSURLs are those of two gateways at least; from elsewhere they are reached by one.
func (t *target) WSURLs() []string {
	if t.System == nil {
		return []string{t.socket, t.socket}
	}
	return t.System.WSURLs()
}

// sys is the system under test.
var sys target

// scratch is a directory that lives as long as the tests.
var scratch string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "im-e2e-")
	if err != nil {
		return fail(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	scratch = dir
	if sys.api, sys.socket = os.Getenv("IM_E2E_API"), os.Getenv("IM_E2E_WS"); sys.api != "" {
		flag.Parse()
		if err := flag.Set("test.skip", "^("+strings.Join(inside, "|")+")$"); err != nil {
			return fail(err)
		}
		return m.Run()
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	if sys.System, err = system.Start(ctx, options(dir)); err != nil {
		return fail(err)
	}
	code := m.Run()
	stopping, done := context.WithTimeout(context.Background(), 30*time.Second)
	defer done()
	if err := sys.Stop(stopping); err != nil {
		return fail(err)
	}
	return code
}

func options(dir string) system.Options {
	return system.Options{
		DataDir: dir, HTTPAddr: "127.0.0.1:0", WSAddr: "127.0.0.1:0", ChatInstances: 2, Gateways: 2,
		MySQL: os.Getenv("IM_TEST_MYSQL"), Redis: os.Getenv("IM_TEST_REDIS"), Kafka: os.Getenv("IM_TEST_KAFKA"),
		Etcd: os.Getenv("IM_TEST_ETCD"),
		Overrides: map[string]string{
			// Hashing at its real cost would be most of what the tests do.
			"PASSWORD_MEMORY_KIB": "64", "PASSWORD_ITERATIONS": "1",
			// The tests share an address, and some of them log in with wrong passwords.
			"LOGIN_ADDRESS_FREE": "1000000",
		},
	}
}

func fail(err error) int {
	fmt.Fprintln(os.Stderr, err)
	return 1
}

// unique makes a name that no other test of any run uses.
func unique(prefix string) string {
	b := make([]byte, 6)
	_, _ = rand.Read(b)
	return strings.ToLower(prefix) + hex.EncodeToString(b)
}
