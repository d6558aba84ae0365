// Package archtest holds the walls of the house that linters do not see: who imports whom, how long files get, what lies
// where.
package archtest_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	root   = "../.."
	module = "im-backend"

	maxLines     = 400
	maxTestLines = 600
)

var services = []string{
	"api-gateway", "auth-service", "chat-service", "friend-service", "group-service", "user-service", "ws-gateway",
}

// topLevel is all that lies at the top of the repository.
var topLevel = append([]string{
	".ci", ".dockerignore", ".editorconfig", ".gitignore", ".golangci.yml", "LICENSE", "Makefile", "README.md", "README.zh-CN.md", "common", "deploy",
	"docs", "go.mod", "go.sum", "scripts",
}, services...)

// goPackage is what go list says of a package.
type goPackage struct {
	ImportPath   string
	Dir          string
	Imports      []string
	TestImports  []string
	XTestImports []string
}

// packages lists every package of the module.
func packages(t *testing.T) []goPackage {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-tags=integration", "-json=ImportPath,Dir,Imports,TestImports,XTestImports", "./...")
	cmd.Dir = root
	out, err := cmd.Output()
	require.NoError(t, err)
	var all []goPackage
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			require.NotEmpty(t, all)
			return all
		} else if err != nil {
			require.NoError(t, err)
		}
		all = append(all, p)
	}
}

// owner is the service to which a package belongs, or "".
func owner(importPath string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(importPath, module+"/"), "/")
	if slices.Contains(services, first) {
		return first
	}
	return ""
}

// mayImport reports whether a package may import a package of a service.
func mayImport(from, to string) bool {
	if owner(from) == owner(to) {
		return true
	}
	entrance := strings.HasSuffix(to, "/app") || strings.HasSuffix(to, "/etc")
	return from == module+"/scripts/imd/system" && entrance
}

func TestServicesMeetOnlyOverTheirProtocols(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		for _, imported := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
			if owner(imported) != "" && !mayImport(p.ImportPath, imported) {
				t.Errorf("%s imports %s", p.ImportPath, imported)
			}
		}
	}
}

// files lists the files that are in the repository or would be, with slashes, from its top.
func files(t *testing.T) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", "ls-files", "--cached", "--others", "--exclude-standard")
	cmd.Dir = root
	out, err := cmd.Output()
	require.NoError(t, err)
	names := strings.Split(strings.TrimSpace(string(out)), "\n")
	names = slices.DeleteFunc(names, func(name string) bool {
		_, err := os.Stat(filepath.Join(root, name))
		return err != nil // deleted and not committed yet
	})
	for _, name := range names {
		// Go takes an earlier result for this test's until a file or directory that it looked at has changed.
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			_, err := os.Stat(filepath.Join(root, dir))
			require.NoError(t, err)
		}
	}
	_, err = os.Stat(root)
	require.NoError(t, err)
	return names
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	require.NoError(t, err)
	return text
}

var generated = regexp.MustCompile(`(?m)^// Code generated .* DO NOT EDIT\.`)

// sources are the Go files that people write.
func sources(t *testing.T) map[string][]byte {
	t.Helper()
	found := map[string][]byte{}
	for _, name := range files(t) {
		if filepath.Ext(name) != ".go" {
			continue
		}
		if text := read(t, name); !generated.Match(text) {
			found[name] = text
		}
	}
	require.NotEmpty(t, found)
	return found
}

func TestFilesAreShort(t *testing.T) {
	t.Parallel()
	for name, text := range sources(t) {
		limit := maxLines
		if strings.HasSuffix(name, "_test.go") {
			limit = maxTestLines
		}
		if lines := bytes.Count(text, []byte("\n")); lines > limit {
			t.Errorf("%s has %d lines, more than %d", name, lines, limit)
		}
	}
}

func TestNothingRunsBeforeMain(t *testing.T) {
	t.Parallel()
	for name, text := range sources(t) {
		file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.SkipObjectResolution)
		require.NoError(t, err)
		for _, declaration := range file.Decls {
			if f, ok := declaration.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s has an init function", name)
			}
		}
	}
}

var logicConstructor = regexp.MustCompile(`(?m)^func (New\w+Logic)\(`)

func TestEveryLogicIsReached(t *testing.T) {
	t.Parallel()
	for _, service := range services {
		var callers bytes.Buffer
		logic := map[string]string{}
		for _, name := range files(t) {
			if filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") || !strings.HasPrefix(name, service+"/internal/") {
				continue
			}
			text := read(t, name)
			if !strings.HasPrefix(name, service+"/internal/logic/") {
				callers.Write(text)
				continue
			}
			for _, match := range logicConstructor.FindAllSubmatch(text, -1) {
				logic[string(match[1])] = name
			}
		}
		for constructor, name := range logic {
			if !bytes.Contains(callers.Bytes(), []byte("."+constructor+"(")) {
				t.Errorf("%s: nothing calls %s; its method or route is gone", name, constructor)
			}
		}
	}
}

func TestTheTopLevelHoldsOnlyWhatBelongsThere(t *testing.T) {
	t.Parallel()
	for _, name := range files(t) {
		first, _, _ := strings.Cut(name, "/")
		if !slices.Contains(topLevel, first) {
			t.Errorf("%s does not belong at the top level", first)
		}
	}
}

func TestEveryServiceHasItsConfigurationEmbedded(t *testing.T) {
	t.Parallel()
	names := files(t)
	for _, service := range services {
		var configurations []string
		for _, name := range names {
			if ok, _ := filepath.Match(service+"/etc/*.yaml", name); ok {
				configurations = append(configurations, filepath.Base(name))
			}
		}
		require.Len(t, configurations, 1, "%s/etc", service)
		require.True(t, slices.Contains(names, service+"/etc/embed.go"), "%s/etc/embed.go is missing", service)
		require.Contains(t, string(read(t, service+"/etc/embed.go")), "//go:embed "+configurations[0])
	}
}
