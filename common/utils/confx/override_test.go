package confx_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/utils/confx"
)

type inner struct {
	Lanes   int           `json:",default=2"`
	Timeout time.Duration `json:",default=2s"`
	On      bool          `json:",optional"`
	Share   float64       `json:",optional"`
	Hosts   []string      `json:",optional"`
	Kept    map[string]int
}

type overridden struct {
	Name   string
	Secret string `json:",optional"`
	Inner  inner
}

func (c overridden) Validate() error {
	if c.Inner.Lanes < 1 {
		return errors.New("Inner.Lanes must be at least 1")
	}
	return nil
}

const overriddenYAML = "Name: chat\ninner: {lanes: 3, Kept: {a: 1}}\n"

func TestTheEnvironmentOverridesEveryKey(t *testing.T) {
	t.Parallel()
	var c overridden
	require.NoError(t, confx.Load([]byte(overriddenYAML), confx.Values(map[string]string{
		"IM_CHAT_SECRET": "0123: $x", "IM_CHAT_INNER_LANES": "7", "IM_CHAT_INNER_TIMEOUT": "1m30s", "IM_CHAT_INNER_ON": "true",
		"IM_CHAT_INNER_SHARE": "0.25", "IM_CHAT_INNER_HOSTS": "a:1, b:2", "IM_CHAT_INNER_KEPT": "{b: 2}", "IM_AUTH_SECRET": "another's",
	}), &c))
	require.Equal(t, overridden{
		Name: "chat", Secret: "0123: $x",
		Inner: inner{Lanes: 7, Timeout: 90 * time.Second, On: true, Share: 0.25, Hosts: []string{"a:1", "b:2"}, Kept: map[string]int{"b": 2}},
	}, c)
}

func TestBadOverridesAndValuesAreAllNamedAtOnceAndNotShown(t *testing.T) {
	t.Parallel()
	var c overridden
	err := confx.Load([]byte("Name: chat\nInner: {Timeout: soon, Share: much, Kept: {}}\n"), confx.Values(map[string]string{
		"IM_CHAT_INNER_LANES": "hunter2", "IM_CHAT_INNER_ON": "perhaps",
	}), &c)
	for _, want := range []string{
		"IM_CHAT_INNER_LANES: is not a whole number", "IM_CHAT_INNER_ON: is not true or false",
		"Inner.Timeout: is not a duration", "Inner.Share: is not a number",
	} {
		require.ErrorContains(t, err, want)
	}
	require.NotContains(t, err.Error(), "hunter2")
}

func TestAnOverrideIsValidated(t *testing.T) {
	t.Parallel()
	var c overridden
	err := confx.Load([]byte(overriddenYAML), confx.Values(map[string]string{"IM_CHAT_INNER_LANES": "0"}), &c)
	require.ErrorContains(t, err, "Inner.Lanes must be at least 1")
}

func TestAMistypedOverrideInTheEnvironmentIsAnError(t *testing.T) {
	t.Setenv("IM_CHAT_INNER_LANE", "4")
	t.Setenv("IM_CHATTER_INNER", "another's")
	file := filepath.Join(t.TempDir(), "chat.yaml")
	require.NoError(t, os.WriteFile(file, []byte(overriddenYAML), 0o600))
	var c overridden
	err := confx.LoadFile(file, &c)
	require.ErrorContains(t, err, "IM_CHAT_INNER_LANE in the environment overrides no key")
	require.NotContains(t, err.Error(), "CHATTER")
}

func TestKeysAreThePathsOfAllValues(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"Inner.Hosts", "Inner.Kept", "Inner.Lanes", "Inner.On", "Inner.Share", "Inner.Timeout", "Name", "Secret"},
		confx.Keys(&overridden{}))
}
