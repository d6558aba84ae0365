package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"im-backend/common/utils/confx"
)

// Page is where the table lies.
const Page = "docs/configuration.md"

// file is the configuration of one service.
type file struct{ service, path string }

var files = []file{
	{"api-gateway", "api-gateway/etc/gateway.yaml"},
	{"ws-gateway", "ws-gateway/etc/wsgateway.yaml"},
	{"user-service", "user-service/etc/user.yaml"},
	{"auth-service", "auth-service/etc/auth.yaml"},
	{"friend-service", "friend-service/etc/friend.yaml"},
	{"group-service", "group-service/etc/group.yaml"},
	{"chat-service", "chat-service/etc/chat.yaml"},
}

const intro = `# Configuration

This page is made by ` + "`make generate`" + ` from the services' own files, which are good for local development as they are.

A service reads one YAML file (` + "`-f`" + `). Three things set a value, the later ones over the earlier:

1. the default in the code, for a key that the file leaves out;
2. the file, in which ` + "`${NAME:-default}`" + ` is the environment's NAME or else the default, and ` + "`${NAME}`" + ` has to be set;
3. the environment, for every key: ` + "`IM_`" + `, the service's Name, and the path of the key with ` + "`_`" + ` for its dots, all in capitals:
   ` + "`IM_CHAT_COMMITTER_LANES=4`" + ` is Committer.Lanes of chat-service. Items of a list are separated by commas; a map is YAML, such as
   ` + "`IM_AUTH_SESSION_POLICY_PLATFORMS='{ios: 2, web: 5}'`" + `. Keys of go-zero that the files do not name can be set so too.

The services are strict: an unknown key, a ` + "`${NAME}`" + ` that is not set, a value of the wrong kind or out of its range, and a name of
the environment that begins like the service's own and overrides nothing are errors. All of them are named, by key and never by
value, and the service does not start. (Kubernetes makes such names for a Service called im-chat: set enableServiceLinks: false.)

Durations are such as 1m30s; a number of time says its unit.
`

// document is the page, or all that is missing for it.
func document(root string) (page string, faults []error) {
	var b strings.Builder
	b.WriteString(intro)
	for _, f := range files {
		text, err := os.ReadFile(filepath.Join(root, f.path)) //nolint:gosec // files of the repository
		if err != nil {
			faults = append(faults, err)
			continue
		}
		keys, err := keysOf(text)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", f.path, err))
			continue
		}
		fmt.Fprintf(&b, "\n## %s\n\n`%s`\n\n| key | default | environment | what it is |\n| --- | --- | --- | --- |\n", f.service, f.path)
		name := nameIn(keys)
		for _, k := range keys {
			if k.comment == "" {
				faults = append(faults, fmt.Errorf("%s: %s has no comment", f.path, k.path)) //nolint:err113 // shown, never compared
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", k.path, code(k.standard()), k.names(name), cell(k.comment))
		}
	}
	return b.String(), faults
}

func nameIn(keys []key) string {
	for _, k := range keys {
		if k.path == "Name" {
			return k.value
		}
	}
	return ""
}

var placeholder = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}`)

// standard is the value that a key has when nothing sets it.
func (k key) standard() string { return placeholder.ReplaceAllString(k.value, "$2") }

// names are what of the environment sets a key.
func (k key) names(service string) string {
	var names []string
	for _, found := range placeholder.FindAllStringSubmatch(k.value, -1) {
		names = append(names, code(found[1]))
	}
	return strings.Join(append(names, code(confx.EnvName(service, k.path))), ", ")
}

func code(text string) string {
	if text == "" {
		return ""
	}
	return "`" + cell(text) + "`"
}

func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }
