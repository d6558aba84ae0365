// The wsgateway service as a process.
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime/debug"
	"time"

	"im-backend/common/utils/confx"
	"im-backend/common/utils/process"
	"im-backend/ws-gateway/app"
)

func main() {
	file := flag.String("f", "etc/wsgateway.yaml", "the config file")
	flag.Parse()
	var c app.Config
	if err := confx.LoadFile(*file, &c); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	// Nearly all of the heap is connections, which live long: half the usual room for garbage costs little time and saves a
	// third of the memory. GOGC overrules it.
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(50)
	}
	os.Exit(process.Run(app.New(c), 25*time.Second))
}
