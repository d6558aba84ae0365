package openapi_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/api-gateway/internal/openapi"
)

// TestTheClientLibraryHasThisDocument fails when an operation or a type has changed and the library was not made anew: make
// generate writes the document, npm run generate in api-gateway/web the types.
func TestTheClientLibraryHasThisDocument(t *testing.T) {
	t.Parallel()
	want, err := openapi.Document()
	require.NoError(t, err)
	got, err := os.ReadFile("../../web/sdk/openapi.json")
	require.NoError(t, err)
	require.Equal(t, string(want)+"\n", string(got), "run make generate, and npm run generate in api-gateway/web")
}

type schema struct {
	Ref        string            `json:"$ref"`
	Nullable   bool              `json:"nullable"`
	AllOf      []schema          `json:"allOf"`
	Items      *schema           `json:"items"`
	Properties map[string]schema `json:"properties"`
}

// TestEntriesAndSummariesHaveTheirOwnSchemas guards what the reflection of Go types alone would get wrong: entries are kept as
// bytes, and two pairs of types share a name.
func TestEntriesAndSummariesHaveTheirOwnSchemas(t *testing.T) {
	t.Parallel()
	text, err := openapi.Document()
	require.NoError(t, err)
	var doc struct {
		Components struct {
			Schemas map[string]schema `json:"schemas"`
		} `json:"components"`
	}
	require.NoError(t, json.Unmarshal(text, &doc))
	schemas := doc.Components.Schemas
	const message = "#/components/schemas/Message"
	require.Contains(t, schemas["Message"].Properties, "reactionSeq")
	require.Equal(t, message, schemas["MessageList"].Properties["items"].Items.Ref)
	require.Equal(t, message, schemas["SyncConversation"].Properties["messages"].Items.Ref)
	require.Equal(t, message, schemas["Pin"].Properties["message"].Ref)
	last := schemas["Conversation"].Properties["lastMessage"]
	require.True(t, last.Nullable)
	require.Equal(t, message, last.AllOf[0].Ref)
	require.Equal(t, "#/components/schemas/GroupSummary", schemas["Conversation"].Properties["group"].Ref)
	require.NotContains(t, schemas["GroupSummary"].Properties, "ownerId")
	require.Contains(t, schemas["Group"].Properties, "ownerId")
}
