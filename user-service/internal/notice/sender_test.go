package notice_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"

	"im-backend/common/model"
	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/proto/gen/friendpb"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/idgen"
	"im-backend/deploy/mysql/mysqltest"
	"im-backend/user-service/internal/account"
	"im-backend/user-service/internal/notice"
	"im-backend/user-service/internal/password"
	"im-backend/user-service/internal/store"
)

const secret = "correct horse battery"

// peers note what they are told. before, where it is set, is asked first, with the call that it is about.
type peers struct {
	mu     sync.Mutex
	told   []string
	steps  int // of a removal; the last one is done
	before func(ctx context.Context, call string) error
}

func (p *peers) hear(ctx context.Context, format string, args ...any) error {
	call := fmt.Sprintf(format, args...)
	p.mu.Lock()
	before := p.before
	p.mu.Unlock()
	if before != nil {
		if err := before(ctx, call); err != nil {
			return err
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.told = append(p.told, call)
	return nil
}

func (p *peers) set(before func(ctx context.Context, call string) error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.before = before
}

// count is how often a call has succeeded.
func (p *peers) count(call string) (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, one := range p.told {
		if one == call {
			n++
		}
	}
	return n
}

// calls are all that have succeeded, in their order.
func (p *peers) calls() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.told)
}

func (p *peers) last() string {
	calls := p.calls()
	return calls[len(calls)-1]
}

func (p *peers) done(call string) bool { return p.count(call) >= p.steps }

// friends, groups and chat are the three services.
type (
	friends struct{ *peers }
	groups  struct{ *peers }
	chat    struct{ *peers }
)

func (f friends) RemoveUser(ctx context.Context, in *friendpb.RemoveUserRequest, _ ...grpc.CallOption) (*friendpb.RemoveUserResponse, error) {
	call := fmt.Sprintf("unfriend %d", in.GetUserId())
	err := f.hear(ctx, "%s", call)
	return &friendpb.RemoveUserResponse{Done: f.done(call)}, err
}

func (g groups) RemoveUser(ctx context.Context, in *grouppb.RemoveUserRequest, _ ...grpc.CallOption) (*grouppb.RemoveUserResponse, error) {
	call := fmt.Sprintf("leave %d", in.GetUserId())
	err := g.hear(ctx, "%s", call)
	return &grouppb.RemoveUserResponse{Done: g.done(call)}, err
}

func (g groups) RenameUser(ctx context.Context, in *grouppb.RenameUserRequest, _ ...grpc.CallOption) (*grouppb.RenameUserResponse, error) {
	return &grouppb.RenameUserResponse{}, g.hear(ctx, "rename %d %s", in.GetUserId(), in.GetName())
}

func (c chat) RefreshPresence(ctx context.Context, in *chatpb.RefreshPresenceRequest, _ ...grpc.CallOption) (*chatpb.RefreshPresenceResponse, error) {
	return &chatpb.RefreshPresenceResponse{}, c.hear(ctx, "refresh %d", in.GetUserId())
}

// world is the account room on a database of its own, and whom it tells. Nobody tells until start.
type world struct {
	*account.Accounts
	store  *store.Store
	peers  *peers
	config notice.Config
	skew   atomic.Int64 // of the senders' clock, nanoseconds
	sender *notice.Sender
}

func newWorld(t *testing.T) *world {
	t.Helper()
	db := mysqltest.Open(t, "im_user")
	require.NoError(t, store.Prepare(t.Context(), db))
	w := &world{
		store: store.New(db), peers: &peers{steps: 1},
		config: notice.Config{Workers: 2, Sweep: 10 * time.Millisecond, SendTimeout: 2 * time.Second},
	}
	w.sender = w.newSender()
	hasher := password.New(password.Config{MemoryKiB: 8, Iterations: 1, Parallelism: 1, MaxWaiting: 8})
	w.Accounts = account.New(account.Config{}, w.store, hasher, idgen.New(1).Next, w.sender.Wake)
	return w
}

func (w *world) newSender() *notice.Sender {
	return notice.NewSender(w.config, w.store, notice.Peers{Friends: friends{w.peers}, Groups: groups{w.peers}, Chat: chat{w.peers}}, w.now)
}

func (w *world) now() time.Time { return time.Now().Add(time.Duration(w.skew.Load())) }

