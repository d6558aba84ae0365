package timeline_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"

	"im-backend/chat-service/internal/committer"
	"im-backend/chat-service/internal/message"
	"im-backend/chat-service/internal/position"
	"im-backend/chat-service/internal/push"
	"im-backend/chat-service/internal/recent"
	"im-backend/chat-service/internal/store"
	"im-backend/chat-service/internal/storetest"
	"im-backend/chat-service/internal/timeline"
	"im-backend/common/model"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/common/proto/gen/logpb"
	"im-backend/common/proto/gen/userpb"
	"im-backend/common/utils/dbx"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/idgen"
)

// bench is a timeline over a real store, which is of the server that IM_TEST_MYSQL names with the tag integration.
type bench struct {
	t testing.TB
	*timeline.Timeline
	position  *position.Position
	db        *dbx.DB
	redis     *miniredis.Miniredis
	rdb       *redis.Client
	committer *committer.Committer
	peers     *peers
	reads     *reads
	ids       atomic.Int64
}

func newBench(t testing.TB) *bench {
	t.Helper()
	st, db := storetest.Open(t)
	server := miniredis.RunT(t)
	rdb := redis.NewClient(&redis.Options{Addr: server.Addr(), MaxRetries: -1})
	b := &bench{t: t, db: db, redis: server, rdb: rdb, peers: &peers{}, reads: &reads{}}
	c, err := committer.New(committer.Config{
		Lanes: 1, Queue: 10000, Batch: 500, Timeout: 10 * time.Second, CachedGroups: 100, CachedHeads: 1000, LargeGroup: 500, RecallWindow: time.Minute, EditWindow: time.Minute, ReactionKinds: 20, Pins: 50,
	}, st, idgen.New(1), b)
	require.NoError(t, err)
	c.Start()
	t.Cleanup(func() {
		c.Stop()
		require.NoError(t, rdb.Close())
	})
	b.committer = c
	b.Timeline = timeline.New(st, recent.New(rdb), fakeUsers{peers: b.peers}, fakeGroups{peers: b.peers}, b.reads)
	b.position = position.New(position.Config{Queue: 1000, Batch: 100, Timeout: 10 * time.Second}, st, b.reads)
	b.position.Start()
	t.Cleanup(b.position.Stop) // before the committer and the store
	return b
}

// Enqueue does what delivery does to the cache of entries.
func (b *bench) Enqueue(_ int64, entries []*logpb.Entry) {
	pipe := b.rdb.Pipeline()
	for _, e := range entries {
		recent.Note(context.Background(), pipe, e.GetConversationId(), []*logpb.Entry{e})
	}
	_, _ = pipe.Exec(context.Background()) // a cache may be away
}

type peers struct {
	mu     sync.Mutex
	away   bool
	asked  int
	widest int
}

func (p *peers) ask(ids []int64) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked++
	p.widest = max(p.widest, len(ids))
	if p.away {
		return errs.ErrUnavailable
	}
	return nil
}

type fakeUsers struct {
	userpb.UserServiceClient
	*peers
}

func (f fakeUsers) BatchGetUsers(_ context.Context, in *userpb.BatchGetUsersRequest, _ ...grpc.CallOption) (*userpb.BatchGetUsersResponse, error) {
	out := &userpb.BatchGetUsersResponse{}
	for _, id := range in.GetUserIds() {
		out.Users = append(out.Users, &userpb.User{UserId: id, Username: fmt.Sprint("user", id)})
	}
	return out, f.ask(in.GetUserIds())
}

type fakeGroups struct {
	grouppb.GroupServiceClient
	*peers
}

func (f fakeGroups) BatchGetGroups(_ context.Context, in *grouppb.BatchGetGroupsRequest, _ ...grpc.CallOption) (*grouppb.BatchGetGroupsResponse, error) {
	out := &grouppb.BatchGetGroupsResponse{}
	for _, id := range in.GetGroupIds() {
		out.Groups = append(out.Groups, &grouppb.Group{GroupId: id, Name: fmt.Sprint("group", id)})
	}
	return out, f.ask(in.GetGroupIds())
}

// MarkRead is what a read of one session does.
func (b *bench) MarkRead(ctx context.Context, user model.UserID, id string, seq, session int64) (int64, error) {
	return b.position.Read(ctx, user, id, seq, session)
}

type readEvent struct {
	id     string
	reader model.UserID
	seq    int64
}

// reads keeps what is told.
type reads struct {
	mu   sync.Mutex
	seen []readEvent   // reads alone
	told []push.Notice // everything else
}

func (r *reads) Tell(_ context.Context, notices ...push.Notice) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, n := range notices {
		if n.Read != nil {
			r.seen = append(r.seen, readEvent{n.Read.Conversation, n.Read.User, n.Read.Seq})
		} else {
			r.told = append(r.told, n)
		}
	}
}

func (b *bench) store(j committer.Job) int64 {
	b.t.Helper()
	r, err := b.committer.Store(context.Background(), j)
	require.NoError(b.t, err)
	return r.Seq
}

func (b *bench) address(id string) committer.Address {
	parsed, err := model.ParseConversationID(id)
	require.NoError(b.t, err)
	return committer.Address{Parsed: parsed, ID: id}
}

// send stores a text and answers its seq.
func (b *bench) send(from model.UserID, id string, mentions ...string) int64 {
	b.t.Helper()
	return b.sendText(from, id, "hi", mentions...)
}

func (b *bench) sendText(from model.UserID, id, text string, mentions ...string) int64 {
	b.t.Helper()
	m, err := message.New(fmt.Sprint("c", b.ids.Add(1)), message.Text, fmt.Appendf(nil, `{"text":%q}`, text), 0, mentions)
	require.NoError(b.t, err)
	return b.store(committer.Job{To: b.address(id), Send: &committer.Send{Sender: from, Message: m}, Settled: true})
}

func (b *bench) append(id string, creates bool, changes ...*logpb.MemberChange) int64 {
	b.t.Helper()
	return b.store(committer.Job{To: b.address(id), Append: &committer.Append{
		ID: fmt.Sprint("a", b.ids.Add(1)), Content: []byte(`{"event":"x"}`), Creates: creates, Changes: changes,
	}})
}

func joined(user model.UserID, historyVisible bool) *logpb.MemberChange {
	return &logpb.MemberChange{
		Kind: logpb.MemberChange_KIND_JOINED, UserId: int64(user), Role: "member", HistoryVisible: historyVisible,
	}
}

func as(role string, change *logpb.MemberChange) *logpb.MemberChange {
	change.Role = role
	return change
}

func left(user model.UserID) *logpb.MemberChange {
	return &logpb.MemberChange{Kind: logpb.MemberChange_KIND_LEFT, UserId: int64(user)}
}

func seqsOf(entries []*logpb.Entry) []int64 {
	seqs := make([]int64, len(entries))
	for i, e := range entries {
		seqs[i] = e.GetSeq()
	}
	return seqs
}

func run(from, to int64) []int64 {
	seqs := []int64{}
	for seq := from; seq <= to; seq++ {
		seqs = append(seqs, seq)
	}
	return seqs
}

var _ timeline.Notifier = (*reads)(nil)

var _ committer.Publisher = (*bench)(nil)

func viewOf(c *timeline.Conversation) *store.View { return c.View }
