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
		_, err = fmt.Println(string(document))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
