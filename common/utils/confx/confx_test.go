package confx_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/utils/confx"
)

type part struct {
	Weight int `json:",default=3"`
}

type embedded struct {
	Name string
}

type config struct {
	embedded
	Password string `json:",optional"`
	Parts    []part `json:",optional"`
	Part     part
}

func TestLoadFillsInNamesAndDefaults(t *testing.T) {
	t.Parallel()
	var c struct {
		Name     string
		Password string
		Part     part
	}
	err := confx.Load([]byte("Name: ${NAME}\nPassword: pa$$word1\nPart: {Weight: ${WEIGHT:-5}}\n"),
		confx.Values(map[string]string{"NAME": "user"}), &c)
	require.NoError(t, err)
	require.Equal(t, "user", c.Name)
	require.Equal(t, "pa$$word1", c.Password)
	require.Equal(t, 5, c.Part.Weight)
}

func TestLoadReportsAllFaultsAtOnce(t *testing.T) {
	t.Parallel()
	var c config
	err := confx.Load([]byte("name: ${NAME}\nPasword: x\nParts: [{Weight: 1}, {Wieght: 2}]\npart: {weight: ${W}}\n"),
		confx.Values(nil), &c)
	require.Error(t, err)
	for _, want := range []string{"${NAME} is not set", "${W} is not set", "unknown key Pasword", "unknown key Parts[1].Wieght"} {
		require.ErrorContains(t, err, want)
	}
	require.NotContains(t, err.Error(), "unknown key name")
	require.NotContains(t, err.Error(), "unknown key part.weight")
}
