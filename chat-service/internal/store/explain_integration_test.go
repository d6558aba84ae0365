//go:build integration

package store_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/chat-service/internal/storetest"
	"im-backend/common/model/imchat"
	"im-backend/common/utils/dbx"
)

// plan is what the server that IM_TEST_MYSQL names says of a query.
type plan struct {
	Table string
	Type  string
	Key   string
	Rows  int64
}

func explain(t *testing.T, db *dbx.DB, query string, args ...any) []plan {
	t.Helper()
	var plans []plan
	require.NoError(t, db.Raw("EXPLAIN "+query, args...).Scan(&plans).Error)
	return plans
}

func TestHotQueriesReadByTheirKeys(t *testing.T) {
	t.Parallel()
	_, db := storetest.Open(t)
	var messages []imchat.Message
	var members []imchat.UserConversation
	var heads []imchat.Conversation
	for c := range 200 {
		id := fmt.Sprintf("s:%d:%d", 1, c+2)
		heads = append(heads, imchat.Conversation{ID: id, Type: "s", MaxSeq: 50, UpdatedAt: int64(c)})
		members = append(members, imchat.UserConversation{UserID: 1, ConversationID: id}, imchat.UserConversation{UserID: int64(c + 2), ConversationID: id})
		for seq := range int64(50) {
			messages = append(messages, imchat.Message{
				ConversationID: id, Seq: seq + 1, SenderID: 1, ClientMsgID: fmt.Sprint("c", seq), Type: "text", Content: []byte("{}"),
			})
		}
	}
	require.NoError(t, db.CreateInBatches(heads, 500).Error)
	require.NoError(t, db.CreateInBatches(members, 500).Error)
	var deleted []imchat.DeletedMessage
	for c := range 200 {
		for seq := range int64(10) {
			deleted = append(deleted, imchat.DeletedMessage{UserID: 1, ConversationID: fmt.Sprintf("s:%d:%d", 1, c+2), Seq: seq + 1})
		}
	}
	require.NoError(t, db.CreateInBatches(deleted, 500).Error)
	require.NoError(t, db.CreateInBatches(messages, 500).Error)
	require.NoError(t, db.Exec("ANALYZE TABLE conversations, user_conversations, messages, deleted_messages").Error)
	for _, tc := range []struct {
		name, query string
		args        []any
		key         string
		rows        int64
	}{
		{
			"a page of history", "SELECT * FROM messages WHERE conversation_id = ? AND seq BETWEEN ? AND ? ORDER BY seq DESC LIMIT 20",
			[]any{"s:1:7", 10, 40},
			"PRIMARY", 60,
		},
		{
			"earlier sends", "SELECT seq FROM messages WHERE (conversation_id,sender_id,client_msg_id) IN ((?,?,?),(?,?,?))",
			[]any{"s:1:7", 1, "c7", "s:1:8", 1, "c8"},
			"uk_messages_client", 4,
		},
		{
			"newest entries", "SELECT * FROM messages WHERE (conversation_id, seq) IN ((?,?),(?,?))",
			[]any{"s:1:7", 50, "s:1:8", 50},
			"PRIMARY", 4,
		},
		{
			"the lock", "SELECT * FROM conversations WHERE id IN (?,?) ORDER BY id FOR UPDATE", []any{"s:1:7", "s:1:8"}, "PRIMARY", 4,
		},
		{
			"members", "SELECT user_id FROM user_conversations WHERE conversation_id=? AND max_visible_seq=0",
			[]any{"s:1:7"},
			"idx_user_conversations_conversation", 4,
		},
		{
			"own heads", "SELECT user_id FROM user_conversations FORCE INDEX (PRIMARY) WHERE (user_id, conversation_id) IN ((?,?),(?,?))",
			[]any{1, "s:1:7", 8, "s:1:8"},
			"PRIMARY", 4,
		},
		{
			"readers", "SELECT COUNT(*) FROM user_conversations WHERE conversation_id = ? AND max_visible_seq = 0 AND min_seq <= 5 AND joined_seq <= 5",
			[]any{"s:1:7"},
			"idx_user_conversations_conversation", 4,
		},
		{
			"deletions", "SELECT seq FROM deleted_messages WHERE user_id = ? AND conversation_id = ? AND deleted_at >= 1 ORDER BY seq LIMIT 1001",
			[]any{1, "s:1:7"},
			"PRIMARY", 60,
		},
	} {
		plans := explain(t, db, tc.query, tc.args...)
		require.Len(t, plans, 1, tc.name)
		require.Equal(t, tc.key, plans[0].Key, "%s: %+v", tc.name, plans)
		require.LessOrEqual(t, plans[0].Rows, tc.rows, "%s: %+v", tc.name, plans)
	}
}

func TestConnectionsNeitherLockGapsNorHoldLocksForLong(t *testing.T) {
	t.Parallel()
	_, db := storetest.Open(t)
	type variable struct{ Value string }
	var isolation, wait []variable
	require.NoError(t, db.Raw("SHOW VARIABLES WHERE Variable_name IN ('tx_isolation', 'transaction_isolation')").Scan(&isolation).Error)
	require.Equal(t, "READ-COMMITTED", isolation[0].Value)
	require.NoError(t, db.Raw("SHOW VARIABLES LIKE 'innodb_lock_wait_timeout'").Scan(&wait).Error)
	require.Equal(t, "1", wait[0].Value)
}
