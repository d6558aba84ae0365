// The auth service as a process.
package main

import (
	"os"

	"im-backend/auth-service/app"
	"im-backend/common/utils/process"
)

func main() {
	os.Exit(process.Main("etc/auth.yaml", app.New))
}
