// Etcd is the real Etcd server as a process of its own, for tests on real servers: no package of a current one is at hand
// everywhere, and the Go module has it.
package main

import (
	"flag"
	"fmt"
	"os"
	"time"

	"im-backend/common/utils/process"
	"im-backend/scripts/imd/embedded"
)

func main() {
	dir := flag.String("data", "", "the data directory")
	addr := flag.String("listen", "127.0.0.1:2379", "host:port for clients")
	flag.Parse()
	server, err := embedded.NewEtcdAt(*dir, *addr)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	os.Exit(process.Run(server, 10*time.Second))
}
