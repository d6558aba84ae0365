package system

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEveryConfigurationLoadsWithItsDefaults(t *testing.T) {
	t.Parallel()
	for _, k := range []*kind{user, auth, friend, group, chat, api, gateway} {
		_, err := k.build(nil)
		require.NoError(t, err, k.name)
	}
}

func TestEveryKindIsStopped(t *testing.T) {
	t.Parallel()
	var kinds []*kind
	for _, phase := range stopOrder {
		kinds = append(kinds, phase...)
	}
	require.ElementsMatch(t, []*kind{user, auth, friend, group, chat, api, gateway}, kinds)
}

func TestSplitListsTakesServersApartAndNothingElse(t *testing.T) {
	t.Parallel()
	type etcd struct {
		Hosts []string
		Key   string
	}
	c := struct {
		Etcd    etcd
		Brokers []string
		Origins []string
	}{etcd{[]string{"a:1,b:2"}, "k,k"}, []string{"c:3", "d:4"}, []string{"x,y"}}
	splitLists(&c)
	require.Equal(t, etcd{[]string{"a:1", "b:2"}, "k,k"}, c.Etcd)
	require.Equal(t, []string{"c:3", "d:4"}, c.Brokers)
	require.Equal(t, []string{"x,y"}, c.Origins)
}

func TestResolveChoosesAPortOnlyWhereItIsLeftOpen(t *testing.T) {
	t.Parallel()
	addr, err := resolve("127.0.0.1:8080")
	require.NoError(t, err)
	require.Equal(t, "127.0.0.1:8080", addr)
	for _, open := range []string{"", "127.0.0.1:0"} {
		addr, err = resolve(open)
		require.NoError(t, err)
		require.Regexp(t, `^127\.0\.0\.1:[1-3]\d{4}$`, addr)
	}
	_, err = resolve("8080")
	require.Error(t, err)
}

func TestReachableIsWhatAClientCanDial(t *testing.T) {
	t.Parallel()
	for addr, want := range map[string]string{
		"0.0.0.0:8080": "127.0.0.1:8080", ":8080": "127.0.0.1:8080", "[::]:8080": "127.0.0.1:8080",
		"localhost:8080": "localhost:8080", "10.0.0.1:8080": "10.0.0.1:8080",
	} {
		require.Equal(t, want, reachable(addr))
	}
}
