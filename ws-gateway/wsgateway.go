// The wsgateway service as a process.
package main

import (
	"os"
	"runtime/debug"

	"im-backend/common/utils/process"
	"im-backend/ws-gateway/app"
)

func main() {
	// Nearly all of the heap is connections, which live long: half the usual room for garbage costs little time and saves a
	// third of the memory. GOGC overrules it.
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(50)
	}
	os.Exit(process.Main("etc/wsgateway.yaml", app.New))
}
