// Promql reads expressions of Prometheus, one a line, and prints the metrics that each of them names: a line for each, empty for
// none. An expression that Prometheus would refuse is an error. It is a module of its own, as what it depends on is large.
package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	"github.com/prometheus/prometheus/promql/parser"
)

func main() {
	lines := bufio.NewScanner(os.Stdin)
	failed := false
	for lines.Scan() {
		names, err := namesOf(lines.Text())
		if err != nil {
			failed = true
			fmt.Fprintf(os.Stderr, "%s: %v\n", lines.Text(), err)
		}
		fmt.Println(strings.Join(names, " "))
	}
	if failed || lines.Err() != nil {
		os.Exit(1)
	}
}

func namesOf(text string) (names []string, err error) {
	expression, err := parser.ParseExpr(text)
	if err != nil {
		return nil, err
	}
	parser.Inspect(expression, func(node parser.Node, _ []parser.Node) error {
		if selector, ok := node.(*parser.VectorSelector); ok {
			names = append(names, selector.Name)
		}
		return nil
	})
	return names, nil
}
