package e2e_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"
)

// askFrame sends the request of a type as a caller, or as the owner with an id that there is not.
func (w *place) askFrame(t *testing.T, d document, row access, caller string) string {
	t.Helper()
	parameter, unknown := strings.CutPrefix(strings.TrimSuffix(caller, "}"), "{")
	if unknown {
		caller = "owner"
	}
	in := w.inputs(d, caller, "", row.variant)
	in.good["single"] = in.good["conversationId"]
	if unknown {
		in.good[parameter] = map[string]string{"conversationId": `"g:1"`, "seq": "99"}[parameter]
	}
	if parameter == "conversationId" {
		in.good["single"] = `"s:1:` + w.people["owner"].id + `"`
	}
	ws := w.people[caller].rawSocket(sys.WSURLs()[0], "im.v1.json")
	defer func() { _ = ws.Close() }()
	require.NoError(t, ws.WriteMessage(websocket.TextMessage, []byte(in.frame(row.operation, "asked", 0))))
	require.NoError(t, ws.SetReadDeadline(time.Now().Add(30*time.Second)))
	for {
		_, payload, err := ws.ReadMessage()
		require.NoError(t, err)
		var f rawFrame
		require.NoError(t, json.Unmarshal(payload, &f))
		if f.ID == nil || *f.ID != "asked" {
			continue
		}
		if reason := f.reason(t); reason != "" {
			return reason
		}
		return "ok"
	}
}

// TestTheAuthorisationMatrixOfFrames sends every request of the WebSocket as everybody.
func TestTheAuthorisationMatrixOfFrames(t *testing.T) {
	t.Parallel()
	d := openAPI(t)
	rows, shared := readAccess(t, frameAccess), newPlace(t)
	for kind := range frameData {
		require.True(t, slices.ContainsFunc(rows, func(a access) bool { return a.operation == kind }), "%s has no row", kind)
	}
	for _, row := range rows {
		t.Run(row.operation+"@"+row.variant, func(t *testing.T) {
			t.Parallel()
			fields, known := frameData[row.operation]
			require.True(t, known, "no such request")
			who := slices.Clone(callers)
			for _, name := range []string{"conversationId", "seq"} {
				if slices.Contains(fields, name) {
					who = append(who, "{"+name+"}")
				}
			}
			w, got := shared, map[string]string{}
			if row.operation == "message.recall" { // nobody changes what was recalled
				w = newPlace(t)
			}
			for _, caller := range order(row.answers, who) {
				got[caller] = w.askFrame(t, d, row, caller)
			}
			requireAnswers(t, row, got, who)
		})
	}
}
