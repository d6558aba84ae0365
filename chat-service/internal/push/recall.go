package push

import (
	"context"
	"errors"
	"fmt"
	"net"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"im-backend/common/proto/gen/wsgatewaypb"
	"im-backend/common/utils/errs"
)

const (
	recallTimeout = 2 * time.Second        // for all gateways to know of a recall
	recallPause   = 100 * time.Millisecond // between two tries to tell one
	probeTimeout  = 200 * time.Millisecond // for finding out whether a gateway's process is gone
)

// Recall returns when no gateway has the content of a recalled message any more: each has taken it from what waits for its
// connections and empties what still comes. One whose lease has ended, or at whose address nobody listens, has no connections. at
// is when the message was recalled, unix milliseconds. Errors: UNAVAILABLE when a gateway did not answer in time.
func (g *Gateways) Recall(ctx context.Context, conversationID string, seq, at int64) error {
	ctx, cancel := context.WithTimeout(ctx, recallTimeout)
	defer cancel()
	request := &wsgatewaypb.RecallRequest{ConversationId: conversationID, Seq: seq, RecalledAt: at}
	var telling errgroup.Group
	for _, l := range g.all() {
		telling.Go(func() error { return l.recall(ctx, request) })
	}
	return telling.Wait() //nolint:wrapcheck // typed already
}

// recall tells one gateway, trying again until it answers, is gone or ctx ends.
func (l *link) recall(ctx context.Context, request *wsgatewaypb.RecallRequest) error {
	conn, err := l.calls()
	if err != nil {
		return errs.ErrUnavailable.Because(err)
	}
	for {
		_, err := wsgatewaypb.NewWsGatewayClient(conn).Recall(ctx, request)
		if err == nil || l.ended() || vacant(ctx, l.addr) {
			return nil
		}
		select {
		case <-ctx.Done():
			return errs.ErrUnavailable.Saying("the message is recalled, but may still be on its way to somebody").After(time.Second).
				Because(fmt.Errorf("recall at gateway %s: %w", l.id, err))
		case <-time.After(recallPause):
		}
	}
}

func (l *link) ended() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.stopped
}

// vacant reports whether the host of an address says that nobody listens there: the process is gone.
func vacant(ctx context.Context, addr string) bool {
	dialer := net.Dialer{Timeout: probeTimeout}
	conn, err := dialer.DialContext(ctx, "tcp", addr)
	if err != nil {
		return errors.Is(err, syscall.ECONNREFUSED)
	}
	_ = conn.Close()
	return false
}
