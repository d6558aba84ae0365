// The user service as a process.
package main

import (
	"os"

	"im-backend/common/utils/process"
	"im-backend/user-service/app"
)

func main() {
	os.Exit(process.Main("etc/user.yaml", app.New))
}
