package chatlink

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/utils/errs"
)

// pool is a pool whose links have no streams: the test plays them.
func pool(t *testing.T, addrs ...string) *Pool {
	t.Helper()
	p := New(Options{Deadline: time.Hour, Stall: time.Hour, Queue: 100}, nil)
	t.Cleanup(p.Close)
	for _, addr := range addrs {
		l := newLink(p, addr)
		l.up = true
		p.links[addr] = l
	}
	return p
}

func request(id string) *chatpb.SendRequest {
	return &chatpb.SendRequest{Message: &chatpb.Message{ClientMsgId: id}}
}

// queued are the client message ids that wait on a link.
func queued(l *link) []string {
	var ids []string
	for _, s := range append(append([]*send(nil), l.waiting...), l.queue...) {
		ids = append(ids, s.request.GetMessage().GetClientMsgId())
	}
	return ids
}

func TestWithoutInstancesSendsAreUnavailableAtOnce(t *testing.T) {
	t.Parallel()
	var got error
	pool(t).Send("s:1:2", request("a"), func(_ *chatpb.SendResponse, err error) { got = err })
	require.ErrorIs(t, got, errs.ErrUnavailable)
}

func TestAFullLinkRefusesAtOnce(t *testing.T) {
	t.Parallel()
	p := pool(t, "a")
	var refused int
	for i := range 105 {
		p.Send("s:1:"+strconv.Itoa(i), request("m"), func(_ *chatpb.SendResponse, err error) {
			if err != nil && !p.closed {
				refused++
			}
		})
	}
	require.Equal(t, 5, refused)
}

func TestRendezvousMovesOnlyWhatItMust(t *testing.T) {
	t.Parallel()
	p := pool(t, "a", "b", "c")
	before := map[string]string{}
	counts := map[string]int{}
	for i := range 3000 {
		conversation := "g:" + strconv.Itoa(i)
		before[conversation] = p.pick(conversation, nil).addr
		counts[before[conversation]]++
	}
	for _, n := range counts {
		require.InDelta(t, 1000, n, 150)
	}
	delete(p.links, "c")
	for conversation, addr := range before {
		if addr != "c" {
			require.Equal(t, addr, p.pick(conversation, nil).addr)
		}
	}
}

func TestABrokenLinkHandsOnInOrderOnce(t *testing.T) {
	t.Parallel()
	p := pool(t, "a", "b")
	for i := range 6 {
		p.Send("g:1", request(strconv.Itoa(i)), func(*chatpb.SendResponse, error) {})
	}
	first := p.lanes["g:1"].link
	require.Len(t, first.next(), 6)
	p.Send("g:1", request("6"), func(*chatpb.SendResponse, error) {}) // waits while the others are on the stream
	require.Empty(t, p.reroute(first))
	second := p.lanes["g:1"].link
	require.NotSame(t, first, second)
	p.Send("g:1", request("7"), func(*chatpb.SendResponse, error) {})
	require.Equal(t, []string{"0", "1", "2", "3", "4", "5", "6", "7"}, queued(second))

	require.Len(t, second.next(), 8)
	over := p.reroute(second) // a second break is too much for those that were on both streams
	require.Len(t, over, 6)
	require.Equal(t, []string{"6", "7"}, queued(p.lanes["g:1"].link))
}

func TestALaneStaysOnItsLinkWhileItHasSendsUnderWay(t *testing.T) {
	t.Parallel()
	p := pool(t, "a")
	p.Send("g:1", request("0"), func(*chatpb.SendResponse, error) {})
	old := p.links["a"]
	var better string
	for i := 0; better == ""; i++ { // an instance that would be preferred for this conversation
		l := newLink(p, "b"+strconv.Itoa(i))
		l.up = true
		if l.hash("g:1") > old.hash("g:1") {
			p.links[l.addr], better = l, l.addr
		}
	}
	p.Send("g:1", request("1"), func(*chatpb.SendResponse, error) {})
	require.Equal(t, []string{"0", "1"}, queued(old))
	old.next()
	for id := range old.byID {
		require.NotNil(t, old.answered(id))
	}
	require.Empty(t, p.lanes)
	p.Send("g:1", request("2"), func(*chatpb.SendResponse, error) {})
	require.Equal(t, better, p.lanes["g:1"].link.addr)
}

func TestLateSendsSayWhatIsKnown(t *testing.T) {
	t.Parallel()
	p := pool(t, "a")
	p.Send("g:1", request("sent"), func(*chatpb.SendResponse, error) {})
	p.links["a"].next()
	p.Send("g:2", request("waiting"), func(*chatpb.SendResponse, error) {})
	late := p.expired(time.Now().Add(2 * time.Hour))
	require.Len(t, late, 2)
	require.ErrorIs(t, lateness(late[0]), errs.ErrTimeout)
	require.ErrorIs(t, lateness(late[1]), errs.ErrUnavailable)
	require.Empty(t, p.lanes)
	require.Empty(t, p.links["a"].next(), "what is over is not sent any more")
	require.Nil(t, p.links["a"].answered(late[0].id))
}

func TestOutcomeOfFailures(t *testing.T) {
	t.Parallel()
	_, err := outcome(&chatpb.SendResult{Result: &chatpb.SendResult_Failure{Failure: &chatpb.Failure{
		Reason: "MUTED", Message: "until noon", RetryAfterMs: 7, Fields: []*chatpb.FieldFailure{{Field: "f", Message: "m"}},
	}}})
	require.ErrorIs(t, err, errs.ErrMuted)
	e := errs.From(err)
	require.Equal(t, "until noon", e.Message)
	require.Equal(t, 7*time.Millisecond, e.RetryAfter)
	require.Equal(t, []errs.Field{{Field: "f", Message: "m"}}, e.Fields)
	_, err = outcome(&chatpb.SendResult{})
	require.ErrorIs(t, err, errs.ErrInternal)
}
