// The friend service as a process.
package main

import (
	"os"

	"im-backend/common/utils/process"
	"im-backend/friend-service/app"
)

func main() {
	os.Exit(process.Main("etc/friend.yaml", app.New))
}