func start(t *testing.T, senders ...*notice.Sender) {
	t.Helper()
	for _, s := range senders {
		s.Start()
		t.Cleanup(s.Stop)
	}
}

func (w *world) register(t *testing.T, name string) model.UserID {
	t.Helper()
	user, err := w.Register(t.Context(), account.Registration{Username: name, Password: secret})
	require.NoError(t, err)
	return user.ID
}

func (w *world) change(t *testing.T, id model.UserID, c account.Change) {
	t.Helper()
	_, err := w.UpdateProfile(t.Context(), id, c)
	require.NoError(t, err)
}

func (w *world) rename(t *testing.T, id model.UserID, name string) {
	t.Helper()
	w.change(t, id, account.Change{Nickname: &name})
}

// settled waits until nothing waits to be told.
func (w *world) settled(t *testing.T) {
	t.Helper()
	require.Eventually(t, func() bool {
		b, err := w.store.NoticeBacklog(t.Context())
		return err == nil && b == notice.Backlog{}
	}, time.Minute, time.Millisecond)
}

func TestWhatOthersHaveToKnowIsTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	start(t, w.sender)
	id, hidden, bio := w.register(t, "alice"), false, "about me"
	w.change(t, id, account.Change{Bio: &bio})
	w.settled(t)
	require.Empty(t, w.peers.calls(), "nobody has to know of it")
	w.rename(t, id, "Al")
	w.settled(t)
	w.change(t, id, account.Change{ShowLastSeen: &hidden})
	w.settled(t)
	require.NoError(t, w.Delete(t.Context(), id, secret))
	w.settled(t)
	require.NoError(t, w.Delete(t.Context(), id, secret))
	w.settled(t)
	require.Equal(t, []string{fmt.Sprintf("rename %d Al", id), fmt.Sprintf("refresh %d", id)}, w.peers.calls()[:2])
	require.ElementsMatch(t, []string{fmt.Sprintf("unfriend %d", id), fmt.Sprintf("leave %d", id)}, w.peers.calls()[2:])
}

func TestARemovalIsCalledUntilItIsDone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.peers.steps = 5
	start(t, w.sender)
	id := w.register(t, "alice")
	require.NoError(t, w.Delete(t.Context(), id, secret))
	w.settled(t)
	require.Equal(t, 5, w.peers.count(fmt.Sprintf("unfriend %d", id)))
	require.Equal(t, 5, w.peers.count(fmt.Sprintf("leave %d", id)))
}

func TestWhatWaitsIsToldAsItIsByThen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	alice, bob := w.register(t, "alice"), w.register(t, "bob")
	for _, name := range []string{"A", "B", "C"} {
		w.rename(t, alice, name)
		w.rename(t, bob, name)
	}
	require.NoError(t, w.Delete(t.Context(), bob, secret))
	start(t, w.sender)
	w.settled(t)
	require.ElementsMatch(t, []string{
		fmt.Sprintf("rename %d C", alice), fmt.Sprintf("unfriend %d", bob), fmt.Sprintf("leave %d", bob),
	}, w.peers.calls())
}

func TestAServiceThatIsAwayIsToldLaterAndKeepsNoOtherBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	alice, bob := w.register(t, "alice"), w.register(t, "bob")
	gone, left := fmt.Sprintf("unfriend %d", alice), fmt.Sprintf("leave %d", alice)
	var refused atomic.Int64
	w.peers.set(func(_ context.Context, call string) error {
		if call == gone {
			refused.Add(1)
			return errs.ErrUnavailable
		}
		return nil
	})
	start(t, w.sender)
	require.NoError(t, w.Delete(t.Context(), alice, secret))
	w.rename(t, bob, "Bobby")
	require.Eventually(t, func() bool {
		return w.peers.count(left) > 0 && w.peers.count(fmt.Sprintf("rename %d Bobby", bob)) > 0 && refused.Load() > 1
	}, time.Minute, time.Millisecond)
	b, err := w.store.NoticeBacklog(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 1, b.Pending)
	w.peers.set(nil)
	w.settled(t)
	require.Equal(t, 1, w.peers.count(gone))
}

