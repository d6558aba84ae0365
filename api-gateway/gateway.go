// The HTTP gateway as a process.
package main

import (
	"os"

	"im-backend/api-gateway/app"
	"im-backend/common/utils/process"
)

func main() {
	os.Exit(process.Main("etc/gateway.yaml", app.New))
}
