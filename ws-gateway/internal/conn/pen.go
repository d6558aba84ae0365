package conn

import (
	"errors"
	"syscall"
)

// errWouldBlock says that a socket takes nothing more now.
var errWouldBlock = errors.New("the socket is full")

// pen is what one writing goroutine needs, made once: nothing is allocated for a write.
type pen struct {
	frames  [][]byte
	joined  []byte
	attempt func(fd uintptr) bool // writes data once; bound once, for RawConn.Write

	data []byte
	n    int
	err  error
}

func newPen() *pen {
	p := &pen{}
	p.attempt = func(fd uintptr) bool {
		p.n, p.err = writeOnce(fd, p.data)
		return true // never wait
	}
	return p
}

// join answers the taken frames as one piece; a single frame is not copied.
func (p *pen) join() []byte {
	if len(p.frames) == 1 {
		return p.frames[0]
	}
	p.joined = p.joined[:0]
	for _, f := range p.frames {
		p.joined = append(p.joined, f...)
	}
	return p.joined
}

// try writes what the socket takes at once.
func (p *pen) try(raw syscall.RawConn, data []byte) (int, error) {
	if raw == nil || len(data) == 0 {
		return 0, errWouldBlock
	}
	p.data, p.n, p.err = data, 0, nil
	err := raw.Write(p.attempt)
	p.data = nil
	if err != nil {
		return 0, err //nolint:wrapcheck // it ends the connection and is shown to nobody
	}
	return p.n, p.err
}
