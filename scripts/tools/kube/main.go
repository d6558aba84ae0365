// Kube builds kustomize overlays as kubectl does and reports what is wrong with them:
//
//	go run . -root ../../.. ../../../deploy/kubernetes/overlays/small
//
// Every object has to be one that Kubernetes knows, with no field that it does not, and to keep the project's own rules (rules.go,
// network.go). It needs no cluster.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
)

func main() {
	root := flag.String("root", "../../..", "the `DIRECTORY` of the repository, whose etc/*.yaml and docs say what a service knows")
	flag.Parse()
	if err := checkAll(*root, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func checkAll(root string, overlays []string) error {
	known, err := readProject(root)
	if err != nil {
		return err
	}
	var faults []error
	for _, dir := range overlays {
		o, err := build(dir)
		if err == nil {
			err = o.check(known)
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("%s:\n%w", dir, err))
			continue
		}
		fmt.Printf("%s: %d objects\n", dir, o.count)
	}
	return errors.Join(faults...)
}
