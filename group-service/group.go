// The group service as a process.
package main

import (
	"os"

	"im-backend/common/utils/process"
	"im-backend/group-service/app"
)

func main() {
	os.Exit(process.Main("etc/group.yaml", app.New))
}