// A name that changes while an older one is told must not be lost, and must come last.
func TestAChangeDuringItsNoticeIsToldAfterIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.register(t, "alice")
	entered, leave := make(chan struct{}), make(chan struct{})
	var once sync.Once
	w.peers.set(func(context.Context, string) error {
		once.Do(func() { close(entered); <-leave })
		return nil
	})
	start(t, w.sender, w.newSender(), w.newSender())
	w.rename(t, id, "first")
	<-entered
	w.rename(t, id, "second")
	require.Zero(t, w.peers.count(fmt.Sprintf("rename %d second", id)))
	close(leave)
	w.settled(t)
	require.Equal(t, fmt.Sprintf("rename %d second", id), w.peers.last())
}

func TestManySendersTellOneThingAtATime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ids := []model.UserID{w.register(t, "alice"), w.register(t, "bob"), w.register(t, "carol")}
	var busy sync.Map
	w.peers.set(func(ctx context.Context, call string) error {
		var id int64
		if _, err := fmt.Sscanf(call, "rename %d ", &id); err != nil {
			return err
		}
		if _, twice := busy.LoadOrStore(id, true); twice {
			t.Errorf("%d is told of by two at once", id)
		}
		defer busy.Delete(id)
		_, err := w.store.NoticeBacklog(ctx) // takes its time
		return err
	})
	start(t, w.sender, w.newSender(), w.newSender())
	for i := range 20 {
		for _, id := range ids {
			w.rename(t, id, fmt.Sprintf("name%d", i))
		}
	}
	w.settled(t)
	for _, id := range ids {
		require.Positive(t, w.peers.count(fmt.Sprintf("rename %d name19", id)))
	}
}

func TestWhatASenderHeldWhenItCrashedIsToldByAnother(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.register(t, "alice")
	w.rename(t, id, "Al")
	now := time.Now().UnixMilli()
	held, ok, err := w.store.ClaimNotice(t.Context(), id, now, now+time.Hour.Milliseconds())
	require.NoError(t, err)
	require.True(t, ok)
	_, ok, err = w.store.ClaimNotice(t.Context(), id, now, now+1)
	require.NoError(t, err)
	require.False(t, ok, "it is held")
	start(t, w.sender)
	other := w.register(t, "bob")
	w.rename(t, other, "Bobby")
	require.Eventually(t, func() bool { return w.peers.count(fmt.Sprintf("rename %d Bobby", other)) > 0 }, time.Minute, time.Millisecond)
	require.Equal(t, fmt.Sprintf("rename %d Bobby", other), w.peers.last(), "somebody holds the other one")
	w.skew.Store(int64(2 * time.Hour))
	w.settled(t)
	require.Equal(t, 1, w.peers.count(fmt.Sprintf("rename %d Al", id)))

	// Should it come back, it removes nothing of what has happened since.
	w.sender.Stop()
	w.rename(t, id, "Ally")
	require.NoError(t, w.store.RemoveNotice(t.Context(), held, now))
	require.NoError(t, w.store.DelayNotice(t.Context(), held, now+time.Hour.Milliseconds()))
	b, err := w.store.NoticeBacklog(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 1, b.Pending)
	start(t, w.newSender())
	w.settled(t)
	require.Equal(t, fmt.Sprintf("rename %d Ally", id), w.peers.last())
}

func TestStopGivesBackWhatHangs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.config.SendTimeout = time.Hour
	hanging := w.newSender()
	entered := make(chan struct{})
	w.peers.set(func(ctx context.Context, _ string) error {
		close(entered)
		<-ctx.Done()
		return ctx.Err()
	})
	id := w.register(t, "alice")
	hanging.Start()
	w.rename(t, id, "Al")
	<-entered
	hanging.Stop()
	w.peers.set(nil)
	start(t, w.sender)
	w.settled(t)
	require.Equal(t, 1, w.peers.count(fmt.Sprintf("rename %d Al", id)))
}

func TestTheConfigurationIsChecked(t *testing.T) {
	t.Parallel()
	good := notice.Config{Workers: 1, Sweep: 1, SendTimeout: 1}
	require.NoError(t, good.Validate())
	for _, bad := range []notice.Config{{Sweep: 1, SendTimeout: 1}, {Workers: 1, SendTimeout: 1}, {Workers: 1, Sweep: 1}} {
		require.Error(t, bad.Validate())
	}
}
