// Print writes the OpenAPI document to standard output, for tools that need it without a server.
package main

import (
	"fmt"
	"os"

	"im-backend/api-gateway/internal/openapi"
)

func main() {
	document, err := openapi.Document()
	if err == nil {
		_, err = os.Stdout.Write(append(document, '\n'))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1) //nolint:forbidigo // this is a main
	}
}
