// Package pushtest has a ws-gateway for tests: it keeps what is pushed to it, and may misbehave.
package pushtest

import (
	"context"
	"errors"
	"net"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"

	"im-backend/common/proto/gen/wsgatewaypb"
	"im-backend/common/utils/mtls"
	"im-backend/common/utils/rpcx"
)

// ErrRefused ends the streams of a gateway that refuses.
var ErrRefused = errors.New("refused")

// Gateway is one gateway process.
type Gateway struct {
	wsgatewaypb.UnimplementedWsGatewayServer
	ID, Addr string

	t      testing.TB
	server *grpc.Server

	mu      sync.Mutex
	changed *sync.Cond
	items   []*wsgatewaypb.PushItem
	recalls []*wsgatewaypb.RecallRequest
	streams int
	silent  bool // takes batches and acknowledges none
	hanging bool // reads nothing
	refuses bool // ends every stream at its first batch
}

// Start runs a gateway until the test ends.
func Start(t testing.TB, id string) *Gateway {
	t.Helper()
	return StartAt(t, id, "127.0.0.1:0")
}

// StartAt runs a gateway on an address.
func StartAt(t testing.TB, id, addr string) *Gateway {
	t.Helper()
	listener, err := net.Listen("tcp", addr)
	require.NoError(t, err)
	g := &Gateway{ID: id, Addr: listener.Addr().String(), t: t, server: grpc.NewServer()}
	g.changed = sync.NewCond(&g.mu)
	wsgatewaypb.RegisterWsGatewayServer(g.server, g)
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = g.server.Serve(listener)
	}()
	t.Cleanup(func() {
		g.Stop()
		<-served
	})
	return g
}

// Value is what stands in Etcd for the gateway.
func (g *Gateway) Value() string { return g.ID + "@" + g.Addr }

// Stop ends the process.
func (g *Gateway) Stop() {
	g.set(func() { g.hanging, g.silent = false, false })
	g.server.Stop()
}

func (g *Gateway) set(change func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	change()
	g.changed.Broadcast()
}

// Hang makes the gateway read nothing, or read again.
func (g *Gateway) Hang(hanging bool) { g.set(func() { g.hanging = hanging }) }

// Silence makes the gateway acknowledge nothing, or acknowledge again.
func (g *Gateway) Silence(silent bool) { g.set(func() { g.silent = silent }) }

// Refuse makes the gateway end every stream at its first batch, or not.
func (g *Gateway) Refuse(refuses bool) { g.set(func() { g.refuses = refuses }) }

// Push implements the gateway's side.
func (g *Gateway) Push(stream wsgatewaypb.WsGateway_PushServer) error {
	g.set(func() { g.streams++ })
	for last := uint64(0); ; {
		g.mu.Lock()
		for g.hanging && stream.Context().Err() == nil {
			g.changed.Wait()
		}
		g.mu.Unlock()
		batch, err := stream.Recv()
		if err != nil {
			return nil //nolint:nilerr // the client left
		}
		if batch.GetBatchId() != last+1 {
			g.t.Errorf("batch %d after %d", batch.GetBatchId(), last)
		}
		last = batch.GetBatchId()
		g.mu.Lock()
		refuses, silent := g.refuses, g.silent
		if !refuses {
			g.items = append(g.items, batch.GetItems()...)
		}
		g.changed.Broadcast()
		g.mu.Unlock()
		switch {
		case refuses:
			return ErrRefused
		case silent:
			continue
		}
		if err := stream.Send(&wsgatewaypb.PushResponse{BatchId: last}); err != nil {
			return nil //nolint:nilerr // the client left
		}
	}
}

// Recall implements the gateway's side. One that hangs does not answer.
func (g *Gateway) Recall(ctx context.Context, in *wsgatewaypb.RecallRequest) (*wsgatewaypb.RecallResponse, error) {
	defer context.AfterFunc(ctx, func() { g.set(func() {}) })()
	g.mu.Lock()
	defer g.mu.Unlock()
	for g.hanging && ctx.Err() == nil {
		g.changed.Wait()
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	g.recalls = append(g.recalls, in)
	return &wsgatewaypb.RecallResponse{}, nil
}

// Recalls is what was recalled so far.
func (g *Gateway) Recalls() []*wsgatewaypb.RecallRequest {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]*wsgatewaypb.RecallRequest(nil), g.recalls...)
}

// Items is what was pushed so far.
func (g *Gateway) Items() []*wsgatewaypb.PushItem {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]*wsgatewaypb.PushItem(nil), g.items...)
}

// Streams is how many streams were opened so far.
func (g *Gateway) Streams() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.streams
}

// Seqs is the seqs of the entries of a conversation that were pushed so far, in their order.
func (g *Gateway) Seqs(conversationID string) []int64 {
	var seqs []int64
	for _, item := range g.Items() {
		if item.GetEntry().GetConversationId() == conversationID {
			seqs = append(seqs, item.GetEntry().GetSeq())
		}
	}
	return seqs
}

// Dial connects to a gateway, which asks for no certificate.
func Dial(addr string) (*grpc.ClientConn, error) { return rpcx.DialAddr(addr, "", mtls.Config{}) }
