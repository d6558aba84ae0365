package entrance

import (
	"net"
	"net/http"
	"net/netip"

	"im-backend/common/utils/httpedge"
	"im-backend/ws-gateway/internal/limit"
)

// Door is the listener of the public port. It bounds the sockets of one address that have not shaken hands yet, of which a
// client that says nothing could hold any number until their time is up. A socket over the bound is closed as soon as it is
// accepted: there is no request yet to answer. A trusted proxy is not bounded, as its sockets are those of many.
type Door struct {
	net.Listener
	proxies httpedge.Proxies
	waiting *limit.Waiting
}

// NewDoor makes the door in front of a listener; perAddress is how many sockets of one address may wait. Its Leave has to be the
// ConnState of the server that it is for.
func NewDoor(lis net.Listener, proxies httpedge.Proxies, perAddress int) *Door {
	return &Door{Listener: lis, proxies: proxies, waiting: limit.NewWaiting(perAddress)}
}

// Accept implements net.Listener.
func (d *Door) Accept() (net.Conn, error) {
	for {
		socket, err := d.Listener.Accept()
		if err != nil {
			return nil, err //nolint:wrapcheck // the server looks at what it is
		}
		if addr, counts := d.counts(socket); !counts || d.waiting.Enter(addr) {
			return socket, nil
		}
		_ = socket.Close()
	}
}

// Leave is told of a server's sockets: one that has become a connection, or is closed, waits no more.
func (d *Door) Leave(socket net.Conn, now http.ConnState) {
	if now != http.StateHijacked && now != http.StateClosed {
		return
	}
	if addr, counts := d.counts(socket); counts {
		d.waiting.Leave(addr)
	}
}

// counts answers whose a socket is, and whether it is bounded.
func (d *Door) counts(socket net.Conn) (netip.Addr, bool) {
	peer, ok := socket.RemoteAddr().(*net.TCPAddr)
	if !ok {
		return netip.Addr{}, false
	}
	addr := peer.AddrPort().Addr().Unmap()
	return addr, !d.proxies.Trusts(addr)
}
