// The chat service as a process.
package main

import (
	"os"

	"im-backend/chat-service/app"
	"im-backend/common/utils/process"
)

func main() {
	os.Exit(process.Main("etc/chat.yaml", app.New))
}
