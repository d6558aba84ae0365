package main

import (
	"errors"
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"
)

// key is one value of a configuration file.
type key struct {
	path    string
	value   string // as the file has it
	comment string
}

// usual says what keys of go-zero are that mean the same in every service.
var usual = map[string]string{
	"Name":             "in logs and traces, and in the names of the environment",
	"Mode":             "go-zero's mode; pro sheds load when CpuThreshold says so",
	"Timeout":          "milliseconds that one call may take",
	"Hosts":            "where Etcd is; services register there and are found",
	"Key":              "under which a service is registered in Etcd",
	"NonBlock":         "whether the service starts without this peer",
	"Log.Mode":         "console, file or volume",
	"Log.Encoding":     "json or plain",
	"Log.Level":        "debug, info, error or severe",
	"Log.Stat":         "whether statistics are logged now and then",
	"Middlewares.Stat": "whether slow calls are logged; it would log request bodies",
	"Duration":         "whether calls are logged; it would log request bodies",
}

var errNoMap = errors.New("is no map of keys")

// keysOf lists the values of a file in its order.
func keysOf(text []byte) ([]key, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return nil, fmt.Errorf("parse: %w", err)
	}
	if len(document.Content) != 1 || document.Content[0].Kind != yaml.MappingNode {
		return nil, errNoMap
	}
	c := collector{lines: strings.Split(string(text), "\n")}
	c.collect(document.Content[0], "", "")
	keys := c.keys
	described := map[string]string{}
	for i := range keys {
		k := &keys[i]
		last := k.path[strings.LastIndex(k.path, ".")+1:]
		for _, fallback := range []string{usual[k.path], usual[lastTwo(k.path)], usual[last], described[last]} {
			if k.comment == "" {
				k.comment = fallback
			}
		}
		if described[last] == "" {
			described[last] = k.comment
		}
	}
	return keys, nil
}

func lastTwo(path string) string {
	parts := strings.Split(path, ".")
	return strings.Join(parts[max(0, len(parts)-2):], ".")
}

type collector struct {
	lines []string
	keys  []key
}

// collect walks a map. A map in one line has the comment of its line for the keys that have none of their own: above is it.
func (c *collector) collect(node *yaml.Node, path, above string) {
	for i := 0; i+1 < len(node.Content); i += 2 {
		name, value := node.Content[i], node.Content[i+1]
		at := strings.TrimPrefix(path+"."+name.Value, ".")
		comment := c.commentOf(name, value)
		if value.Kind == yaml.MappingNode && !isValue(at) {
			inside := ""
			if value.Style == yaml.FlowStyle {
				inside = comment
			}
			c.collect(value, at, inside)
			continue
		}
		if comment == "" {
			comment = above
		}
		c.keys = append(c.keys, key{path: at, value: textOf(value), comment: comment})
	}
}

// isValue tells the maps that are the value of one key.
func isValue(path string) bool { return strings.HasSuffix(path, ".Platforms") }

// commentOf is what stands behind a key, or behind its value.
func (c *collector) commentOf(nodes ...*yaml.Node) string {
	for _, n := range nodes {
		if n.LineComment != "" {
			return clean(n.LineComment + c.rest(n.Line))
		}
	}
	name := nodes[0]
	if name.HeadComment == "" || len(c.lines[name.Line-2])-len(strings.TrimLeft(c.lines[name.Line-2], " ")) != name.Column-1 {
		return "" // what stands above is not about this key, but goes on with the comment of another
	}
	return clean(name.HeadComment)
}

// rest are the lines after one with a comment that go on with it: those that begin under its #.
func (c *collector) rest(line int) string {
	begins := strings.LastIndex(c.lines[line-1], "#")
	var b strings.Builder
	for _, next := range c.lines[line:] {
		if trimmed := strings.TrimLeft(next, " "); !strings.HasPrefix(trimmed, "#") || len(next)-len(trimmed) != begins {
			break
		}
		b.WriteString("\n" + next[begins:])
	}
	return b.String()
}

func clean(comment string) string {
	var words []string
	for line := range strings.SplitSeq(comment, "\n") {
		words = append(words, strings.Fields(strings.TrimLeft(line, "# "))...)
	}
	return strings.Join(words, " ")
}

// textOf is a value in one line.
func textOf(n *yaml.Node) string {
	switch n.Kind { //nolint:exhaustive // values of configuration files are these
	case yaml.SequenceNode:
		var items []string
		for _, item := range n.Content {
			items = append(items, textOf(item))
		}
		return strings.Join(items, ", ")
	case yaml.MappingNode:
		var items []string
		for i := 0; i+1 < len(n.Content); i += 2 {
			items = append(items, n.Content[i].Value+": "+textOf(n.Content[i+1]))
		}
		return "{" + strings.Join(items, ", ") + "}"
	}
	return n.Value
}
