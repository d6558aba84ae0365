package label_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/utils/label"
)

func TestFault(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"a", "Алиса", "my boss", "👩‍👩‍👧", strings.Repeat("ä", 8)} {
		require.Empty(t, label.Fault(good, 8), "%q", good)
	}
	for _, bad := range []string{"", " \u00a0", "\u200b", "two words"} {
		require.Equal(t, "must have 1 to 8 characters", label.Fault(bad, 8), "%q", bad)
	}
	for _, bad := range []string{"a\nb", "a\x00", "\u202eabc", "a\u2028b", "a\u2066"} {
		require.Equal(t, "must not have control or text direction characters", label.Fault(bad, 8), "%q", bad)
	}
}

func TestLinkFault(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"", "https://a.example/b.png", "http://a", "/media/1"} {
		require.Empty(t, label.LinkFault(good, 30), "%q", good)
	}
	for _, bad := range []string{"javascript:alert(1)", "//a.example/b", "a.png", "https:///x", `/\a.example`, "https://a/\u202e", "/" + strings.Repeat("x", 30)} {
		require.Equal(t, "must be an http or https URL or a path, of at most 30 characters", label.LinkFault(bad, 30), "%q", bad)
	}
}

func TestTextFault(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"", " ", "a\nline", strings.Repeat("ä", 8)} {
		require.Empty(t, label.TextFault(good, 8), "%q", good)
	}
	require.Equal(t, "must be at most 8 characters", label.TextFault("123456789", 8))
	for _, bad := range []string{"a\rb", "a\x00", "\u202eabc"} {
		require.Equal(t, "must not have control or text direction characters", label.TextFault(bad, 8), "%q", bad)
	}
}
