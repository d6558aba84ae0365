// Package deploy_test holds what is promised of the files that operators run: docs/deploy.md says it in words.
package deploy_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"
)

// container is a service of the compose file.
type container struct {
	Image       string         `yaml:"image"`
	User        string         `yaml:"user"`
	ReadOnly    bool           `yaml:"read_only"`
	CapDrop     []string       `yaml:"cap_drop"`
	SecurityOpt []string       `yaml:"security_opt"`
	Ports       []string       `yaml:"ports"`
	Profiles    []string       `yaml:"profiles"`
	Volumes     []string       `yaml:"volumes"`
	Networks    []string       `yaml:"networks"`
	Build       map[string]any `yaml:"build"`
	Healthcheck map[string]any `yaml:"healthcheck"`
	Logging     map[string]any `yaml:"logging"`
	Environment map[string]any `yaml:"environment"`
	DependsOn   map[string]struct {
		Condition string `yaml:"condition"`
	} `yaml:"depends_on"`
	Deploy struct {
		Resources struct {
			Limits struct {
				CPUs   string `yaml:"cpus"`
				Memory string `yaml:"memory"`
			} `yaml:"limits"`
		} `yaml:"resources"`
	} `yaml:"deploy"`
}

func containers(t *testing.T) map[string]container {
	t.Helper()
	text, err := os.ReadFile("docker-compose.yaml")
	require.NoError(t, err)
	var file struct {
		Services map[string]container `yaml:"services"`
	}
	require.NoError(t, yaml.Unmarshal(text, &file))
	require.Greater(t, len(file.Services), 12)
	return file.Services
}

// ours are the containers of programs of this repository.
func ours(t *testing.T) map[string]container {
	t.Helper()
	all := containers(t)
	for name, c := range all {
		if c.Build == nil {
			delete(all, name)
		}
	}
	require.Len(t, all, 9)
	return all
}

func TestEveryContainerHasLimitsAndItsLogsAnEnd(t *testing.T) {
	t.Parallel()
	for name, c := range containers(t) {
		require.NotEmpty(t, c.Deploy.Resources.Limits.CPUs, name)
		require.NotEmpty(t, c.Deploy.Resources.Limits.Memory, name)
		require.Contains(t, c.Logging["options"], "max-size", name)
		require.Contains(t, c.SecurityOpt, "no-new-privileges:true", name)
	}
}

func TestOurProgramsHaveNoRightsAndNothingToWriteTo(t *testing.T) {
	t.Parallel()
	for name, c := range ours(t) {
		require.True(t, c.ReadOnly, name)
		require.Equal(t, []string{"ALL"}, c.CapDrop, name)
		require.Contains(t, c.User, "${IM_USER:?", name)
		require.Empty(t, c.Ports, name)
		for _, volume := range c.Volumes {
			require.True(t, strings.HasSuffix(volume, ":ro"), "%s: %s", name, volume)
		}
	}
}

func TestEveryStoreAndServiceTellsWhetherItIsHealthyAndStartsByThat(t *testing.T) {
	t.Parallel()
	all := containers(t)
	for name, c := range all {
		if name == "migrate" || name == "imctl" { // which end
			continue
		}
		require.Contains(t, c.Healthcheck, "test", name)
		for on, d := range c.DependsOn {
			want := "service_healthy"
			if on == "migrate" {
				want = "service_completed_successfully"
			}
			require.Equal(t, want, d.Condition, "%s after %s", name, on)
		}
	}
	for name := range ours(t) {
		if strings.HasSuffix(name, "-service") {
			require.Contains(t, all[name].DependsOn, "migrate", name)
		}
	}
}

func TestOnlyTheEdgePublishesAndOnlyTwoPorts(t *testing.T) {
	t.Parallel()
	for name, c := range containers(t) {
		switch {
		case name == "edge":
			require.Len(t, c.Ports, 2)
		case !slices.Contains(c.Profiles, "proxy"):
			require.Empty(t, c.Ports, name)
		}
		if name == "edge" || name == "proxy" {
			require.Equal(t, []string{"edge"}, c.Networks, "it does not reach the stores")
		}
	}
}

// pinned is a number in the tag or, for images that have no other versions, in the name.
var pinned = regexp.MustCompile(`\d[^/]*$`)

func TestImagesOfOthersArePinned(t *testing.T) {
	t.Parallel()
	for name, c := range containers(t) {
		if c.Build == nil {
			require.Regexp(t, pinned, c.Image, name)
		}
	}
	text, err := os.ReadFile("Dockerfile")
	require.NoError(t, err)
	for _, image := range regexp.MustCompile(`ARG \w+_IMAGE=(\S+)`).FindAllStringSubmatch(string(text), -1) {
		require.Regexp(t, pinned, image[1])
	}
}

// secretName is what passwords are called in the file.
var secretName = regexp.MustCompile(`(PASSWORD|_AUTH)$`)

func TestNoPasswordIsInTheFile(t *testing.T) {
	t.Parallel()
	for name, c := range containers(t) {
		for key, value := range c.Environment {
			if secretName.MatchString(key) {
				require.Regexp(t, `^\$\{\w+_PASSWORD(:\?[^}]*)?\}$`, value, "%s: %s", name, key)
			}
			if text, ok := value.(string); ok {
				require.NotRegexp(t, `:[^$@/]+@tcp`, text, "%s: %s", name, key)
				require.NotRegexp(t, `password="[^$]`, text, "%s: %s", name, key)
			}
		}
	}
}
