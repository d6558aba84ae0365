// Compose reads a compose file as docker compose does, all profiles on, and reports what is wrong with it:
//
//	go run . ../../../deploy/docker-compose.yaml
//
// Variables that the file asks for have a placeholder each. It needs no Docker.
package main

import (
	"context"
	"fmt"
	"os"
	"regexp"

	"github.com/compose-spec/compose-go/v2/cli"
)

// required is a variable without which the file is refused.
var required = regexp.MustCompile(`\$\{([A-Z_]+):\?`)

func main() {
	if err := check(context.Background(), os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func check(ctx context.Context, file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var env []string
	for _, name := range required.FindAllStringSubmatch(string(text), -1) {
		env = append(env, name[1]+"=placeholder")
	}
	options, err := cli.NewProjectOptions([]string{file}, cli.WithEnv(env), cli.WithProfiles([]string{"*"}))
	if err != nil {
		return err
	}
	project, err := options.LoadProject(ctx)
	if err != nil {
		return err
	}
	if err := project.CheckContainerNameUnicity(); err != nil {
		return err
	}
	fmt.Printf("%s: %d services\n", file, len(project.Services))
	return nil
}
