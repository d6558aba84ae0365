package entrance

import (
	"net"
	"net/http"
	"net/netip"

	"im-backend/common/utils/httpedge"
	"im-backend/ws-gateway/internal/limit"
)

// Door is the listener of the public port. It bounds the sockets of one address, and of all, that have not shaken hands yet: a
// client that says nothing could hold any number until their time is up. A socket over a bound is closed as soon as it is
// accepted: there is no request yet to answer. The sockets of a trusted proxy are those of many, and count among all only.
type Door struct {
	net.Listener
	proxies httpedge.Proxies
	waiting *limit.Waiting
}

// NewDoor makes the door in front of a listener; waiting counts the sockets. Its Leave has to be the ConnState of the server that
// it is for.
func NewDoor(lis net.Listener, proxies httpedge.Proxies, waiting *limit.Waiting) *Door {
	return &Door{Listener: lis, proxies: proxies, waiting: waiting}
}

// Accept implements net.Listener.
func (d *Door) Accept() (net.Conn, error) {
	for {
		socket, err := d.Listener.Accept()
		if err != nil {
			return nil, err //nolint:wrapcheck // the server looks at what it is
		}
		if d.waiting.Enter(d.whose(socket)) {
			return socket, nil
		}
		_ = socket.Close()
	}
}

// Leave is told of a server's sockets: one that has become a connection, or is closed, waits no more.
func (d *Door) Leave(socket net.Conn, now http.ConnState) {
	if now == http.StateHijacked || now == http.StateClosed {
		d.waiting.Leave(d.whose(socket))
	}
}

// whose answers the address that a socket comes from, and whether it is that of many people.
func (d *Door) whose(socket net.Conn) (addr netip.Addr, ofMany bool) {
	peer, ok := socket.RemoteAddr().(*net.TCPAddr)
	if !ok {
		return netip.Addr{}, true
	}
	addr = peer.AddrPort().Addr().Unmap()
	return addr, d.proxies.Trusts(addr)
}
