package delivery

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"im-backend/chat-service/internal/committer"
	"im-backend/chat-service/internal/message"
	"im-backend/common/proto/gen/logpb"
)

// contents is what was pushed of a conversation.
func (b *bench) contents(id string) (all string) {
	for _, item := range b.gateway.Items() {
		if e := item.GetEntry(); e.GetConversationId() == id {
			all += string(e.GetContent())
		}
	}
	return all
}

// change changes the entry 2 of s:1:2, whose only text is "hi".
func (b *bench) change(c *committer.Committer, kind, text string) {
	b.t.Helper()
	j := b.job(1, "s:1:2", "unused")
	what := committer.Change{User: 1, Kind: kind, Target: 2, Content: fmt.Appendf(nil, `{"text":%q}`, text), Emoji: "👍"}
	_, err := c.Store(context.Background(), committer.Job{To: j.To, Change: &what})
	require.NoError(b.t, err)
}

func TestDeliveryThatLagsPushesNothingThatWasRecalledMeanwhile(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		age  time.Duration
		upTo int64 // of the records that come before the others
	}{
		{"a backlog, the recall in a later record", time.Minute, 4},
		{"a backlog, the recall in the same record", time.Minute, 5},
		{"a moment ago, the recall in the same record", 0, 5},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, 1)
			c := b.committer(crashed{})
			b.fill(c, "s:1:2", 2)
			b.change(c, message.Edit, "secret")
			b.change(c, message.Reaction, "")
			backlog := b.stored("s:1:2", 1, 4) // as they were
			b.change(c, message.Recall, "")
			backlog = append(backlog, b.stored("s:1:2", 5, 5)...)
			for _, e := range backlog {
				e.CreatedAt -= tc.age.Milliseconds()
			}
			s := b.spread()
			w := newWorker(s)
			require.NoError(t, w.deliver(context.Background(), record(t, backlog[:tc.upTo]...)))
			require.NoError(t, w.deliver(context.Background(), record(t, backlog[tc.upTo-1:]...)))
			s.gateways.Flush()
			require.Equal(t, run(1, 5), b.gateway.Seqs("s:1:2"))
			require.NotContains(t, b.contents("s:1:2"), "secret")
			require.Contains(t, b.contents("s:1:2"), `{"text":"hi"}`, "the others say what they said")
			for _, item := range b.gateway.Items() {
				require.Empty(t, item.GetEntry().GetReactions())
				require.Zero(t, item.GetEntry().GetReactionSeq(), "each reaction is an entry of its own")
			}
		})
	}
}

func TestWhatIsFreshIsNotReadAnew(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	s := b.spread()
	fresh := &logpb.Entry{ConversationId: "s:1:2", Seq: 1, Type: message.Text, CreatedAt: time.Now().UnixMilli()}
	lasting := &logpb.Entry{ConversationId: "s:1:2", Seq: 2, Type: message.System}
	require.NoError(t, b.db.Exec("ALTER TABLE messages RENAME TO away").Error)
	require.NoError(t, s.renew(context.Background(), []*logpb.Entry{fresh, lasting}))
	fresh.CreatedAt -= 2 * time.Second.Milliseconds()
	require.Error(t, s.renew(context.Background(), []*logpb.Entry{fresh}))
}

func TestEntriesOfAbsentUsersThatWaitForKafkaSayNothingThatWasRecalledMeanwhile(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	b.online(1)
	b.noWake.Store(true)
	c := b.committer(crashed{})
	b.fill(c, "s:1:2", 2)
	require.NoError(t, b.db.Exec("UPDATE messages SET created_at = created_at - 60000").Error)
	w := newWorker(b.spread())
	delivered := make(chan error, 1)
	backlog := b.stored("s:1:2", 1, 2)
	tried := b.writes.Load()
	go func() { delivered <- w.deliver(context.Background(), record(t, backlog...)) }()
	eventually(t, func() bool { return b.writes.Load() > tried }, "the topic takes nothing")
	b.change(c, message.Recall, "")
	b.noWake.Store(false)
	require.NoError(t, <-delivered)
	records := b.records(TopicOffline)
	require.Len(t, records, 1)
	woken := &logpb.Record{}
	require.NoError(t, proto.Unmarshal(records[0].Value, woken))
	require.Len(t, woken.GetEntries(), 2)
	require.JSONEq(t, `{"text":"hi"}`, string(woken.GetEntries()[0].GetContent()))
	require.JSONEq(t, `{}`, string(woken.GetEntries()[1].GetContent()))
}
