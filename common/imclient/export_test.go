package imclient_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/imclient"
)

// TestAnExportThatIsCutGoesOnWithEachLineOnce has a server that breaks off in different ways.
func TestAnExportThatIsCutGoesOnWithEachLineOnce(t *testing.T) {
	t.Parallel()
	const page = `{"kind":"message","data":{"seq":%d}}` + "\n" + `{"kind":"cursor","data":{"cursor":"%d"}}` + "\n"
	answers := map[string]string{
		"":  fmt.Sprintf(page, 1, 1) + `{"kind":"message","data":{"seq":2}}` + "\n",
		"1": fmt.Sprintf(page, 2, 2) + `{"kind":"message","da`,
		"2": fmt.Sprintf(page, 3, 3) + `{"kind":"end","data":{"complete":false,"reason":"UNAVAILABLE","cursor":"3"}}` + "\n",
		"3": `{"kind":"message","data":{"seq":4}}` + "\n" + `{"kind":"end","data":{"complete":true}}` + "\n",
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(answers[r.URL.Query().Get("cursor")]))
	}))
	defer server.Close()
	c := imclient.New(server.URL)
	var got []string
	take := func(line []byte) error { got = append(got, string(line)); return nil }
	cursor := ""
	for cut := range 3 {
		var err error
		cursor, err = c.Export(t.Context(), cursor, take)
		require.ErrorIs(t, err, imclient.ErrExportCut)
		require.Equal(t, fmt.Sprint(cut+1), cursor)
		require.Equal(t, map[int]string{2: "UNAVAILABLE"}[cut], imclient.Reason(err))
	}
	cursor, err := c.Export(t.Context(), cursor, take)
	require.NoError(t, err)
	require.Empty(t, cursor)
	require.Len(t, got, 4)
	for i, line := range got {
		require.Equal(t, fmt.Sprintf(`{"kind":"message","data":{"seq":%d}}`, i+1), line)
	}
}

func TestAnExportOfAnotherLineThanJSONIsCut(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(strings.Repeat("x", 2<<20)))
	}))
	defer server.Close()
	cursor, err := imclient.New(server.URL).Export(t.Context(), "5", nil)
	require.ErrorIs(t, err, imclient.ErrExportCut)
	require.Equal(t, "5", cursor)
}
