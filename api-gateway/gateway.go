// The HTTP gateway as a process.
package main

import (
	"flag"
	"fmt"
	"os"
	"time"

	"im-backend/api-gateway/app"
	"im-backend/common/utils/confx"
	"im-backend/common/utils/process"
)

func main() {
	file := flag.String("f", "etc/gateway.yaml", "the config file")
	flag.Parse()
	var c app.Config
	if err := confx.LoadFile(*file, &c); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	os.Exit(process.Run(app.New(c), 25*time.Second))
}
