package archtest_test

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// callersFile says who calls which RPC: a line "Service.Method: folders" each.
const callersFile = root + "/common/proto/im/callers.txt"

var (
	service = regexp.MustCompile(`(?s)service (\w+) \{(.*?)\n\}`)
	rpc     = regexp.MustCompile(`rpc (\w+)\((stream )?(\w+)\)`)
	genPkg  = regexp.MustCompile(`option go_package = ".*/(\w+)"`)
)

// method is an RPC and how code that calls it looks.
type method struct {
	name  string
	calls *regexp.Regexp
}

// methods reads the RPCs of all services.
func methods(t *testing.T) (all []method) {
	t.Helper()
	protos, err := filepath.Glob(root + "/common/proto/im/*/v1/*.proto")
	require.NoError(t, err)
	for _, path := range protos {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		for _, s := range service.FindAllSubmatch(text, -1) {
			pkg := string(genPkg.FindSubmatch(text)[1])
			for _, m := range rpc.FindAllSubmatch(s[2], -1) {
				calls := `\b` + pkg + `\.` + string(m[3]) + `\{`
				if len(m[2]) > 0 { // a stream of requests is opened with none
					calls = `(?s)\b` + pkg + `\..*\.` + string(m[1]) + `\((ctx|\w+\.?[cC]tx|context)`
				}
				all = append(all, method{string(s[1]) + "." + string(m[1]), regexp.MustCompile(calls)})
			}
		}
	}
	require.NotEmpty(t, all)
	return all
}

// callingCode has the texts of all code that may call, by folder: the services, what they share, and the commands of operators.
func callingCode(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	for _, folder := range append([]string{"scripts/imctl", "common/utils"}, services...) {
		err := filepath.WalkDir(filepath.Join(root, folder), func(path string, _ fs.DirEntry, err error) error {
			generated := strings.Contains(path, "/internal/server/") && !strings.HasPrefix(folder, "api")
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || generated {
				return err
			}
			text, err := os.ReadFile(path)
			texts[folder] += string(text)
			return err
		})
		require.NoError(t, err)
	}
	return texts
}

// TestWhoMayCallAnRPCIsDeclared: a call that nobody declared, and a declaration that nobody needs, fail here.
func TestWhoMayCallAnRPCIsDeclared(t *testing.T) {
	t.Parallel()
	texts := callingCode(t)
	var found []string
	for _, m := range methods(t) {
		var who []string
		for _, folder := range slices.Sorted(maps.Keys(texts)) {
			if m.calls.MatchString(texts[folder]) {
				who = append(who, folder)
			}
		}
		found = append(found, m.name+": "+strings.Join(who, " "))
	}
	declared, err := os.ReadFile(callersFile)
	require.NoError(t, err)
	var lines []string
	for line := range strings.Lines(string(declared)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	require.Equal(t, strings.Join(found, "\n"), strings.Join(lines, "\n"))
}
