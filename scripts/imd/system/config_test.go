package system

import (
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	apiapp "im-backend/api-gateway/app"
	apietc "im-backend/api-gateway/etc"
	authapp "im-backend/auth-service/app"
	authetc "im-backend/auth-service/etc"
	chatapp "im-backend/chat-service/app"
	chatetc "im-backend/chat-service/etc"
	"im-backend/common/utils/confx"
	friendapp "im-backend/friend-service/app"
	friendetc "im-backend/friend-service/etc"
	groupapp "im-backend/group-service/app"
	groupetc "im-backend/group-service/etc"
	userapp "im-backend/user-service/app"
	useretc "im-backend/user-service/etc"
	wsapp "im-backend/ws-gateway/app"
	wsetc "im-backend/ws-gateway/etc"
)

// TestEveryKeyOfOursIsInItsFile: the files are where operators look for what can be set. What go-zero knows besides is not there.
func TestEveryKeyOfOursIsInItsFile(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		config any
		file   []byte
	}{
		{apiapp.Config{}, apietc.YAML},
		{wsapp.Config{}, wsetc.YAML},
		{userapp.Config{}, useretc.YAML},
		{authapp.Config{}, authetc.YAML},
		{friendapp.Config{}, friendetc.YAML},
		{groupapp.Config{}, groupetc.YAML},
		{chatapp.Config{}, chatetc.YAML},
	} {
		var tree map[string]any
		require.NoError(t, yaml.Unmarshal(c.file, &tree))
		for _, path := range ours(reflect.TypeOf(c.config), "") {
			require.True(t, has(tree, strings.Split(path, ".")), "%s of %v", path, tree["Name"])
		}
	}
}

// TestEveryKeyIsSetByTheEnvironment: by the name that the rule makes of it, whatever the file has.
func TestEveryKeyIsSetByTheEnvironment(t *testing.T) {
	t.Parallel()
	var c chatapp.Config
	require.NoError(t, confx.Load(chatetc.YAML, confx.Values(map[string]string{
		"IM_CHAT_COMMITTER_LANES": "5", "IM_CHAT_KAFKA_BROKERS": "a:1,b:2", "IM_CHAT_LOG_ENCODING": "json", "IM_CHAT_POSITION_PACE": "7ms",
		"IM_CHAT_USERRPC_TIMEOUT": "1234", "IM_CHAT_TELEMETRY_SAMPLER": "0.5",
	}), &c))
	require.Equal(t, 5, c.Committer.Lanes)
	require.Equal(t, []string{"a:1", "b:2"}, c.Kafka.Brokers)
	require.Equal(t, "json", c.Log.Encoding)
	require.EqualValues(t, 1234, c.UserRPC.Timeout)
	require.InDelta(t, 0.5, c.Telemetry.Sampler, 0)
	require.Contains(t, confx.Keys(c), "Position.Pace")
}

// ours are the paths of the values whose structs are this module's.
func ours(t reflect.Type, path string) (paths []string) {
	for n := range t.NumField() {
		f := t.Field(n)
		at := strings.TrimPrefix(path+"."+f.Name, ".")
		switch {
		case f.Type.Kind() != reflect.Struct:
			paths = append(paths, at)
		case f.Anonymous && strings.HasPrefix(f.Type.PkgPath(), "im-backend/"):
			paths = append(paths, ours(f.Type, path)...)
		case strings.HasPrefix(f.Type.PkgPath(), "im-backend/"):
			paths = append(paths, ours(f.Type, at)...)
		}
	}
	return paths
}

func has(tree map[string]any, path []string) bool {
	for key, value := range tree {
		if !strings.EqualFold(key, path[0]) {
			continue
		}
		if len(path) == 1 {
			return true
		}
		branch, ok := value.(map[string]any)
		return ok && has(branch, path[1:])
	}
	return false
}
