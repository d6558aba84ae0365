// Configdoc writes docs/configuration.md: one table of every key of every service's configuration file, with its default, what
// of the environment sets it and what its comment says.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	root := flag.String("root", ".", "the top of the repository")
	flag.Parse()
	page, faults := document(*root)
	for _, fault := range faults {
		fmt.Fprintln(os.Stderr, fault)
	}
	if len(faults) > 0 {
		os.Exit(1)
	}
	if err := os.WriteFile(filepath.Join(*root, Page), []byte(page), 0o644); err != nil { //nolint:gosec // a document for everybody
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
